// Stands for the module `WatchConnectivity`: a watch that a test speaks for.
@_exported import Foundation
@_exported import ObjectiveC
import Phone

@objc public enum WCSessionActivationState: Int, Sendable { case notActivated, inactive, activated }

@objc public protocol WCSessionDelegate: AnyObject {
    func session(
        _ session: WCSession, activationDidCompleteWith activationState: WCSessionActivationState, error: (any Error)?)
    func sessionDidBecomeInactive(_ session: WCSession)
    func sessionDidDeactivate(_ session: WCSession)
    @objc optional func session(_ session: WCSession, didReceiveMessage message: [String: Any])
    @objc optional func session(
        _ session: WCSession, didReceiveMessage message: [String: Any],
        replyHandler: @escaping ([String: Any]) -> Void)
    @objc optional func session(
        _ session: WCSession, didFinish userInfoTransfer: WCSessionUserInfoTransfer, error: (any Error)?)
    @objc optional func session(_ session: WCSession, didReceiveUserInfo userInfo: [String: Any])
    @objc optional func session(_ session: WCSession, didReceiveApplicationContext applicationContext: [String: Any])
}

#if RECORDING
    extension WCSessionDelegate {
        public func session(_ session: WCSession, didReceiveMessage message: [String: Any]) {}
        public func session(
            _ session: WCSession, didReceiveMessage message: [String: Any],
            replyHandler: @escaping ([String: Any]) -> Void
        ) {}
        public func session(
            _ session: WCSession, didFinish userInfoTransfer: WCSessionUserInfoTransfer, error: (any Error)?
        ) {}
        public func session(_ session: WCSession, didReceiveUserInfo userInfo: [String: Any]) {}
        public func session(_ session: WCSession, didReceiveApplicationContext applicationContext: [String: Any]) {}
    }
#endif

@objc open class WCSessionUserInfoTransfer: NSObject {}

@objc open class WCSession: NSObject, @unchecked Sendable {
    /// Whether this device can be paired with a watch.
    nonisolated(unsafe) public static var supported = true
    public static let `default` = WCSession()
    public class func isSupported() -> Bool { supported }

    open weak var delegate: (any WCSessionDelegate)?
    open private(set) var activationState = WCSessionActivationState.notActivated
    /// Whether the watch is near.
    public var isNear = true
    open var isReachable: Bool { activationState == .activated && isNear }
    open func activate() {
        Phone.note("watch activated")
        activationState = .activated
        delegate?.session(self, activationDidCompleteWith: .activated, error: nil)
    }
    open func sendMessage(
        _ message: [String: Any], replyHandler: (([String: Any]) -> Void)?, errorHandler: ((any Error) -> Void)? = nil
    ) {
        guard isValid(message) else {
            errorHandler?(error(.payloadUnsupportedTypes))
            return
        }
        guard isReachable else {
            errorHandler?(error(.notReachable))
            return
        }
        Phone.note("watch message \(Phone.json(message))")
    }
    @discardableResult
    open func transferUserInfo(_ userInfo: [String: Any] = [:]) -> WCSessionUserInfoTransfer {
        if !isValid(userInfo) { Phone.crash("userInfo holds what property lists cannot") }
        Phone.note("watch info \(Phone.json(userInfo))")
        return WCSessionUserInfoTransfer()
    }
    open func updateApplicationContext(_ applicationContext: [String: Any]) throws {
        if !isValid(applicationContext) { throw error(.payloadUnsupportedTypes) }
        Phone.note("watch context \(Phone.json(applicationContext))")
    }
    /// The numbers of `WCError.Code`.
    private enum Code: Int { case notReachable = 7007, payloadUnsupportedTypes = 7010 }

    private func error(_ code: Code) -> NSError {
        Phone.note("watch error \(code)")
        return NSError(domain: "WCErrorDomain", code: code.rawValue)
    }

    private func isValid(_ message: [String: Any]) -> Bool {
        PropertyListSerialization.propertyList(message, isValidFor: .binary)
    }
}
