// Stands for what Capacitor writes in Objective-C. Its Swift sources are compiled beside this file.
@_exported import Foundation
@_exported import UIKit
import WebKit

public let CAPPluginReturnNone = "none"
public let CAPPluginReturnCallback = "callback"
public let CAPPluginReturnPromise = "promise"
public typealias CAPPluginReturnType = NSString
public typealias CAPPluginCallSuccessHandler = (CAPPluginCallResult?, CAPPluginCall?) -> Void
public typealias CAPPluginCallErrorHandler = (CAPPluginCallError?) -> Void

@objc open class CAPPluginCall: NSObject {
    open var keepAlive = false
    open var callbackId: String!
    open var methodName: String!
    open var options: [AnyHashable: Any]!
    open var successHandler: CAPPluginCallSuccessHandler!
    open var errorHandler: CAPPluginCallErrorHandler!
    public init!(
        callbackId: String!, methodName: String!, options: [AnyHashable: Any]!, success: CAPPluginCallSuccessHandler!,
        error: CAPPluginCallErrorHandler!
    ) {}
}

@objc open class CAPPluginMethod: NSObject {
    open var selector: Selector!
    open var name: String!
    public init!(name: String!, returnType: String!) {}
    public init!(selector: Selector!, returnType: String!) {}
}

@objc public protocol CAPBridgedPlugin {
    var identifier: String { get }
    var jsName: String { get }
    var pluginMethods: [CAPPluginMethod] { get }
}

@objc public protocol CAPBridgeProtocol {
    var viewController: UIViewController? { get }
    var webView: WKWebView? { get }
    func releaseCall(_ call: CAPPluginCall)
}

@objc open class CAPPlugin: NSObject {
    open weak var webView: WKWebView?
    open weak var bridge: (any CAPBridgeProtocol)?
    open var pluginId = ""
    open var pluginName = ""
    open var shouldStringifyDatesInCalls = true
    @objc open func load() {}
    @objc open func getConfig() -> PluginConfig { fatalError() }
    @objc open func notifyListeners(_ eventName: String, data: [String: Any]?) {}
    @objc open func notifyListeners(_ eventName: String, data: [String: Any]?, retainUntilConsumed retain: Bool) {}
    @objc open func hasListeners(_ eventName: String) -> Bool { false }
    @objc open func getListeners(_ eventName: String) -> [CAPPluginCall]? { nil }
    @objc open func addEventListener(_ eventName: String, listener: CAPPluginCall) {}
    @objc open func removeEventListener(_ eventName: String, listener: CAPPluginCall) {}
    @objc open func addListener(_ call: CAPPluginCall) {}
    @objc open func removeListener(_ call: CAPPluginCall) {}
    @objc open func removeAllListeners(_ call: CAPPluginCall) {}
    @objc open func checkPermissions(_ call: CAPPluginCall) {}
    @objc open func requestPermissions(_ call: CAPPluginCall) {}
}
