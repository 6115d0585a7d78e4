// Stores where release 3 had them, locked phones, full disks, damaged files.
import BackgroundTasks
import Foundation
import Phone
import UIKit

@testable import CapacitorBackgroundRunner
@testable import CapacitorBackgroundRunnerCore

private let task = "com.example.task"
private let label: JSONValue = "com.example.task"

/// A script that sets and gets what it is told to, and says how that failed.
private let storing = """
    const outcome = (call) => { try { return call(); } catch (error) { return `${error.code}: ${error.message}`; } };
    addEventListener('get', (resolve, reject, { key }) => resolve(outcome(() => CapacitorKV.get(key)?.value ?? null)));
    addEventListener('set', (resolve, reject, { key, value }) => {
      resolve(outcome(() => CapacitorKV.set(key, value)) ?? 'done');
    });
    addEventListener('big', (resolve) => resolve(outcome(() => CapacitorKV.set('big', 'x'.repeat(4194304)))));
    addEventListener('sync', (resolve) => { CapacitorNotifications.setBadge({ count: 1 }); resolve(); });
    """

@MainActor
private func ask(_ view: WebView, _ event: String, _ details: JSONValue, of runner: JSONValue = label) async -> JSONValue? {
    let answer = await view.call("dispatchEvent", ["label": runner, "event": .string(event), "details": details])
    return answer.code.map { .string($0) } ?? answer.value?["value"]
}

/// iOS runs the task.
@MainActor
private func run() async {
    let count = Phone.asked("completed").count
    _ = BGTaskScheduler.shared.launch(task)
    await Phone.wait(for: "completed", times: count + 1)
}

