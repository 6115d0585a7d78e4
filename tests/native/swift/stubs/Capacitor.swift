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
    ) {
        super.init()
        self.callbackId = callbackId
        self.methodName = methodName
        self.options = options
        self.successHandler = success
        self.errorHandler = error
    }
}

@objc open class CAPPluginMethod: NSObject {
    open var selector: Selector!
    open var name: String!
    public init!(name: String!, returnType: String!) {
        super.init()
        self.name = name
    }
    public init!(selector: Selector!, returnType: String!) {
        super.init()
        self.selector = selector
    }
}

@objc public protocol CAPBridgedPlugin {
    var identifier: String { get }
    var jsName: String { get }
    var pluginMethods: [CAPPluginMethod] { get }
}

@objc public protocol CAPBridgeProtocol: AnyObject {
    var viewController: UIViewController? { get }
    var webView: WKWebView? { get }
    func releaseCall(_ call: CAPPluginCall)
}

/// Events go to the listeners there are; one that is retained waits for the first of them.
@objc open class CAPPlugin: NSObject {
    open weak var webView: WKWebView?
    open weak var bridge: (any CAPBridgeProtocol)?
    open var pluginId = ""
    open var pluginName = ""
    open var shouldStringifyDatesInCalls = true
    private var listeners: [String: [CAPPluginCall]] = [:]
    private var retained: [String: [[String: Any]]] = [:]

    @objc open func load() {}
    @objc open func getConfig() -> PluginConfig { fatalError() }
    @objc open func notifyListeners(_ eventName: String, data: [String: Any]?) {
        notifyListeners(eventName, data: data, retainUntilConsumed: false)
    }
    @objc open func notifyListeners(_ eventName: String, data: [String: Any]?, retainUntilConsumed retain: Bool) {
        let heard = listeners[eventName] ?? []
        if heard.isEmpty, retain { retained[eventName, default: []].append(data ?? [:]) }
        for call in heard { call.successHandler(CAPPluginCallResult(data), call) }
    }
    @objc open func hasListeners(_ eventName: String) -> Bool { !(listeners[eventName] ?? []).isEmpty }
    @objc open func getListeners(_ eventName: String) -> [CAPPluginCall]? { listeners[eventName] }
    @objc open func addEventListener(_ eventName: String, listener: CAPPluginCall) {
        listeners[eventName, default: []].append(listener)
        for data in retained.removeValue(forKey: eventName) ?? [] { notifyListeners(eventName, data: data) }
    }
    @objc open func removeEventListener(_ eventName: String, listener: CAPPluginCall) {
        listeners[eventName]?.removeAll { $0 === listener }
    }
    @objc open func addListener(_ call: CAPPluginCall) {
        call.keepAlive = true
        addEventListener(call.options["eventName"] as? String ?? "", listener: call)
    }
    @objc open func removeListener(_ call: CAPPluginCall) {}
    @objc open func removeAllListeners(_ call: CAPPluginCall) { listeners = [:] }
    @objc open func checkPermissions(_ call: CAPPluginCall) {}
    @objc open func requestPermissions(_ call: CAPPluginCall) {}
}
