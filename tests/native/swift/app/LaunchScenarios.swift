// What starts the app, and what must not end it: labels that changed, configurations with faults, scenes, apps that
// moved from release 3.
import BackgroundTasks
import CoreLocation
import Foundation
import Phone
import UIKit
import UserNotifications
import WatchConnectivity

@testable import CapacitorBackgroundRunner
@testable import CapacitorBackgroundRunnerCore

private let task = "com.example.task"
private let label: JSONValue = "com.example.task"

/// What an earlier version left, which has submitted a label.
private func submitted(_ label: String) -> String {
    #"{"version":1,"schedules":[],"submitted":{"\#(label)":{"name":"\#(label)","kind":"refresh"}}}"#
}

/// A launch and a visit of the user, after which iOS runs the label if it was submitted.
@MainActor
private func visit(submits: Int = 0) async -> WebView {
    let view = WebView()
    if submits > 0 { await Phone.wait(for: "submitted", times: submits) }
    await settle()
    UIApplication.shared.leave()
    _ = await view.call("getSchedules")
    await settle()
    return view
}

/// A configuration with a fault in it, which must end no launch.
private func fault(_ options: JSONValue, runs: [String]) -> Scenario {
    Scenario(
        options: options, script: "addEventListener('sync', (resolve) => resolve());", permitted: [task, "b"],
        run: {
            let view = await visit(submits: runs.count)
            expect(Set(Phone.asked("submitted").map { String($0.split(separator: " ")[1]) }), Set(runs))
            for (count, one) in runs.enumerated() {
                _ = BGTaskScheduler.shared.launch(one)
                await Phone.wait(for: "completed", times: count + 1)
            }
            // Every call is answered, in words where it is not done.
            let answer = await view.call("dispatchEvent", ["label": label, "event": "sync"])
            expect(answer.value != nil || answer.message?.isEmpty == false, true)
        })
}

/// An app of release 3, whose native code calls what its plugin had.
@available(*, deprecated)
@MainActor
private func callOldFunctions() async throws -> [String: String] {
    let runner = BackgroundRunner.shared
    try runner.registerBackgroundTask()
    try runner.scheduleBackgroundTasks()
    guard let config = runner.config else { return [:] }
    // As from the handler of a task of its own, which iOS calls on a queue in the background.
    let values = Box<String>()
    DispatchQueue.global().async {
        let value = try? BackgroundRunner.shared.execute(config: config, inputArgs: ["n": 1])
        values.add(value.map { "\($0)" } ?? "nothing")
    }
    await values.wait()
    var refused = "nothing"
    do { _ = try runner.execute(config: config) } catch { refused = error.localizedDescription }
    try runner.dispatchEvent(event: "sync", inputArgs: ["n": 2])
    await Phone.wait(for: "badge 2")
    let told = Box<Bool>()
    BackgroundRunnerPlugin.dispatchEvent(event: "sync", eventArgs: ["n": 3]) { (result: Result<Bool, any Error>) in
        told.add((try? result.get()) ?? false)
    }
    await told.wait()
    return ["event": config.event, "value": values.all[0], "refused": refused, "told": "\(told.all)"]
}

