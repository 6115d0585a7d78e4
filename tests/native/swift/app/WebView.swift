// The web view of the app: it loads the plugin and calls it through Capacitor's own classes.
import Capacitor
import Foundation
import Phone

@testable import CapacitorBackgroundRunner
@testable import CapacitorBackgroundRunnerCore

/// How a call of the web view ended.
struct Answer: Equatable, Sendable {
    var value: JSONValue?
    var code: String?
    var message: String?
}

@MainActor
final class WebView {
    let plugin = BackgroundRunnerPlugin()

    /// Loads the plugin, as the bridge does.
    init() {
        plugin.load()
    }

    /// Calls a method, and gives the first answer. A second answer ends the app.
    func call(_ method: String, _ options: JSONValue = [:]) async -> Answer {
        let answers = Box<Answer>()
        start(method, options) { answers.add($0) }
        await answers.wait()
        await settle()
        expect(answers.all.count, 1)
        return answers.all[0]
    }

    /// The first schedule, once what was begun has made it so; a minute without it ends the app.
    func schedule(until isSo: (JSONValue) -> Bool) async -> JSONValue {
        for _ in 1...3_000 {
            let found = await call("getSchedules").value?["schedules"]?[0]
            if let found, isSo(found) { return found }
            try? await Task.sleep(nanoseconds: 20_000_000)
        }
        Phone.crash("no schedule is as it was wanted")
    }

    /// Calls a method without waiting for its answer.
    func start(_ method: String, _ options: JSONValue = [:], answer: @escaping @Sendable (Answer) -> Void) {
        let known = plugin.pluginMethods.contains { $0.selector?.name == "\(method):" }
        expect(known, true)
        invoke(
            method,
            CAPPluginCall(
                callbackId: UUID().uuidString, methodName: method, options: options.any as? [AnyHashable: Any] ?? [:],
                success: { result, _ in answer(Answer(value: JSONValue(result?.data ?? [:]))) },
                error: { answer(Answer(code: $0?.code, message: $0?.message)) }))
    }

    /// Listens for an event.
    func listen(_ event: String) -> Box<JSONValue> {
        let heard = Box<JSONValue>()
        let options: [AnyHashable: Any] = ["eventName": event]
        let call = CAPPluginCall(
            callbackId: UUID().uuidString, methodName: "addListener", options: options,
            success: { result, _ in heard.add(JSONValue(result?.data ?? [:]) ?? .null) }, error: { _ in })
        if let call { plugin.addListener(call) }
        return heard
    }

    /// What the bridge does with a selector.
    private func invoke(_ method: String, _ call: CAPPluginCall) {
        switch method {
        case "checkPermissions": plugin.checkPermissions(call)
        case "requestPermissions": plugin.requestPermissions(call)
        case "dispatchEvent": plugin.dispatchEvent(call)
        case "removeNotificationListeners": plugin.removeNotificationListeners(call)
        case "registerSchedule": plugin.registerSchedule(call)
        case "cancelSchedule": plugin.cancelSchedule(call)
        case "getSchedules": plugin.getSchedules(call)
        case "kvGet": plugin.kvGet(call)
        case "kvSet": plugin.kvSet(call)
        case "kvKeys": plugin.kvKeys(call)
        case "getRunHistory": plugin.getRunHistory(call)
        default: Phone.crash("the plugin has no `\(method)`")
        }
    }
}
