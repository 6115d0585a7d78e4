// Notifications that runners schedule, and taps on them.
import CapacitorBackgroundRunner
import CapacitorBackgroundRunnerCore
import CoreLocation
import Foundation
import Phone
import UIKit
import UserNotifications

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
    "notifications_have_every_option": Scenario(
        script: scheduling,
        run: {
            UNUserNotificationCenter.status = .authorized
            let view = WebView()
            let full: JSONValue = [
                "id": 7, "title": "Title", "body": "short", "largeBody": "long", "sound": "bell.wav",
                "actionTypeId": "actions", "threadIdentifier": "thread", "summaryArgument": "you",
                "extra": ["deep": [1, "two", nil]], "group": "g", "ongoing": true, "channelId": "c",
            ]
            let answer = await schedule(view, ["list": [full, ["id": 8, "title": "T", "body": "B"]]])
            expect(answer, Answer(value: [:]))
            let mark = "CapacitorBackgroundRunner"
            let first: JSONValue = [
                "identifier": .string("\(mark)-7"), "title": "Title", "body": "long", "sound": "bell.wav",
                "category": "actions", "thread": "thread", "summary": "you", "info.CapacitorBackgroundRunner": 7,
                "info.extra": ["deep": [1, "two", nil]],
            ]
            let second: JSONValue = [
                "identifier": .string("\(mark)-8"), "title": "T", "body": "B", "sound": "default", "category": "",
                "thread": "", "summary": "", "info.CapacitorBackgroundRunner": 8,
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

    "permissions_are_asked_for_only_when_the_app_asks": Scenario(
        options: Scenario.one(["apis": ["notifications", "geolocation"]]),
        script: scheduling + """
            addEventListener('where', (resolve) => resolve(CapacitorGeolocation.getCurrentPosition()));
            """,
        run: {
            let view = WebView()
            let prompt: JSONValue = ["geolocation": "prompt", "notifications": "prompt"]
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
            let denied: JSONValue = ["geolocation": "prompt", "notifications": "denied"]
            expect(await view.call("requestPermissions", ["apis": ["notifications"]]).value, denied)
            expect(Phone.asked("asked"), ["asked for notifications"])
            let both: JSONValue = ["apis": ["notifications", "geolocation"]]
            let granted: JSONValue = ["geolocation": "granted", "notifications": "denied"]
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
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7]])
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
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7]])
    }),

    "a_tap_waits_for_the_next_web_view": Scenario(run: {
        await oneWebView()
        UNUserNotificationCenter.current().tap(request(7))
        let view = WebView()
        await settle()
        let heard = view.listen("backgroundRunnerNotificationReceived")
        await heard.wait()
        expect(heard.all, [["actionTypeId": "actions", "notificationId": 7]])
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
