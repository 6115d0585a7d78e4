// Stands for the module `WatchConnectivity`.
@_exported import Foundation
@_exported import ObjectiveC

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

@objc open class WCSessionUserInfoTransfer: NSObject {}

@objc open class WCSession: NSObject {
    public class var `default`: WCSession { fatalError() }
    public class func isSupported() -> Bool { false }
    open weak var delegate: (any WCSessionDelegate)?
    open var activationState: WCSessionActivationState { .notActivated }
    open var isReachable: Bool { false }
    open func activate() {}
    open func sendMessage(
        _ message: [String: Any], replyHandler: (([String: Any]) -> Void)?, errorHandler: ((any Error) -> Void)? = nil
    ) {}
    @discardableResult
    open func transferUserInfo(_ userInfo: [String: Any] = [:]) -> WCSessionUserInfoTransfer { fatalError() }
    open func updateApplicationContext(_ applicationContext: [String: Any]) throws {}
}
