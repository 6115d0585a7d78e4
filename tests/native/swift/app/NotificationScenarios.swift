// Notifications that runners schedule, and taps on them.
import CapacitorBackgroundRunner
import CoreLocation
import Foundation
import Phone
import UIKit
import UserNotifications

@testable import CapacitorBackgroundRunnerCore

private let label: JSONValue = "com.example.task"

/// A script that schedules what it is given.
private let scheduling = """
    addEventListener('schedule', (resolve, reject, args) => {
      const at = args.at === undefined ? undefined : new Date(args.at);
      CapacitorNotifications.schedule(args.list.map((one) => ({ ...one, scheduleAt: at })));
      resolve();
    });
    """

@MainActor
private func schedule(_ view: WebView, _ details: JSONValue) async -> Answer {
    await view.call("dispatchEvent", ["label": label, "event": "schedule", "details": details])
}

/// A notification as the phone was asked for it.
private func asked() -> [JSONValue] {
    Phone.asked("notification ").compactMap {
        try? Wire.decode(JSONValue.self, from: Data($0.dropFirst("notification ".count).utf8))
    }
}

/// A notification that a runner scheduled.
private func request(_ id: Int) -> UNNotificationRequest {
    let content = UNMutableNotificationContent()
    content.categoryIdentifier = "actions"
    content.userInfo = ["CapacitorBackgroundRunner": id]
    return UNNotificationRequest(identifier: "CapacitorBackgroundRunner-\(id)", content: content, trigger: nil)
}

/// A notification of somebody else.
private func foreign() -> UNNotificationRequest {
    UNNotificationRequest(identifier: "push", content: UNMutableNotificationContent(), trigger: nil)
}

/// A delegate that was there before, and remembers what reaches it.
private final class Other: NSObject, UNUserNotificationCenterDelegate {
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        Phone.note("other was tapped \(response.notification.request.identifier)")
        completionHandler()
    }
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        Phone.note("other presents \(notification.request.identifier)")
        completionHandler([.banner])
    }
    func userNotificationCenter(_ center: UNUserNotificationCenter, openSettingsFor notification: UNNotification?) {
        Phone.note("other opens settings")
    }
}

/// A delegate that has none of the optional methods.
private final class Silent: NSObject, UNUserNotificationCenterDelegate {}

/// A delegate that takes the place of the present one and keeps it, as careful plugins do.
private final class Chained: NSObject, UNUserNotificationCenterDelegate {
    private let next: (any UNUserNotificationCenterDelegate)?

    override init() {
        next = UNUserNotificationCenter.current().delegate
        super.init()
        UNUserNotificationCenter.current().delegate = self
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        Phone.note("chained was tapped \(response.notification.request.identifier)")
        next?.userNotificationCenter(center, didReceive: response, withCompletionHandler: completionHandler)
    }
}

