// Stands for the module `ObjectiveC`: selectors, and what Foundation has only beside an Objective-C runtime.
@_exported import Foundation
@_exported import FoundationNetworking

public struct Selector: ExpressibleByStringLiteral, Hashable {
    public let name: String
    public init(stringLiteral value: String) { name = value }
    public init(_ name: String) { self.name = name }
}

extension NSObjectProtocol {
    public func responds(to selector: Selector!) -> Bool { false }
}
