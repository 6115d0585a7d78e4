// Stands for the module `BackgroundTasks`: what is submitted waits until a test launches it. Where iOS raises an
// exception, which Swift cannot catch, this ends the app.
@_exported import Foundation
@_exported import ObjectiveC
import Phone

@objc open class BGTask: NSObject {
    private var name = ""
    open var identifier: String { name }
    open var expirationHandler: (() -> Void)?
    open func setTaskCompleted(success: Bool) { Phone.note("completed \(name) \(success)") }

    fileprivate func named(_ name: String) -> Self {
        self.name = name
        return self
    }
}

@objc open class BGAppRefreshTask: BGTask {}

@objc open class BGProcessingTask: BGTask {}

@objc open class BGTaskRequest: NSObject {
    fileprivate var name = ""
    open var identifier: String { name }
    open var earliestBeginDate: Date?
}

@objc open class BGAppRefreshTaskRequest: BGTaskRequest {
    public init(identifier: String) {
        super.init()
        name = identifier
    }
}

@objc open class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) {
        super.init()
        name = identifier
    }
    open var requiresNetworkConnectivity = false
    open var requiresExternalPower = false
}

@objc open class BGTaskScheduler: NSObject, @unchecked Sendable {
    public static let shared = BGTaskScheduler()
    private let lock = NSLock()
    private var handlers: [String: (BGTask) -> Void] = [:]
    private var waiting: [String: BGTaskRequest] = [:]
    /// The error with which every request is refused: 1 when the user has turned off Background App Refresh.
    public var refusal: Int?

    private func permits(_ identifier: String) -> Bool {
        let permitted = Bundle.main.object(forInfoDictionaryKey: "BGTaskSchedulerPermittedIdentifiers") as? [String]
        return permitted?.contains(identifier) ?? false
    }

    @discardableResult
    open func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?,
        launchHandler: @escaping (BGTask) -> Void
    ) -> Bool {
        if Phone.launched { Phone.crash("`\(identifier)` is registered after the app has finished launching") }
        guard permits(identifier) else {
            Phone.note("refused \(identifier)")
            return false
        }
        Phone.note("registered \(identifier)")
        lock.withLock {
            if handlers[identifier] != nil { Phone.crash("`\(identifier)` is registered twice") }
            handlers[identifier] = launchHandler
        }
        return true
    }

    open func submit(_ taskRequest: BGTaskRequest) throws {
        let name = taskRequest.identifier
        guard lock.withLock({ handlers[name] != nil }) else {
            Phone.crash("No launch handler registered for task with identifier \(name)")
        }
        if let code = code(for: taskRequest) {
            Phone.note("refused \(name) \(code)")
            throw NSError(domain: "BGTaskSchedulerErrorDomain", code: code)
        }
        lock.withLock { waiting[name] = taskRequest }
        let minutes = taskRequest.earliestBeginDate.map { Int(($0.timeIntervalSinceNow / 60).rounded()) } ?? 0
        let needs = (taskRequest as? BGProcessingTaskRequest).map {
            " processing" + ($0.requiresNetworkConnectivity ? " network" : "") + ($0.requiresExternalPower ? " power" : "")
        }
        Phone.note("submitted \(name) in \(minutes) min\(needs ?? " refresh")")
    }

    /// Why a request is refused: it is not permitted, too many of its kind wait, or all are.
    private func code(for request: BGTaskRequest) -> Int? {
        let processes = request is BGProcessingTaskRequest
        let modes = Bundle.main.object(forInfoDictionaryKey: "UIBackgroundModes") as? [String] ?? []
        guard permits(request.identifier), modes.contains(processes ? "processing" : "fetch") else { return 3 }
        let others = lock.withLock { waiting.values }.filter {
            $0.identifier != request.identifier && ($0 is BGProcessingTaskRequest) == processes
        }
        return others.count >= (processes ? 10 : 1) ? 2 : refusal
    }

    /// A request of an earlier version of the app has survived the update.
    public func keep(_ identifier: String) {
        lock.withLock { waiting[identifier] = BGAppRefreshTaskRequest(identifier: identifier) }
    }

    open func cancel(taskRequestWithIdentifier identifier: String) {
        Phone.note("cancelled \(identifier)")
        lock.withLock { waiting[identifier] = nil }
    }

    open func getPendingTaskRequests(completionHandler: @escaping @Sendable ([BGTaskRequest]) -> Void) {
        let pending = lock.withLock { waiting.values.sorted { $0.identifier < $1.identifier } }
        DispatchQueue.global().async { completionHandler(pending) }
    }

    /// iOS finds the time for what was submitted.
    public func launch(_ identifier: String) -> BGTask {
        let (request, handler) = lock.withLock { (waiting.removeValue(forKey: identifier), handlers[identifier]) }
        guard let request else { Phone.crash("nothing was submitted for `\(identifier)`") }
        guard let handler else { Phone.crash("No launch handler registered for task with identifier \(identifier)") }
        Phone.note("launched \(identifier)")
        let task = (request is BGProcessingTaskRequest ? BGProcessingTask() : BGAppRefreshTask()).named(identifier)
        DispatchQueue.global().sync { handler(task) }
        return task
    }
}
