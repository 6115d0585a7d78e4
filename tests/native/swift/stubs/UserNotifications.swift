// Stands for the module `UserNotifications`.
@_exported import CUserNotifications
@_exported import Foundation
@_exported import ObjectiveC

public struct UNNotificationSoundName: RawRepresentable, Hashable, Sendable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

@objc open class UNNotificationSound: NSObject {
    public class var `default`: UNNotificationSound { fatalError() }
    public convenience init(named name: UNNotificationSoundName) { self.init() }
}

@objc open class UNNotificationContent: NSObject {
    open var userInfo: [AnyHashable: Any] { get { [:] } set {} }
    open var categoryIdentifier: String { get { "" } set {} }
}

@objc open class UNMutableNotificationContent: UNNotificationContent {
    open var title = ""
    open var body = ""
    open var threadIdentifier = ""
    open var summaryArgument = ""
    open var sound: UNNotificationSound?
}

@objc open class UNNotificationTrigger: NSObject {}

@objc open class UNPushNotificationTrigger: UNNotificationTrigger {}

@objc open class UNTimeIntervalNotificationTrigger: UNNotificationTrigger {
    public convenience init(timeInterval: TimeInterval, repeats: Bool) { self.init() }
}

@objc open class UNNotificationRequest: NSObject {
    open var identifier: String { "" }
    open var content: UNNotificationContent { fatalError() }
    open var trigger: UNNotificationTrigger? { nil }
    public convenience init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {
        self.init()
    }
}

@objc open class UNNotification: NSObject { open var request: UNNotificationRequest { fatalError() } }

@objc open class UNNotificationResponse: NSObject {
    open var notification: UNNotification { fatalError() }
    open var actionIdentifier: String { "" }
}

public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = Self(rawValue: 1)
    public static let sound = Self(rawValue: 2)
    public static let alert = Self(rawValue: 4)
}

@objc public enum UNAuthorizationStatus: Int, Sendable { case notDetermined, denied, authorized, provisional, ephemeral }

@objc open class UNNotificationSettings: NSObject { open var authorizationStatus: UNAuthorizationStatus { .denied } }

@objc public protocol UNUserNotificationCenterDelegate: AnyObject {
    @objc optional func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void)
    @objc optional func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void)
    @objc optional func userNotificationCenter(
        _ center: UNUserNotificationCenter, openSettingsFor notification: UNNotification?)
}

@objc open class UNUserNotificationCenter: NSObject {
    public class func current() -> UNUserNotificationCenter { fatalError() }
    open weak var delegate: (any UNUserNotificationCenterDelegate)?
    open func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool { false }
    open func notificationSettings() async -> UNNotificationSettings { fatalError() }
    open func add(_ request: UNNotificationRequest) async throws {}
    open func setBadgeCount(_ newBadgeCount: Int) async throws {}
}
