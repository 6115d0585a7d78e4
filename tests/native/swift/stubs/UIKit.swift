// Stands for the module `UIKit`: the members that the generated sources use, as Apple documents them.
@_exported import Foundation
@_exported import ObjectiveC

public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
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
    public class var shared: UIApplication { fatalError() }
    open var applicationState: State { .active }
    open var applicationIconBadgeNumber: Int = 0
    open func beginBackgroundTask(
        withName taskName: String?, expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { fatalError() }
    open func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}
    nonisolated public static let didEnterBackgroundNotification = NSNotification.Name("didEnterBackground")
    nonisolated public static let didFinishLaunchingNotification = NSNotification.Name("didFinishLaunching")
}

@MainActor @objc open class UIDevice: NSObject {
    public enum BatteryState: Int, Sendable { case unknown, unplugged, charging, full }
    public class var current: UIDevice { fatalError() }
    open var isBatteryMonitoringEnabled = false
    open var batteryLevel: Float { 0 }
    open var batteryState: BatteryState { .unknown }
}
