// Stands for the module `ObjectiveC`: selectors, and what Foundation has only beside an Objective-C runtime.
@_exported import Foundation
@_exported import FoundationNetworking

public struct Selector: ExpressibleByStringLiteral, Hashable {
    public init(stringLiteral value: String) {}
    public init(_ name: String) {}
}

extension NSObjectProtocol {
    public func responds(to selector: Selector!) -> Bool { false }
}
