// What iOS starts in the background, and what it is told about it.
import BackgroundTasks
import CapacitorBackgroundRunner
import Foundation
import Network
import Phone
import UIKit

@testable import CapacitorBackgroundRunnerCore

private let task = "com.example.task"

/// Brings the app to the screen and sends it to the background: what is planned is submitted then.
@MainActor
private func leave() async -> WebView {
    let view = WebView()
    await Phone.wait(for: "submitted")
    UIApplication.shared.leave()
    _ = await view.call("getSchedules")
    return view
}

@MainActor
private func ended(_ times: Int = 1) async -> [String] {
    await Phone.wait(for: "completed", times: times)
    await settle()
    return Phone.asked("completed")
}

@MainActor let taskScenarios: [String: Scenario] = [
    "tasks_are_registered_once_before_the_app_has_launched": Scenario(
        options: ["runners": [Scenario.one(), Scenario.one(["label": "not.permitted"])]],
        run: {
            expect(Phone.asked(), ["registered \(task)"])
            // An app's delegate that was written for the original calls both.
            BackgroundRunnerPlugin.registerBackgroundTask()
            BackgroundRunnerPlugin.handleApplicationDidFinishLaunching(launchOptions: nil)
            await settle()
            expect(Phone.asked(), ["registered \(task)"])
        }),

    "what_the_configuration_plans_is_submitted": Scenario(run: {
        _ = await leave()
        expect(Set(Phone.asked("submitted")), ["submitted \(task) in 15 min refresh"])
        expect(Phone.asked("refused"), [])
    }),

    "constraints_make_a_processing_task": Scenario(
        options: Scenario.one(["interval": 60, "constraints": ["network": "connected", "charging": true]]),
        run: {
            _ = await leave()
            expect(Set(Phone.asked("submitted")), ["submitted \(task) in 60 min processing network power"])
        }),

    "what_info_plist_does_not_permit_is_not_submitted": Scenario(
        permitted: [],
        run: {
            expect(Phone.asked(), [])
            let view = WebView()
            let schedule = await view.schedule { $0["refusal"] != nil }
            expect(schedule["refusal"]?.text?.contains("list it in `Info.plist`"), true)
            expect(schedule["nextRunAt"], .null)
            let nightly: JSONValue = ["label": .string(task), "id": "nightly", "event": "sync", "interval": 60]
            let refused = await view.call("registerSchedule", nightly)
            expect(refused.code, "HOST_ERROR")
            expect(refused.message?.contains("list it in `Info.plist`"), true)
            let answer = await view.call("dispatchEvent", ["label": .string(task), "event": "nothing"])
            expect(answer.code, "EVENT_NOT_FOUND")
        }),

    "refusals_are_told_in_words": Scenario(run: {
        let view = await leave()
        let nightly: JSONValue = ["label": .string(task), "id": "nightly", "event": "sync", "interval": 5]
        let refusal = { (code: Int) in
            BGTaskScheduler.shared.refusal = code
            _ = await view.call("cancelSchedule", ["label": .string(task)])
            let answer = await view.call("registerSchedule", nightly)
            expect(answer.code, "HOST_ERROR")
            let listed = await view.call("getSchedules").value?["schedules"]?[0]
            expect(listed?["refusal"]?.text, answer.message)
            expect(listed?["nextRunAt"], .null)
            return answer.message ?? ""
        }
        expect(await refusal(1).contains("Background App Refresh"), true)
        expect(await refusal(2).contains("too many requests"), true)
        expect(await refusal(3).contains("`Background fetch`"), true)
        // The user has turned it on again: the next plan asks once more.
        BGTaskScheduler.shared.refusal = nil
        UIApplication.shared.leave()
        let listed = await view.schedule { $0["refusal"] == nil }
        expect(listed["nextRunAt"] == .null, false)
    }),

    "a_mode_that_is_missing_is_told": Scenario(
        info: ["UIBackgroundModes": ["processing"]],
        run: {
            let view = WebView()
            await Phone.wait(for: "refused \(task) 3")
            let refusal = await view.schedule { $0["refusal"] != nil }["refusal"]?.text ?? ""
            expect(refusal.contains("Background Modes"), true)
        }),

    "d11_a_run_that_the_system_ends_may_save_its_work": Scenario(
        script: """
            addEventListener('sync', (resolve, reject, args, { signal }) => {
              CapacitorNotifications.setBadge({ count: 1 });
              signal.addEventListener('abort', () => setTimeout(() => CapacitorKV.set('saved', 'yes'), 300));
              setInterval(() => {}, 10);
            });
            """,
        run: {
            let view = await leave()
            let running = BGTaskScheduler.shared.launch(task)
            await Phone.wait(for: "badge 1")
            running.expirationHandler?()
            expect(await ended(), ["completed \(task) false"])
            expect(await view.call("kvGet", ["label": .string(task), "key": "saved"]).value, ["value": "yes"])
        }),

    "a_run_completes_its_task_and_repeats": Scenario(
        script: "addEventListener('sync', (resolve) => { CapacitorNotifications.setBadge({ count: 1 }); resolve(); });",
        run: {
            _ = await leave()
            _ = BGTaskScheduler.shared.launch(task)
            expect(await ended(), ["completed \(task) true"])
            // Nothing that happens in the run can end the repetition: it is submitted before.
            let since = Phone.asked().drop { $0 != "launched \(task)" }.filter { !$0.hasPrefix("cancelled") }
            let again = "submitted \(task) in 15 min refresh"
            expect(Array(since), ["launched \(task)", again, "badge 1", "completed \(task) true"])
            // And so it goes on.
            _ = BGTaskScheduler.shared.launch(task)
            expect(await ended(2), ["completed \(task) true", "completed \(task) true"])
        }),

    "a_failed_run_repeats_and_is_told": Scenario(
        script: "addEventListener('sync', () => { throw new Error('not today'); });",
        run: {
            _ = await leave()
            for times in 1...2 {
                _ = BGTaskScheduler.shared.launch(task)
                expect(await ended(times), Array(repeating: "completed \(task) false", count: times))
            }
        }),

    "expiration_ends_the_run_and_completes_the_task_once": Scenario(
        script: "addEventListener('sync', () => { CapacitorNotifications.setBadge({ count: 1 }); for (;;) {} });",
        run: {
            let view = await leave()
            let running = BGTaskScheduler.shared.launch(task)
            await Phone.wait(for: "badge 1")
            running.expirationHandler?()
            running.expirationHandler?()
            expect(await ended(), ["completed \(task) false"])
            let history = await view.call("getRunHistory").value
            expect(history?["runs"]?[0]?["errorCode"], "CANCELLED")
            // The next request is there already.
            _ = BGTaskScheduler.shared.launch(task).expirationHandler?()
            expect(await ended(2).count, 2)
        }),

    "expiration_after_the_end_changes_nothing": Scenario(
        script: "addEventListener('sync', (resolve) => resolve());",
        run: {
            _ = await leave()
            let running = BGTaskScheduler.shared.launch(task)
            expect(await ended(), ["completed \(task) true"])
            running.expirationHandler?()
            await settle()
            expect(Phone.asked("completed"), ["completed \(task) true"])
        }),

    "work_waits_for_what_it_needs": Scenario(
        options: [
            "label": .string(task), "src": "runner.js", "autoStart": true,
            "schedules": [
                ["id": "any", "event": "any", "interval": 15, "repeat": true],
                [
                    "id": "big", "event": "big", "interval": 15, "repeat": true,
                    "constraints": ["network": "unmetered", "charging": true],
                ],
            ],
        ],
        script: """
            addEventListener('any', (resolve) => { CapacitorNotifications.setBadge({ count: 1 }); resolve(); });
            addEventListener('big', (resolve) => { CapacitorNotifications.setBadge({ count: 2 }); resolve(); });
            """,
        run: {
            let view = WebView()
            await Phone.wait(for: "submitted")
            NWPathMonitor.path = NWPath(.satisfied, over: .cellular, expensive: true)
            _ = BGTaskScheduler.shared.launch(task)
            expect(await ended(), ["completed \(task) true"])
            expect(Phone.asked("badge"), ["badge 1"])
            // A network that the user pays for keeps the big one waiting, a battery that is not charged as well.
            UIDevice.current.battery.state = .charging
            await launchAgain()
            expect(await ended(2).count, 2)
            expect(Phone.asked("badge 2"), [])
            NWPathMonitor.path = NWPath(.satisfied, over: .wifi)
            UIDevice.current.battery.state = .unplugged
            await launchAgain()
            expect(await ended(3).count, 3)
            expect(Phone.asked("badge 2"), [])
            UIDevice.current.battery.state = .full
            await launchAgain()
            expect(await ended(4).count, 4)
            expect(Phone.asked("badge 2"), ["badge 2"])
            expect(UIDevice.current.isBatteryMonitoringEnabled, false)
            _ = view
        }),
]

/// iOS starts the task again, as soon as it is submitted.
@MainActor
private func launchAgain() async {
    _ = BGTaskScheduler.shared.launch(task)
}
