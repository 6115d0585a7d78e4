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
    @objc optional func session(_ session: WCSession, didReceiveUserInfo userInfo: [String: Any])
    @objc optional func session(_ session: WCSession, didReceiveApplicationContext applicationContext: [String: Any])
}

#if RECORDING
    extension WCSessionDelegate {
        public func session(_ session: WCSession, didReceiveMessage message: [String: Any]) {}
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
    open var isReachable: Bool { activationState == .activated }
    open func activate() {
        Phone.note("watch activated")
        activationState = .activated
        delegate?.session(self, activationDidCompleteWith: .activated, error: nil)
    }
    open func sendMessage(
        _ message: [String: Any], replyHandler: (([String: Any]) -> Void)?, errorHandler: ((any Error) -> Void)? = nil
    ) { Phone.note("watch message \(Phone.json(message))") }
    @discardableResult
    open func transferUserInfo(_ userInfo: [String: Any] = [:]) -> WCSessionUserInfoTransfer {
        Phone.note("watch info \(Phone.json(userInfo))")
        return WCSessionUserInfoTransfer()
    }
    open func updateApplicationContext(_ applicationContext: [String: Any]) throws {
        Phone.note("watch context \(Phone.json(applicationContext))")
    }
}
