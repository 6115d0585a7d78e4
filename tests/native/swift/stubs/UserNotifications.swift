// Stands for the module `UserNotifications`: a user who answers, and notifications that a test taps.
@_exported import CUserNotifications
@_exported import Foundation
@_exported import ObjectiveC
import Phone

public struct UNNotificationSoundName: RawRepresentable, Hashable, Sendable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

@objc open class UNNotificationSound: NSObject {
    fileprivate var name = "default"
    public class var `default`: UNNotificationSound { UNNotificationSound() }
    public convenience init(named name: UNNotificationSoundName) {
        self.init()
        self.name = name.rawValue
    }
}

public let UNNotificationDefaultActionIdentifier = "com.apple.UNNotificationDefaultActionIdentifier"
public let UNNotificationDismissActionIdentifier = "com.apple.UNNotificationDismissActionIdentifier"

@objc open class UNNotificationContent: NSObject {
    open var userInfo: [AnyHashable: Any] = [:]
    open var categoryIdentifier = ""
    fileprivate var words = (title: "", body: "")
    open var title: String { words.title }
    open var body: String { words.body }
}

@objc open class UNMutableNotificationContent: UNNotificationContent {
    open override var title: String { get { words.title } set { words.title = newValue } }
    open override var body: String { get { words.body } set { words.body = newValue } }
    open var threadIdentifier = ""
    @available(*, deprecated, message: "summaryArgument is ignored")
    open var summaryArgument: String { get { "" } set {} }
    open var sound: UNNotificationSound?
}

@objc open class UNNotificationTrigger: NSObject {}

@objc open class UNPushNotificationTrigger: UNNotificationTrigger {}

@objc open class UNTimeIntervalNotificationTrigger: UNNotificationTrigger {
    /// When it fires, as this phone's clock will show it.
    fileprivate var fires = Date()
    fileprivate var repeating = false
    public convenience init(timeInterval: TimeInterval, repeats: Bool) {
        self.init()
        if timeInterval <= 0 { Phone.crash("time interval must be greater than 0") }
        if repeats && timeInterval < 60 { Phone.crash("time interval must be at least 60 if repeating") }
        fires = Date(timeIntervalSinceNow: timeInterval)
        repeating = repeats
    }
}

@objc open class UNNotificationRequest: NSObject {
    private var parts: (identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?)?
    open var identifier: String { parts?.identifier ?? "" }
    open var content: UNNotificationContent { parts?.content ?? UNNotificationContent() }
    open var trigger: UNNotificationTrigger? { parts?.trigger }
    public convenience init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {
        self.init()
        parts = (identifier, content, trigger)
    }

    fileprivate var described: String {
        var said: [String: Any] = ["identifier": identifier, "category": content.categoryIdentifier]
        if let content = content as? UNMutableNotificationContent {
            said["title"] = content.title
            said["body"] = content.body
            said["thread"] = content.threadIdentifier
            said["sound"] = content.sound?.name ?? "none"
        }
        for (key, value) in content.userInfo { said["info.\(key)"] = value }
        if let trigger = trigger as? UNTimeIntervalNotificationTrigger {
            let time = ISO8601DateFormatter()
            time.formatOptions = [.withInternetDateTime]
            said["fires"] = time.string(from: Date(timeIntervalSince1970: trigger.fires.timeIntervalSince1970.rounded()))
            if trigger.repeating { said["repeats"] = true }
        }
        return Phone.json(said)
    }
}

@objc open class UNNotification: NSObject {
    private var asked: UNNotificationRequest?
    open var request: UNNotificationRequest { asked ?? UNNotificationRequest() }

    fileprivate func showing(_ request: UNNotificationRequest) -> Self {
        asked = request
        return self
    }
}

@objc open class UNNotificationResponse: NSObject {
    private var tapped: UNNotification?
    open var notification: UNNotification { tapped ?? UNNotification() }
    private var action = UNNotificationDefaultActionIdentifier
    open var actionIdentifier: String { action }

    fileprivate func to(_ notification: UNNotification, _ action: String) -> Self {
        tapped = notification
        self.action = action
        return self
    }
}

public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = Self(rawValue: 1)
    public static let sound = Self(rawValue: 2)
    public static let alert = Self(rawValue: 4)
}

@objc public enum UNAuthorizationStatus: Int, Sendable { case notDetermined, denied, authorized, provisional, ephemeral }

@objc open class UNNotificationSettings: NSObject {
    open var authorizationStatus: UNAuthorizationStatus { UNUserNotificationCenter.status }
}

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

