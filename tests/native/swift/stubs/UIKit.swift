// Stands for the module `UIKit`: the members that the generated sources use, as Apple documents them.
@_exported import Foundation
@_exported import ObjectiveC
import Phone

public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
}

@MainActor @objc open class UIResponder: NSObject {}

@MainActor @objc open class UIViewController: UIResponder {}

@objc public enum UIBackgroundFetchResult: UInt { case newData, noData, failed }

@MainActor @objc open class UIApplication: UIResponder {
    public enum State: Int, Sendable { case active, inactive, background }
    public struct LaunchOptionsKey: Hashable, RawRepresentable, Sendable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public static let location = LaunchOptionsKey(rawValue: "location")
    }
    public static let shared = UIApplication()
    open var applicationState: State = .active
    open var applicationIconBadgeNumber: Int = 0
    /// What is left in the background; endless in the foreground, and for a moment after an app has left it, as apps
    /// have seen it in `applicationDidEnterBackground`.
    open var backgroundTimeRemaining: TimeInterval {
        guard let left, left.since.timeIntervalSinceNow < -0.05 else { return .greatestFiniteMagnitude }
        return max(0, left.until.timeIntervalSinceNow)
    }
    private var left: (since: Date, until: Date)?
    /// Whether iOS gives the app no more time.
    public var givesNoTime = false

    /// The work for which the app asked for time, and how iOS takes it back.
    public private(set) var expirations: [Int: @MainActor @Sendable () -> Void] = [:]
    private var names: [String] = []

    open func beginBackgroundTask(
        withName taskName: String?, expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        if givesNoTime { return .invalid }
        Phone.note("begins \(taskName ?? "")")
        names.append(taskName ?? "")
        expirations[names.count] = handler
        return UIBackgroundTaskIdentifier(rawValue: names.count)
    }

    open func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {
        if expirations.removeValue(forKey: identifier.rawValue) == nil { Phone.crash("a task is ended twice") }
        Phone.note("ends \(names[identifier.rawValue - 1])")
    }

    /// iOS takes its time back: what has not ended when its handler returns is ended with the app.
    public func expire() {
        for (identifier, handler) in expirations {
            handler()
            if expirations[identifier] != nil {
                Phone.crash("the background task `\(names[identifier - 1])` still not ended after its expiration handlers")
            }
        }
    }

    /// The user leaves the app, or comes to it.
    public func leave(remaining: TimeInterval = 30) {
        applicationState = .background
        left = (Date(), Date(timeIntervalSinceNow: remaining))
        NotificationCenter.default.post(name: Self.didEnterBackgroundNotification, object: nil)
    }

    public func enter() {
        NotificationCenter.default.post(name: Self.willEnterForegroundNotification, object: nil)
        applicationState = .active
        left = nil
        NotificationCenter.default.post(name: Self.didBecomeActiveNotification, object: nil)
    }

    nonisolated public static let willEnterForegroundNotification = NSNotification.Name("willEnterForeground")
    nonisolated public static let didBecomeActiveNotification = NSNotification.Name("didBecomeActive")
    nonisolated public static let willResignActiveNotification = NSNotification.Name("willResignActive")
    nonisolated public static let didEnterBackgroundNotification = NSNotification.Name("didEnterBackground")
    nonisolated public static let didFinishLaunchingNotification = NSNotification.Name("didFinishLaunching")
}

@MainActor @objc open class UIDevice: NSObject {
    public enum BatteryState: Int, Sendable { case unknown, unplugged, charging, full }
    public static let current = UIDevice()
    /// What the battery would say if it was asked.
    public var battery: (level: Float, state: BatteryState) = (0.5, .unplugged)
    open var isBatteryMonitoringEnabled = false
    open var batteryLevel: Float { isBatteryMonitoringEnabled ? battery.level : -1 }
    open var batteryState: BatteryState { isBatteryMonitoringEnabled ? battery.state : .unknown }
}