@MainActor let launchScenarios: [String: Scenario] = [
    "a_wrong_memory_limit_ends_no_launch": fault(Scenario.one(["memoryLimit": "64"]), runs: [task]),
    "a_wrong_timeout_ends_no_launch": fault(Scenario.one(["timeout": "5"]), runs: []),
    "a_schedule_without_an_interval_ends_no_launch": fault(
        Scenario.one(["schedules": [["event": "sync", "repeat": true]]]), runs: [task]),
    "a_runner_without_a_source_ends_no_launch": fault(
        ["runners": [["label": label, "autoStart": true, "event": "sync"], Scenario.one(["label": "b"])]],
        runs: [task, "b"]),
    "a_configuration_of_another_shape_ends_no_launch": fault(["runners": "none"], runs: []),
    "two_runners_of_one_label_end_no_launch": fault(["runners": [Scenario.one(), Scenario.one()]], runs: [task]),

    "a_retired_label_is_only_completed": Scenario(
        permitted: [task, "com.example.old"],
        files: ["schedules.json": submitted("com.example.old")],
        run: {
            BGTaskScheduler.shared.keep("com.example.old")
            expect(Phone.asked("registered"), ["registered com.example.old", "registered \(task)"])
            // iOS starts it before there is a web view that could cancel it.
            _ = BGTaskScheduler.shared.launch("com.example.old")
            await Phone.wait(for: "completed com.example.old")
            expect(Phone.asked("begins"), [])
        }),

    "a_retired_label_that_is_not_permitted_is_left_alone": Scenario(
        files: ["schedules.json": submitted("com.example.old")],
        run: { expect(Phone.asked("registered"), ["registered \(task)"]) }),

    "a_task_that_the_app_registers_is_left_to_it": Scenario(
        options: Scenario.one(["registerTasks": false]),
        script: "addEventListener('sync', (resolve) => { CapacitorNotifications.setBadge({ count: 1 }); resolve(); });",
        run: {
            expect(Phone.asked(), [])
            // The app's delegate, which release 3 left this to; here it has not yet.
            let view = await visit()
            let refusal = await view.schedule { $0["refusal"] != nil }["refusal"]?.text ?? ""
            expect(refusal.contains("didRegisterTask"), true)
            Phone.launched = false
            BGTaskScheduler.shared.register(forTaskWithIdentifier: task, using: nil) { BackgroundRunnerPlugin.run($0) }
            Phone.launched = true
            BackgroundRunnerPlugin.didRegisterTask(withIdentifier: task)
            BackgroundRunnerPlugin.registerBackgroundTask()
            UIApplication.shared.leave()
            await Phone.wait(for: "submitted")
            _ = BGTaskScheduler.shared.launch(task)
            await Phone.wait(for: "completed \(task) true")
            expect(Phone.asked("badge"), ["badge 1"])
        }),

    "native_code_of_release_3_is_served": Scenario(
        script: """
            addEventListener('sync', (resolve, reject, args) => {
              CapacitorNotifications.setBadge({ count: args.n });
              resolve({ n: args.n });
            });
            """,
        run: {
            let found = try await callOldFunctions()
            expect(found["event"], "sync")
            expect(found["value"], #"["n": 1.0]"#)
            expect(found["refused"]?.contains("BackgroundRunnerPlugin.dispatchEvent"), true)
            expect(found["told"], "[true]")
            expect(Phone.asked("badge"), ["badge 1", "badge 2", "badge 3"])
        }),

    "with_scenes_work_that_runs_once_is_planned_when_the_user_comes": Scenario(
        options: Scenario.one(["repeat": false]),
        script: "addEventListener('sync', (resolve) => resolve());",
        scenes: true,
        run: {
            // A scene connects while the app still counts as one in the background.
            let view = WebView()
            await Phone.wait(for: "submitted")
            _ = BGTaskScheduler.shared.launch(task)
            await Phone.wait(for: "completed")
            let before = Phone.asked("submitted").count
            UIApplication.shared.enter()
            await Phone.wait(for: "submitted", times: before + 1)
            // Once for each start of the app.
            UIApplication.shared.enter()
            _ = await view.call("getSchedules")
            expect(Phone.asked("submitted").count, before + 1)
        }),

    "another_window_is_no_other_start": Scenario(
        options: Scenario.one(["repeat": false]),
        script: "addEventListener('sync', (resolve) => resolve());",
        run: {
            let view = WebView()
            await Phone.wait(for: "submitted")
            _ = BGTaskScheduler.shared.launch(task)
            await Phone.wait(for: "completed")
            let before = Phone.asked("submitted").count
            let other = WebView()
            await settle()
            _ = await other.call("getSchedules")
            _ = await view.call("getSchedules")
            expect(Phone.asked("submitted").count, before)
        }),

    "with_scenes_the_watch_is_heard_without_a_web_view": Scenario(
        options: Scenario.one(["enableWatchConnectivity": true]),
        script: """
            addEventListener('WatchConnectivity_didReceiveMessage', (resolve, reject, { message }) => {
              CapacitorNotifications.setBadge({ count: message.n });
              resolve({ n: message.n + 1, none: null });
            });
            """,
        scenes: true,
        run: {
            expect(Phone.asked("watch"), ["watch activated"])
            let answers = Box<JSONValue>()
            let session = WCSession.default
            session.delegate?.session(session, didReceiveMessage: ["n": 4]) { answers.add(JSONValue($0) ?? .null) }
            await answers.wait()
            expect(answers.all, [["n": 5]])
        }),

    "with_scenes_a_tap_waits_for_the_web_view": Scenario(
        scenes: true,
        run: {
            let content = UNMutableNotificationContent()
            content.userInfo = ["CapacitorBackgroundRunner": 7]
            UNUserNotificationCenter.current().tap(
                UNNotificationRequest(identifier: "CapacitorBackgroundRunner-7", content: content, trigger: nil))
            expect(Phone.asked("tapped"), ["tapped CapacitorBackgroundRunner-7"])
            let heard = WebView().listen("backgroundRunnerNotificationReceived")
            await heard.wait()
            expect(heard.all[0]["notificationId"], 7)
        }),
]