@MainActor let notificationScenarios: [String: Scenario] = [
    "more_notifications_than_ios_keeps_are_refused_aloud": Scenario(
        script: scheduling,
        run: {
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            let hour = JSONValue.number((Date().timeIntervalSince1970 + 3600) * 1000)
            func list(_ ids: ClosedRange<Int>) -> JSONValue {
                .array(ids.map { ["id": .number(Double($0)), "title": "t", "body": "b"] })
            }
            // One of them is another plugin's.
            let other = UNMutableNotificationContent()
            try await UNUserNotificationCenter.current().add(
                UNNotificationRequest(
                    identifier: "other", content: other,
                    trigger: UNTimeIntervalNotificationTrigger(timeInterval: 9000, repeats: false)))
            expect(await schedule(view, ["at": hour, "list": list(1...63)]).code, nil)
            let refused = await schedule(view, ["at": hour, "list": list(63...64)])
            expect(refused.message?.contains("iOS keeps 64 planned notifications"), true)
            // What is shown at once, and what takes the place of another, waits for no place.
            expect(await schedule(view, ["list": list(65...70)]).code, nil)
            expect(await schedule(view, ["at": hour, "list": list(1...63)]).code, nil)
            expect(Phone.asked("dropped"), [])
        }),

    "notifications_have_every_option": Scenario(
        script: scheduling,
        run: {
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            let full: JSONValue = [
                "id": 7, "title": "Title", "body": "short", "largeBody": "long", "sound": "bell.wav",
                "actionTypeId": "actions", "threadIdentifier": "thread", "summaryArgument": "you",
                "extra": ["deep": [1, "two", nil], "none": nil], "group": "g", "ongoing": true, "channelId": "c",
            ]
            let answer = await schedule(view, ["list": [full, ["id": 8, "title": "T", "body": "B"]]])
            expect(answer, Answer(value: [:]))
            let mark = "CapacitorBackgroundRunner"
            let first: JSONValue = [
                "identifier": .string("\(mark)-7"), "title": "Title", "body": "long", "sound": "bell.wav",
                "category": "actions", "thread": "thread", "info.CapacitorBackgroundRunner": 7,
                // Property lists have no null: native code finds what is left, the listener all of it.
                "info.CapacitorBackgroundRunner.extra": #"{"deep":[1,"two",null],"none":null}"#,
                "info.extra": ["deep": [1, "two", ""]],
            ]
            let second: JSONValue = [
                "identifier": .string("\(mark)-8"), "title": "T", "body": "B", "sound": "default", "category": "",
                "thread": "", "info.CapacitorBackgroundRunner": 8,
            ]
            expect(asked(), [first, second])
        }),

    "notifications_fire_at_the_time_that_was_said": Scenario(
        script: scheduling,
        zone: "America/New_York",
        run: {
            expect(TimeZone.current.secondsFromGMT() < 0, true)
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            // The same instant, written in three ways; a zone that is not said is the device's, as in any script.
            let local = ISO8601DateFormatter()
            local.timeZone = .current
            local.formatOptions = [.withFullDate, .withTime, .withColonSeparatorInTime]
            let instant = Date(timeIntervalSinceNow: 86_400)
            let times = ["2099-01-01T00:00:00Z", "2099-01-01T09:00:00+09:00", "2098-12-31T19:00:00"]
            for time in times {
                _ = await schedule(view, ["at": .string(time), "list": [["id": 1, "title": "T", "body": "B"]]])
            }
            expect(asked().map { $0["fires"] }, Array(repeating: "2099-01-01T00:00:00Z", count: 3))
            _ = await schedule(
                view, ["at": .string(local.string(from: instant)), "list": [["id": 1, "title": "T", "body": "B"]]])
            let zulu = ISO8601DateFormatter()
            expect(asked().last?["fires"], .string(zulu.string(from: instant)))
        }),

    "a_time_that_is_past_or_near_is_no_trap": Scenario(
        script: scheduling,
        run: {
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            for milliseconds in [-60_000.0, 0, 1, 400, 3_600_500] {
                let at = JSONValue.number((Date().timeIntervalSince1970 * 1000).rounded() + milliseconds)
                let answer = await schedule(view, ["at": at, "list": [["id": 1, "title": "T", "body": "B"]]])
                expect(answer, Answer(value: [:]))
            }
            let shown = asked()
            expect(shown.count, 5)
            expect(shown[0]["fires"], nil)
            expect(shown[4]["fires"] == nil, false)
            expect(shown.allSatisfy { $0["repeats"] == nil }, true)
        }),

    "what_is_scheduled_is_listed_and_taken_back": Scenario(
        script: scheduling + """
            addEventListener('pending', (resolve) => resolve(CapacitorNotifications.getPending()));
            addEventListener('cancel', (resolve, reject, args) => {
              CapacitorNotifications.cancel(args.list);
              resolve(CapacitorNotifications.getPending().map((it) => it.id));
            });
            """,
        run: {
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            func dispatch(_ event: String, _ details: JSONValue = [:]) async -> JSONValue? {
                await view.call("dispatchEvent", ["label": label, "event": .string(event), "details": details]).value?["value"]
            }
            let hour = (Date().timeIntervalSince1970 * 1000).rounded() + 3_600_000
            for (id, at) in [(1, hour + 2), (2, hour), (3, hour + 1), (2, hour + 3)] {
                let one: JSONValue = ["id": .number(Double(id)), "title": "T", "body": "B", "largeBody": "longer"]
                _ = await schedule(view, ["at": .number(at), "list": [one]])
            }
            _ = await schedule(view, ["list": [["id": 4, "title": "at once", "body": "B"]]])
            // Another plugin's are not shown, and not taken back: it may use the same numbers.
            let trigger = UNTimeIntervalNotificationTrigger(timeInterval: 60, repeats: false)
            let foreign = UNNotificationRequest(identifier: "1", content: UNMutableNotificationContent(), trigger: trigger)
            try? await UNUserNotificationCenter.current().add(foreign)
            let listed = [(3, hour + 1), (1, hour + 2), (2, hour + 3)].map { id, at -> JSONValue in
                ["id": .number(Double(id)), "title": "T", "body": "longer", "scheduleAt": .number(at)]
            }
            expect(await dispatch("pending"), .array(listed))
            expect(await dispatch("cancel", ["list": [["id": 1], ["id": 3], ["id": 99]]]), [2])
            let left = await withCheckedContinuation { continuation in
                UNUserNotificationCenter.current().getPendingNotificationRequests { continuation.resume(returning: $0.map(\.identifier)) }
            }
            expect(left.sorted(), ["1", "CapacitorBackgroundRunner-2"])
        }),

    "permissions_are_asked_for_only_when_the_app_asks": Scenario(
        options: Scenario.one(["apis": ["notifications", "geolocation"]]),
        script: scheduling + """
            addEventListener('where', (resolve) => resolve(CapacitorGeolocation.getCurrentPosition()));
            """,
        run: {
            let view = WebView()
            let prompt: JSONValue = [
                "geolocation": "prompt", "notifications": "prompt", "backgroundLocation": "prompt",
            ]
            expect(await view.call("checkPermissions").value, prompt)
            expect(await view.call("requestPermissions").value, prompt)
            expect(await view.call("requestPermissions", ["apis": []]).value, prompt)
            for wrong: JSONValue in ["all", ["camera"], [1]] {
                expect(await view.call("requestPermissions", ["apis": wrong]).code, "INVALID_ARGUMENT")
            }
            // A runner does not ask, it is refused.
            let refused = await schedule(view, ["list": [["id": 1, "title": "T", "body": "B"]]])
            expect(refused.code, "HOST_ERROR")
            expect(refused.message, "the user has not allowed notifications")
            let lost = await view.call("dispatchEvent", ["label": label, "event": "where"])
            expect(lost.message, "the user has not allowed to read the position")
            expect(Phone.asked("asked"), [])
            expect(Phone.asked("notification"), [])
            // One question at a time, and none that was answered.
            UNUserNotificationCenter.answer = .denied
            let denied: JSONValue = [
                "geolocation": "prompt", "notifications": "denied", "backgroundLocation": "prompt",
            ]
            expect(await view.call("requestPermissions", ["apis": ["notifications"]]).value, denied)
            expect(Phone.asked("asked"), ["asked for notifications"])
            let both: JSONValue = ["apis": ["notifications", "geolocation"]]
            let granted: JSONValue = [
                "geolocation": "granted", "notifications": "denied", "backgroundLocation": "prompt",
            ]
            expect(await view.call("requestPermissions", both).value, granted)
            expect(await view.call("requestPermissions", both).value, granted)
            expect(Phone.asked("asked"), ["asked for notifications", "asked for the position when in use"])
        }),

    "the_position_at_any_time_is_asked_for_when_it_is_configured": Scenario(
        options: Scenario.one().with("backgroundLocation", true),
        run: {
            CLLocationManager.answer = .authorizedAlways
            let answer = await WebView().call("requestPermissions", ["apis": ["geolocation"]])
            expect(answer.value?["geolocation"], "granted")
            expect(Phone.asked("asked"), ["asked for the position always"])
        }),

    "a_tap_reaches_the_listener": Scenario(run: {
        let view = WebView()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        UNUserNotificationCenter.current().tap(request(7))
        expect(Phone.asked("tapped"), ["tapped CapacitorBackgroundRunner-7"])
        await heard.wait()
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7, "actionId": "tap"]])
    }),

    "a_tap_waits_for_the_first_listener": Scenario(run: {
        let view = WebView()
        UNUserNotificationCenter.current().tap(request(7))
        UNUserNotificationCenter.current().tap(request(8))
        await settle()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        await heard.wait(for: 2)
        expect(heard.all.map { $0["notificationId"] }, [7, 8])
        expect(view.listen("backgroundRunnerNotificationReceived").all, [])
    }),

    "a_tap_that_starts_the_app_waits_for_the_web_view": Scenario(run: {
        UNUserNotificationCenter.current().tap(request(7))
        expect(Phone.asked("tapped"), ["tapped CapacitorBackgroundRunner-7"])
        let view = WebView()
        await settle()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        await heard.wait()
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7, "actionId": "tap"]])
    }),

    "a_tap_waits_for_the_next_web_view": Scenario(run: {
        await oneWebView()
        UNUserNotificationCenter.current().tap(request(7))
        let view = WebView()
        await settle()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        await heard.wait()
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7, "actionId": "tap"]])
    }),

    "a_tap_brings_the_action_and_what_the_notification_carries": Scenario(run: {
        let view = WebView()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        let content = UNMutableNotificationContent()
        content.categoryIdentifier = "actions"
        content.userInfo = [
            "CapacitorBackgroundRunner": 7, "CapacitorBackgroundRunner.extra": #"{"a":null,"b":[1]}"#,
        ]
        let mine = UNNotificationRequest(identifier: "CapacitorBackgroundRunner-7", content: content, trigger: nil)
        let center = UNUserNotificationCenter.current()
        // One that is put away was not tapped.
        center.tap(mine, action: UNNotificationDismissActionIdentifier)
        center.tap(mine, action: "reply")
        // One that release 3 had planned.
        let old = UNMutableNotificationContent()
        old.userInfo = ["source": "capacitor-background-runner", "cap_extra": ["c": 1]]
        center.tap(UNNotificationRequest(identifier: "9", content: old, trigger: nil))
        await heard.wait(for: 2)
        expect(Phone.asked("tapped").count, 3)
        let first: JSONValue = [
            "actionTypeId": "actions", "notificationId": 7, "actionId": "reply", "extra": ["a": nil, "b": [1]],
        ]
        let second: JSONValue = [
            "actionTypeId": "", "notificationId": 9, "actionId": "tap", "extra": ["c": 1],
        ]
        expect(heard.all, [first, second])
    }),

    "every_window_hears_events": Scenario(
        script: "addEventListener('log', (resolve) => { console.log('hello'); resolve(); });",
        run: {
            let first = WebView()
            let second = WebView()
            let taps = [first, second].map { $0.listen("backgroundRunnerNotificationReceived") }
            let logs = [first, second].map { $0.listen("backgroundRunnerLog") }
            let runs = [first, second].map { $0.listen("backgroundRunnerRunFinished") }
            UNUserNotificationCenter.current().tap(request(7))
            _ = await first.call("dispatchEvent", ["label": label, "event": "log"])
            for heard in taps + logs + runs {
                await heard.wait()
                expect(heard.all.count, 1)
            }
            expect(runs[0].all[0]["outcome"], "resolved")
        }),

    "permissions_settle_where_nobody_is_asked": Scenario(
        options: Scenario.one(["backgroundLocation": true]),
        info: ["NSLocationWhenInUseUsageDescription": "to find you"],
        run: {
            let answer = await WebView().call("requestPermissions", ["apis": ["geolocation"]])
            expect(answer.code, "UNAVAILABLE")
            expect(answer.message?.contains("`NSLocationAlwaysAndWhenInUseUsageDescription` is missing"), true)
        }),

    "always_is_asked_for_after_while_using": Scenario(
        options: Scenario.one(["backgroundLocation": true]),
        run: {
            CLLocationManager.status = .authorizedWhenInUse
            let view = WebView()
            expect(await view.call("checkPermissions").value?["backgroundLocation"], "prompt")
            // The user keeps "while using": iOS tells nobody, and never asks again.
            let kept = await view.call("requestPermissions", ["apis": ["geolocation"]])
            expect(kept.value?["backgroundLocation"], "denied")
            let again = await view.call("requestPermissions", ["apis": ["geolocation"]])
            expect(again.value?["backgroundLocation"], "denied")
            expect(Phone.asked("asked"), ["asked for the position always"])
            CLLocationManager.status = .authorizedAlways
            expect(await view.call("checkPermissions").value?["backgroundLocation"], "granted")
        }),

    "always_is_granted_after_while_using": Scenario(
        options: Scenario.one(["backgroundLocation": true]),
        run: {
            CLLocationManager.status = .authorizedWhenInUse
            CLLocationManager.answer = .authorizedAlways
            let answer = await WebView().call("requestPermissions", ["apis": ["geolocation"]])
            expect(answer.value?["backgroundLocation"], "granted")
        }),

    "a_question_that_nobody_sees_stays_open": Scenario(run: {
        CLLocationManager.status = .authorizedWhenInUse
        CLLocationManager.answer = .authorizedAlways
        let view = WebView()
        UIApplication.shared.leave()
        CLLocationManager.isOnScreen = false
        let background: JSONValue = ["apis": ["backgroundLocation"]]
        expect(await view.call("requestPermissions", background).value?["backgroundLocation"], "prompt")
        UIApplication.shared.enter()
        CLLocationManager.isOnScreen = true
        expect(await view.call("requestPermissions", background).value?["backgroundLocation"], "granted")
    }),

    "a_question_that_was_asked_before_settles": Scenario(
        run: {
            CLLocationManager.status = .authorizedWhenInUse
            CLLocationManager.hasAskedForMore = true
            let answer = await WebView().call("requestPermissions", ["apis": ["backgroundLocation"]])
            expect(answer.value?["backgroundLocation"], "denied")
            expect(Phone.asked("asked"), [])
        }),

    "removed_listeners_hear_nothing": Scenario(run: {
        let view = WebView()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        let logs = view.listen("backgroundRunnerLog")
        expect(await view.call("removeNotificationListeners"), Answer(value: [:]))
        UNUserNotificationCenter.current().tap(request(7))
        await settle()
        expect(heard.all, [])
        expect(view.plugin.hasListeners("backgroundRunnerLog"), true)
        expect(logs.all, [])
    }),

    "notifications_of_others_reach_their_delegate": Scenario(run: {
        let center = UNUserNotificationCenter.current()
        let other = Other()
        center.delegate = other
        let view = WebView()
        center.tap(foreign())
        center.present(foreign())
        center.delegate?.userNotificationCenter(center, openSettingsFor: nil)
        expect(
            Phone.asked().filter { !$0.hasPrefix("registered") && !$0.hasPrefix("submitted") },
            [
                "other was tapped push", "tapped push", "other presents push", "presented push 16",
                "other opens settings",
            ])
        // The runners' own do not: nobody else knows them.
        let before = Phone.asked("other").count
        center.tap(request(7))
        center.present(request(7))
        expect(Phone.asked("other").count, before)
        expect(Phone.asked("presented CapacitorBackgroundRunner-7"), ["presented CapacitorBackgroundRunner-7 27"])
        _ = view
        withExtendedLifetime(other) {}
    }),

    "nobody_waits_for_a_delegate_that_does_not_answer": Scenario(run: {
        let center = UNUserNotificationCenter.current()
        let silent = Silent()
        center.delegate = silent
        let view = WebView()
        center.tap(foreign())
        center.present(foreign())
        expect(Phone.asked("tapped"), ["tapped push"])
        expect(Phone.asked("presented"), ["presented push 0"])
        _ = view
        withExtendedLifetime(silent) {}
    }),

    "delegates_that_keep_each_other_do_not_clash": Scenario(run: {
        let center = UNUserNotificationCenter.current()
        let other = Other()
        center.delegate = other
        let first = WebView()
        let chained = Chained()
        // Another web view takes the place again, in front of a delegate that keeps the listener.
        let second = WebView()
        center.tap(foreign())
        expect(Phone.asked("tapped"), ["tapped push"])
        expect(Phone.asked("chained"), ["chained was tapped push"])
        expect(Phone.asked("other"), ["other was tapped push"])
        let heard = second.listen("backgroundRunnerNotificationReceived")
        center.tap(request(7))
        await heard.wait()
        expect(Phone.asked("tapped").count, 2)
        expect(heard.all.count, 1)
        _ = first
        withExtendedLifetime((other, chained)) {}
    }),

    "badges_are_set_and_cleared": Scenario(
        script: """
            addEventListener('badge', (resolve) => {
              CapacitorNotifications.setBadge({ count: 3 });
              CapacitorNotifications.setBadge({ count: -1 });
              CapacitorNotifications.clearBadge();
              resolve();
            });
            """,
        run: {
            _ = await WebView().call("dispatchEvent", ["label": label, "event": "badge"])
            expect(Phone.asked("badge"), ["badge 3", "badge 0", "badge 0"])
            expect(Phone.asked("notification"), [])
        }),
]

/// A web view that is closed again.
@MainActor
private func oneWebView() async {
    weak var plugin = WebView().plugin
    await settle()
    expect(plugin == nil, true)
}
