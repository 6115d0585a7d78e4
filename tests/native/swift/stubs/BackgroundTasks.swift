// Stands for the module `BackgroundTasks`.
@_exported import Foundation
@_exported import ObjectiveC

@objc open class BGTask: NSObject {
    open var identifier: String { "" }
    open var expirationHandler: (() -> Void)?
    open func setTaskCompleted(success: Bool) {}
}

@objc open class BGAppRefreshTask: BGTask {}

@objc open class BGProcessingTask: BGTask {}

@objc open class BGTaskRequest: NSObject {
    open var identifier: String { "" }
    open var earliestBeginDate: Date?
}

@objc open class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) {}
}

@objc open class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) {}
    open var requiresNetworkConnectivity = false
    open var requiresExternalPower = false
}

@objc open class BGTaskScheduler: NSObject {
    public class var shared: BGTaskScheduler { fatalError() }
    @discardableResult
    open func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?,
        launchHandler: @escaping (BGTask) -> Void
    ) -> Bool { true }
    open func submit(_ taskRequest: BGTaskRequest) throws {}
    open func cancel(taskRequestWithIdentifier identifier: String) {}
    open func getPendingTaskRequests(completionHandler: @escaping @Sendable ([BGTaskRequest]) -> Void) {}
}
