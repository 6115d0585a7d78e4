// Stands for the module `Network`: a network that tests set.
@_exported import Foundation

public struct NWPath: Sendable {
    public enum Status: Sendable { case satisfied, unsatisfied, requiresConnection }
    public let status: Status
    public let isExpensive: Bool
    public let isConstrained: Bool
    private let interface: NWInterface.InterfaceType
    public func usesInterfaceType(_ type: NWInterface.InterfaceType) -> Bool { type == interface }

    public init(
        _ status: Status, over interface: NWInterface.InterfaceType = .wifi, expensive: Bool = false,
        constrained: Bool = false
    ) {
        self.status = status
        self.interface = interface
        isExpensive = expensive
        isConstrained = constrained
    }
}

public struct NWInterface: Sendable {
    public enum InterfaceType: Sendable { case other, wifi, cellular, wiredEthernet, loopback }
}

public final class NWPathMonitor: @unchecked Sendable {
    /// The way that the network goes now.
    nonisolated(unsafe) public static var path = NWPath(.satisfied)
    /// Whether monitors say nothing.
    nonisolated(unsafe) public static var isSilent = false

    private let lock = NSLock()
    private var handler: (@Sendable (NWPath) -> Void)?

    public init() {}
    public var pathUpdateHandler: (@Sendable (NWPath) -> Void)? {
        get { lock.withLock { handler } }
        set { lock.withLock { handler = newValue } }
    }
    /// Tells the first path, and the same one once more, as monitors do.
    public func start(queue: DispatchQueue) {
        if Self.isSilent { return }
        for _ in 1...2 { queue.async { self.pathUpdateHandler?(Self.path) } }
    }
    public func cancel() { pathUpdateHandler = nil }
    /// What the monitor knows without having said it.
    public var currentPath: NWPath { Self.path }
}