#if RECORDING
    /// Optional requirements without Objective-C: a default tells that the delegate has no such method, and the calls
    /// of the plugin, `delegate?.userNotificationCenter?(...)`, are made with the functions `...IfThere`.
    nonisolated(unsafe) private var missing = false

    extension UNUserNotificationCenterDelegate {
        public func userNotificationCenter(
            _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
            withCompletionHandler completionHandler: @escaping () -> Void
        ) { missing = true }
        public func userNotificationCenter(
            _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
            withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
        ) { missing = true }
        public func userNotificationCenter(
            _ center: UNUserNotificationCenter, openSettingsFor notification: UNNotification?
        ) { missing = true }

        public func userNotificationCenterIfThere(
            _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
            withCompletionHandler completionHandler: @escaping () -> Void
        ) -> Void? {
            ifThere { userNotificationCenter(center, didReceive: response, withCompletionHandler: completionHandler) }
        }
        public func userNotificationCenterIfThere(
            _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
            withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
        ) -> Void? {
            ifThere {
                userNotificationCenter(center, willPresent: notification, withCompletionHandler: completionHandler)
            }
        }
        @discardableResult
        public func userNotificationCenterIfThere(
            _ center: UNUserNotificationCenter, openSettingsFor notification: UNNotification?
        ) -> Void? {
            ifThere { userNotificationCenter(center, openSettingsFor: notification) }
        }

        private func ifThere(_ call: () -> Void) -> Void? {
            missing = false
            let done: Void = call()
            return missing ? nil : done
        }
    }
#endif

/// Requests that any thread may ask for.
private final class Requests: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [UNNotificationRequest] = []

    func withLock<Result>(_ use: (inout [UNNotificationRequest]) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return use(&all)
    }
}

@objc open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
    /// What the user has agreed to, and what he answers when he is asked.
    nonisolated(unsafe) public static var status = UNAuthorizationStatus.notDetermined
    nonisolated(unsafe) public static var answer = UNAuthorizationStatus.authorized
    private static let only = UNUserNotificationCenter()
    public class func current() -> UNUserNotificationCenter { only }

    open weak var delegate: (any UNUserNotificationCenterDelegate)?
    open func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool {
        Phone.note("asked for notifications")
        if Self.status == .notDetermined { Self.status = Self.answer }
        return Self.status == .authorized
    }
    open func notificationSettings() async -> UNNotificationSettings { UNNotificationSettings() }
    open func add(_ request: UNNotificationRequest) async throws {
        guard PropertyListSerialization.propertyList(request.content.userInfo, isValidFor: .xml) else {
            Phone.crash("userInfo of a notification holds what property lists cannot")
        }
        Phone.note("notification \(request.described)")
        requests.withLock { all in
            all.removeAll { $0.identifier == request.identifier }
            if request.trigger != nil { all.append(request) }
            // "The system keeps the soonest-firing 64 notifications and discards the rest."
            all.sort { Self.time($0) < Self.time($1) }
            for dropped in all.dropFirst(64) { Phone.note("dropped \(dropped.identifier)") }
            all = Array(all.prefix(64))
        }
    }

    private static func time(_ request: UNNotificationRequest) -> Date {
        (request.trigger as? UNTimeIntervalNotificationTrigger)?.fires ?? .distantFuture
    }

    /// Those whose time has not come.
    private let requests = Requests()

    open func getPendingNotificationRequests(
        completionHandler: @escaping @Sendable ([UNNotificationRequest]) -> Void
    ) {
        let pending = requests.withLock { all in
            all.removeAll { ($0.trigger as? UNTimeIntervalNotificationTrigger).map { $0.fires <= Date() } ?? false }
            return all
        }
        // On a thread of its own, as on a phone.
        DispatchQueue.global().async { completionHandler(pending) }
    }

    /// Returns before it is done: "this method executes asynchronously, removing the pending requests on a secondary
    /// thread".
    open func removePendingNotificationRequests(withIdentifiers identifiers: [String]) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) {
            self.requests.withLock { all in all.removeAll { identifiers.contains($0.identifier) } }
        }
    }
    open func setBadgeCount(_ newBadgeCount: Int) async throws { Phone.note("badge \(newBadgeCount)") }

    /// A notification as it is on the screen.
    public static func shown(_ request: UNNotificationRequest) -> UNNotification { UNNotification().showing(request) }

    /// The user taps a notification; iOS waits for the end of what the app does about it.
    @MainActor public func tap(
        _ request: UNNotificationRequest, action: String = UNNotificationDefaultActionIdentifier
    ) {
        let response = UNNotificationResponse().to(Self.shown(request), action)
        delegate?.userNotificationCenter(self, didReceive: response) { Phone.note("tapped \(request.identifier)") }
    }

    /// A notification comes while the app is on the screen.
    @MainActor public func present(_ request: UNNotificationRequest) {
        delegate?.userNotificationCenter(self, willPresent: Self.shown(request)) {
            Phone.note("presented \(request.identifier) \($0.rawValue)")
        }
    }
}