@MainActor let storageScenarios: [String: Scenario] = [
    "c5_stores_are_where_release_3_had_them": Scenario(
        options: ["runners": [Scenario.one(), Scenario.one(["label": "second", "autoStart": false])]],
        script: storing,
        defaults: ["token": "of 3.1"],
        run: {
            UserDefaults.standard.set(7, forKey: "count")
            let view = WebView()
            expect(await ask(view, "get", ["key": "token"]), "of 3.1")
            expect(await ask(view, "get", ["key": "count"]), "7")
            expect(await ask(view, "set", ["key": "token", "value": ""]), "done")
            // Native code and other plugins find it there.
            expect(UserDefaults.standard.string(forKey: "token"), "")
            UserDefaults.standard.set("native", forKey: "theirs")
            expect(await view.call("kvGet", ["label": label, "key": "theirs"]).value, ["value": "native"])
            let keys = await view.call("kvKeys", ["label": label]).value?["keys"]?.list ?? []
            expect(Set(keys.compactMap(\.text)).isSuperset(of: ["count", "theirs", "token"]), true)
            // Other runners have suites of their own.
            expect(await ask(view, "get", ["key": "theirs"], of: "second"), .null)
            expect(await ask(view, "set", ["key": "theirs", "value": "2"], of: "second"), "done")
            expect(UserDefaults(suiteName: "second")?.string(forKey: "theirs"), "2")
            expect(UserDefaults.standard.string(forKey: "theirs"), "native")
            expect(await view.call("kvKeys", ["label": "second"]).value, ["keys": ["theirs"]])
            // What iOS keeps there is no runner's, and what was refused is an error.
            for key in ["AppleLanguages", "NSQuitAlwaysKeepsWindows", "com.apple.content", "CapacitorBackgroundRunner.x"] {
                let refused = await ask(view, "set", ["key": .string(key), "value": "x"])?.text ?? ""
                expect(refused.contains("is a setting of iOS"), true)
                expect(UserDefaults.standard.string(forKey: key) == "x", false)
            }
            expect(await ask(view, "big", [:])?.text?.contains("4 MiB"), true)
            expect(await view.call("kvSet", ["label": label, "key": "NSx", "value": "1"]).code, "INVALID_ARGUMENT")
        }),

    "c5_what_a_file_held_is_taken_over_once": Scenario(
        script: storing,
        files: [
            "kv-com%2Eexample%2Etask.json": #"{"token":"newer","NSx":"no","only":"here"}"#,
            "kv-unknown.json": "{}",
        ],
        defaults: ["token": "older", "kept": "yes"],
        run: {
            let view = WebView()
            expect(await ask(view, "get", ["key": "token"]), "newer")
            expect(await ask(view, "get", ["key": "only"]), "here")
            expect(await ask(view, "get", ["key": "kept"]), "yes")
            expect(UserDefaults.standard.string(forKey: "NSx"), nil)
            let folder = App.folder.url
            let file = folder.appendingPathComponent("kv-com%2Eexample%2Etask.json").path
            expect(FileManager.default.fileExists(atPath: file), false)
        }),

    "a_damaged_file_is_set_aside": Scenario(
        script: storing,
        files: ["kv-com%2Eexample%2Etask.json": #"{"token":"ne"#, "schedules.json": "{\"version\":"],
        run: {
            let view = WebView()
            await Phone.wait(for: "submitted")
            expect(await ask(view, "get", ["key": "token"]), .null)
            expect(await ask(view, "set", ["key": "token", "value": "again"]), "done")
            expect(await ask(view, "get", ["key": "token"]), "again")
            guard case .data = App.folder.read("kv-com%2Eexample%2Etask.json.damaged") else {
                return expect("a file", "none")
            }
        }),

    "before_the_first_unlock_nothing_is_taken_for_missing": Scenario(
        script: storing,
        files: ["unlocked": ""],
        defaults: ["token": "kept"],
        run: {
            Phone.storage = .beforeFirstUnlock
            let view = WebView()
            expect(await ask(view, "get", ["key": "token"])?.text?.contains("STORAGE_FAILED: the device"), true)
            expect(await ask(view, "set", ["key": "token", "value": "x"])?.text?.contains("STORAGE_FAILED"), true)
            expect(await view.call("kvGet", ["label": label, "key": "token"]).code, "STORAGE_FAILED")
            Phone.storage = .open
            expect(await ask(view, "get", ["key": "token"]), "kept")
            // Locked again is not locked for ever.
            Phone.storage = .locked
            expect(await ask(view, "get", ["key": "token"]), "kept")
        }),

    "before_the_first_unlock_of_a_new_app_as_well": Scenario(
        script: storing,
        run: {
            Phone.storage = .beforeFirstUnlock
            expect(await ask(WebView(), "get", ["key": "token"])?.text?.contains("STORAGE_FAILED"), true)
        }),

    "a_locked_phone_runs_and_remembers": Scenario(
        script: storing,
        // An earlier version left these unprotected.
        files: ["history.json": "[]\n", "schedules.json": #"{"version":1,"schedules":[],"submitted":{}}"#],
        run: {
            let view = WebView()
            await Phone.wait(for: "submitted")
            Phone.storage = .locked
            await run()
            await run()
            Phone.storage = .open
            expect(Phone.asked("badge"), ["badge 1", "badge 1"])
            guard case .data(let history) = App.folder.read("history.json") else { return expect("a history", "none") }
            expect(String(decoding: history, as: UTF8.self).contains("com.example.task"), true)
            _ = view
        }),

    "what_is_due_runs_before_the_first_unlock": Scenario(
        script: storing,
        files: [
            "unlocked": "", "schedules.json": #"{"version":1,"schedules":[],"submitted":{}}"#,
            "history.json": "[]\n",
        ],
        run: {
            BGTaskScheduler.shared.keep(task)
            Phone.storage = .beforeFirstUnlock
            await run()
            expect(Phone.asked("completed"), ["completed \(task) true"])
            expect(Phone.asked("badge"), ["badge 1"])
            Phone.storage = .open
            // What could not be read is there still.
            guard case .data(let state) = App.folder.read("schedules.json") else { return expect("a state", "none") }
            expect(String(decoding: state, as: UTF8.self).hasSuffix("\"submitted\":{}}"), true)
            // Nor is the history of the runs before mixed with that of a process that does not know it.
            let view = WebView()
            expect(await ask(view, "get", ["key": "token"]), .null)
            guard case .data(let history) = App.folder.read("history.json") else { return expect("a history", "none") }
            expect(String(decoding: history, as: UTF8.self), "[]\n")
            expect(await view.call("getRunHistory").value?["runs"]?.list?.count, 2)
        }),

    "a_full_disk_stops_no_run": Scenario(
        script: storing,
        run: {
            let view = WebView()
            await Phone.wait(for: "submitted")
            Phone.storage = .full
            await run()
            await run()
            expect(Phone.asked("badge"), ["badge 1", "badge 1"])
            expect(Phone.asked("completed"), ["completed \(task) true", "completed \(task) true"])
            _ = view
        }),
]
