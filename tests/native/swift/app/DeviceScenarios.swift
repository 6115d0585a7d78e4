// Positions, the watch, pushes, stores, and what the web view is answered.
import CoreLocation
import Foundation
import Network
import Phone
import UIKit
import WatchConnectivity

@testable import CapacitorBackgroundRunner
@testable import CapacitorBackgroundRunnerCore

private let label: JSONValue = "com.example.task"

private func fix(_ latitude: Double, at seconds: TimeInterval, known: Bool = true) -> CLLocation {
    CLLocation(
        coordinate: CLLocationCoordinate2D(latitude: latitude, longitude: 13.5), altitude: 34.5, horizontalAccuracy: 5,
        verticalAccuracy: known ? 3 : -1, course: known ? 90 : -1, speed: known ? 1.5 : -1,
        timestamp: Date(timeIntervalSince1970: seconds))
}

/// The app's own connection to its watch.
private final class OwnConnection: NSObject, WCSessionDelegate {
    func session(
        _ session: WCSession, activationDidCompleteWith activationState: WCSessionActivationState, error: (any Error)?
    ) {}
    func sessionDidBecomeInactive(_ session: WCSession) {}
    func sessionDidDeactivate(_ session: WCSession) {}
}

@MainActor private let ownConnection = OwnConnection()

private func event(_ name: String, _ details: JSONValue? = nil) -> JSONValue {
    let plain: JSONValue = ["label": label, "event": .string(name)]
    return details.map { plain.with("details", $0) } ?? plain
}

/// What the completion handler of a native dispatch was told: the value, or the code of an error.
@MainActor
private func dispatch(_ event: String, _ arguments: [AnyHashable: Any]?) async -> [JSONValue] {
    let answers = Box<JSONValue>()
    BackgroundRunnerPlugin.dispatchEvent(event: event, eventArgs: arguments) { result in
        dispatchPrecondition(condition: .onQueue(.main))
        switch result {
        case .success(let value): answers.add(JSONValue(value) ?? .null)
        case .failure(let error): answers.add(.string((error as? RunnerError)?.code.rawValue ?? "\(error)"))
        }
    }
    // It returns at once, whatever the handler does.
    expect(answers.all, [])
    await answers.wait()
    await settle()
    return answers.all
}

@MainActor let deviceScenarios: [String: Scenario] = [
    "a_launch_for_a_position_dispatches_it": Scenario(
        options: Scenario.one(["significantLocationChanges": true]),
        script: """
            addEventListener('currentLocation', (resolve, reject, args) => {
              CapacitorKV.set('seen', JSON.stringify(args.locations));
              resolve();
            });
            """,
        launch: ["location"],
        beforeLaunch: { CLLocationManager.status = .authorizedAlways },
        run: {
            await Phone.wait(for: "monitors the position")
            // The app's delegate tells it again: once is enough.
            BackgroundRunnerPlugin.handleApplicationDidFinishLaunching(launchOptions: [.location: true])
            await settle()
            expect(Phone.asked("monitors"), ["monitors the position"])
            guard let manager = CLLocationManager.monitoring else { return expect("a manager", "none") }
            manager.delegate?.locationManager(
                manager, didUpdateLocations: [fix(1, at: 1000), fix(2, at: 2000.25, known: false)])
            await Phone.wait(for: "ends currentLocation")
            expect(Phone.asked("begins"), ["begins currentLocation"])
            expect(Phone.asked("asked"), [])
            let seen = await WebView().call("kvGet", ["label": label, "key": "seen"]).value?["value"]
            guard case .string(let text)? = seen else { return expect("a text", "\(String(describing: seen))") }
            let positions: JSONValue = [
                [
                    "latitude": 1, "longitude": 13.5, "accuracy": 5, "altitude": 34.5, "altitudeAccuracy": 3,
                    "speed": 1.5, "heading": 90, "timestamp": 1_000_000,
                ],
                [
                    "latitude": 2, "longitude": 13.5, "accuracy": 5, "altitude": nil, "speed": nil, "heading": nil,
                    "timestamp": 2_000_250,
                ],
            ]
            expect(try Wire.decode(JSONValue.self, from: Data(text.utf8)), positions)
        }),

    "with_scenes_a_launch_for_a_position_dispatches_it": Scenario(
        options: Scenario.one(["significantLocationChanges": true]),
        scenes: true,
        beforeLaunch: { CLLocationManager.status = .authorizedAlways },
        run: { expect(Phone.asked("monitors"), ["monitors the position"]) }),

    "changes_are_told_only_where_the_user_allows_it_always": Scenario(
        options: Scenario.one(["significantLocationChanges": true]),
        beforeLaunch: { CLLocationManager.status = .authorizedWhenInUse },
        run: {
            expect(Phone.asked("monitors"), [])
            let refused = Box<String>()
            do { try BackgroundRunnerPlugin.startLocationUpdates() } catch { refused.add(error.localizedDescription) }
            expect(refused.all, ["the user has not allowed to read the position at any time"])
            CLLocationManager.status = .authorizedAlways
            CLLocationManager.hasSignificantChanges = false
            do { try BackgroundRunnerPlugin.startLocationUpdates() } catch { refused.add(error.localizedDescription) }
            expect(refused.all.count, 2)
            CLLocationManager.hasSignificantChanges = true
            try BackgroundRunnerPlugin.startLocationUpdates()
            try BackgroundRunnerPlugin.startLocationUpdates()
            expect(Phone.asked("monitors"), ["monitors the position"])
            BackgroundRunnerPlugin.stopLocationUpdates()
            expect(Phone.asked("stops"), ["stops to monitor the position"])
            // With the next launch it stays off, although the configuration has it on.
            App.launched()
            expect(Phone.asked("monitors").count, 1)
        }),

    "a_launch_for_somebody_elses_position_switches_nothing_on": Scenario(
        launch: ["location"],
        beforeLaunch: { CLLocationManager.status = .authorizedAlways },
        run: {
            await settle()
            BackgroundRunnerPlugin.handleApplicationDidFinishLaunching(launchOptions: [.location: true])
            await settle()
            expect(Phone.asked("monitors"), [])
        }),

    "another_launch_leaves_the_position_alone": Scenario(
        launch: ["remoteNotification"],
        run: {
            await settle()
            expect(Phone.asked("monitors"), [])
            expect(CLLocationManager.monitoring == nil, true)
        }),

    "the_freshest_fix_is_what_a_runner_reads": Scenario(
        script: "addEventListener('where', (resolve) => resolve(CapacitorGeolocation.getCurrentPosition()));",
        run: {
            CLLocationManager.status = .authorizedWhenInUse
            let view = WebView()
            expect(await view.call("dispatchEvent", event("where")).value, ["value": nil])
            for seconds: TimeInterval in [1000, 3000] {
                CLLocationManager.lastSeen = fix(7, at: seconds)
                let value = await view.call("dispatchEvent", event("where")).value?["value"]
                expect(value?["timestamp"], .number(seconds * 1000))
                expect(value?["latitude"], 7)
            }
            expect(Phone.asked("asked"), [])
        }),

    "a_remote_notification_is_answered_once": Scenario(
        script: """
            addEventListener('remoteNotification', (resolve, reject, args) => {
              resolve({ alert: args.aps.alert });
              resolve('again');
              reject('and again');
            });
            addEventListener('reject', (resolve, reject) => { reject('no'); reject('no'); resolve(1); });
            addEventListener('throw', () => { throw new Error('no'); });
            addEventListener('forget', () => {});
            """,
        run: {
            let push: [AnyHashable: Any] = ["aps": ["alert": "hello"]]
            expect(await dispatch("remoteNotification", push), [["alert": "hello"]])
            expect(await dispatch("reject", nil), ["REJECTED"])
            expect(await dispatch("throw", [:]), ["EXCEPTION"])
            expect(await dispatch("forget", [:]), ["NEVER_SETTLED"])
            expect(await dispatch("nobody", [:]), ["EVENT_NOT_FOUND"])
            expect(await dispatch("nobody", ["data": Data([1])]), ["INVALID_ARGUMENT"])
            expect(Phone.asked("begins").count, 5)
            expect(Phone.asked("ends").count, 5)
            // What the app's delegate tells iOS, with the snippet of the package.
            let told = Box<UInt>()
            AppDelegate().application(UIApplication.shared, didReceiveRemoteNotification: push) { told.add($0.rawValue) }
            await told.wait()
            await settle()
            expect(told.all, [UIBackgroundFetchResult.newData.rawValue])
            let runs = await WebView().call("getRunHistory").value?["runs"]?.list ?? []
            expect(runs[0]["trigger"], "push")
            // What is for whoever has a handler leaves no trace where there is none.
            expect(runs.map { $0["event"] }, ["remoteNotification", "forget", "throw", "reject", "remoteNotification"])
        }),

    "a_push_that_no_runner_handles_brings_no_data": Scenario(run: {
        let told = Box<UInt>()
        AppDelegate().application(UIApplication.shared, didReceiveRemoteNotification: [:]) { told.add($0.rawValue) }
        await told.wait()
        expect(told.all, [UIBackgroundFetchResult.noData.rawValue])
    }),

    "our_deadline_comes_before_that_of_the_system": Scenario(
        script: """
            addEventListener('save', (resolve, reject, args, { signal }) => {
              CapacitorNotifications.setBadge({ count: 1 });
              signal.addEventListener('abort', () => CapacitorNotifications.setBadge({ count: 2 }));
              setInterval(() => {}, 10);
            });
            """,
        run: {
            let answers = Box<String>()
            BackgroundRunnerPlugin.dispatchEvent(event: "save", eventArgs: nil) { result in
                if case .failure(let error) = result { answers.add((error as? RunnerError)?.code.rawValue ?? "") }
            }
            await Phone.wait(for: "badge 1")
            UIApplication.shared.leave(remaining: 5.2)
            await Phone.wait(for: "badge 2")
            await answers.wait()
            expect(answers.all, ["CANCELLED"])
            await Phone.wait(for: "ends save")
            // What comes too late finds nothing to end.
            UIApplication.shared.expire()
            expect(Phone.asked("ends"), ["ends save"])
        }),

    "a_run_without_time_of_the_system_goes_on": Scenario(
        script: "addEventListener('quick', (resolve) => resolve(1));",
        run: {
            UIApplication.shared.givesNoTime = true
            UIApplication.shared.leave()
            expect(await dispatch("quick", nil), [1])
            expect(Phone.asked("ends"), [])
        }),

    "a_timeout_beyond_all_measure_is_no_trap": Scenario(
        options: Scenario.one(["timeout": 1e20]),
        script: "addEventListener('quick', (resolve) => resolve(1));",
        run: {
            let view = WebView()
            for timeout: JSONValue in [1e20, 1e308, -1, 0, 1e-9] {
                let answer = await view.call("dispatchEvent", event("quick").with("timeout", timeout))
                expect(answer.value != nil || answer.code == "DEADLINE_EXCEEDED", true)
            }
            expect(await view.call("dispatchEvent", event("quick")).value, ["value": 1])
        }),

    "time_that_is_taken_back_ends_the_run": Scenario(
        script: "addEventListener('loop', () => { CapacitorNotifications.setBadge({ count: 1 }); for (;;) {} });",
        run: {
            let answers = Box<String>()
            BackgroundRunnerPlugin.dispatchEvent(event: "loop", eventArgs: nil) { result in
                if case .failure(let error) = result { answers.add((error as? RunnerError)?.code.rawValue ?? "") }
            }
            await Phone.wait(for: "badge 1")
            UIApplication.shared.expire()
            await answers.wait()
            await settle()
            expect(answers.all, ["CANCELLED"])
            expect(Phone.asked("ends"), ["ends loop"])
        }),

    "a_handler_that_settles_twice_is_answered_once": Scenario(
        script: """
            addEventListener('twice', (resolve, reject) => { resolve('first'); resolve('second'); reject('third'); });
            addEventListener('later', (resolve) => { resolve(1); setTimeout(() => resolve(2), 1); });
            """,
        run: {
            let view = WebView()
            expect(await view.call("dispatchEvent", event("twice")).value, ["value": "first"])
            expect(await view.call("dispatchEvent", event("later")).value, ["value": 1])
            expect(await dispatch("twice", nil), ["first"])
        }),

    "a_runner_that_hangs_blocks_nothing": Scenario(
        script: """
            addEventListener('loop', () => { CapacitorNotifications.setBadge({ count: 1 }); for (;;) {} });
            addEventListener('quick', (resolve) => resolve('here'));
            """,
        run: {
            let view = WebView()
            let ended = Box<Answer>()
            view.start("dispatchEvent", event("loop").with("timeout", 60)) { ended.add($0) }
            await Phone.wait(for: "badge 1")
            expect(await view.call("kvSet", ["label": label, "key": "k", "value": "v"]).code, nil)
            expect(await view.call("dispatchEvent", event("quick")).value, ["value": "here"])
            expect(ended.all, [])
        }),

    "stores_are_shared_by_app_and_runner": Scenario(
        script: """
            addEventListener('swap', (resolve) => {
              const found = CapacitorKV.get('theirs');
              CapacitorKV.set('mine', '');
              CapacitorKV.remove('theirs');
              resolve(found);
            });
            """,
        run: {
            let view = WebView()
            _ = await view.call("kvSet", ["label": label, "key": "theirs", "value": "a\u{0}b"])
            let found = await view.call("dispatchEvent", event("swap")).value
            expect(found, ["value": ["value": "a\u{0}b"]])
            expect(await view.call("kvGet", ["label": label, "key": "mine"]).value, ["value": ""])
            expect(await view.call("kvGet", ["label": label, "key": "theirs"]).value, ["value": nil])
            expect(await view.call("kvGet", ["label": "nobody", "key": "k"]).code, "RUNNER_NOT_FOUND")
        }),

    "status_is_that_of_the_device": Scenario(
        script: """
            addEventListener('status', (resolve) => resolve([
              CapacitorDevice.getBatteryStatus(), CapacitorDevice.getNetworkStatus(),
              CapacitorApp.getState(), CapacitorApp.getInfo(),
            ]));
            """,
        run: {
            let view = WebView()
            UIDevice.current.battery = (0.25, .full)
            NWPathMonitor.path = NWPath(.satisfied, over: .cellular, expensive: true)
            let info: JSONValue = ["name": "Example", "id": "com.example.app", "build": "7", "version": "1.2.3"]
            let first: JSONValue = [
                ["batteryLevel": 0.25, "isCharging": true], ["connected": true, "connectionType": "cellular"],
                ["isActive": true], info,
            ]
            expect(await view.call("dispatchEvent", event("status")).value, ["value": first])
            UIDevice.current.battery = (1, .unplugged)
            NWPathMonitor.path = NWPath(.unsatisfied)
            UIApplication.shared.applicationState = .background
            let second: JSONValue = [
                ["batteryLevel": 1, "isCharging": false], ["connected": false, "connectionType": "none"],
                ["isActive": false], info,
            ]
            expect(await view.call("dispatchEvent", event("status")).value, ["value": second])
            // A monitor that says nothing keeps nobody waiting.
            NWPathMonitor.isSilent = true
            let silent = await view.call("dispatchEvent", event("status")).value?["value"]
            expect(silent?[1], ["connected": false, "connectionType": "none"])
            NWPathMonitor.isSilent = false
            expect(UIDevice.current.isBatteryMonitoringEnabled, false)
            // Somebody else measures: it goes on.
            UIDevice.current.isBatteryMonitoringEnabled = true
            _ = await view.call("dispatchEvent", event("status"))
            expect(UIDevice.current.isBatteryMonitoringEnabled, true)
        }),

    "the_watch_speaks_and_is_spoken_to": Scenario(
        options: Scenario.one(["enableWatchConnectivity": true]),
        script: """
            for (const event of ['didReceiveMessage', 'didReceiveUserInfo', 'sessionDidDeactivate']) {
              addEventListener(`WatchConnectivity_${event}`, (resolve, reject, args) => {
                if (args.message?.fail) reject('no');
                CapacitorKV.set(event, JSON.stringify(args, args.userInfo && ['userInfo', 'bytes', 'x']));
                resolve();
              });
            }
            addEventListener('speak', (resolve) => {
              CapacitorWatch.sendMessage({ a: 1, none: null });
              CapacitorWatch.transferUserInfo({ b: [true] });
              CapacitorWatch.updateApplicationContext({ c: 'd' });
              CapacitorWatch.updateWatchUI({ watchUI: '<ui>' });
              CapacitorWatch.updateWatchData({ data: { e: 'f' } });
              resolve(CapacitorWatch.isReachable);
            });
            """,
        run: {
            let view = WebView()
            expect(Phone.asked("watch"), ["watch activated"])
            let session = WCSession.default
            session.delegate?.session(session, didReceiveMessage: ["hello": 1])
            // Bytes void no message: a script gets them as Base64.
            session.delegate?.session(session, didReceiveUserInfo: ["x": "y", "bytes": Data([1, 2])])
            await Phone.wait(for: "ends didReceive", times: 2)
            let stored = { (key: String) in
                await view.call("kvGet", ["label": label, "key": .string(key)]).value?["value"]
            }
            expect(await stored("didReceiveMessage"), #"{"message":{"hello":1}}"#)
            expect(await stored("didReceiveUserInfo"), #"{"userInfo":{"bytes":"AQI=","x":"y"}}"#)
            expect(await view.call("dispatchEvent", event("speak")).value, ["value": true])
            expect(
                Phone.asked("watch "),
                [
                    "watch activated", #"watch message {"a":1}"#, #"watch info {"b":[true]}"#,
                    #"watch context {"c":"d"}"#, #"watch info {"watchUI":"<ui>"}"#,
                    #"watch info {"viewData":{"e":"f"}}"#,
                ])
            // A watch that waits for an answer always gets one.
            let answers = Box<JSONValue>()
            for message in [["hello": 1], ["fail": 1]] {
                session.delegate?.session(session, didReceiveMessage: message) { answers.add(JSONValue($0) ?? .null) }
            }
            await answers.wait(for: 2)
            expect(answers.all.contains([:]), true)
            expect(answers.all.contains { $0["code"] == "REJECTED" }, true)
            // What the watch does not get is no error of the script, which went on; it stands in the log.
            session.isNear = false
            expect(await view.call("dispatchEvent", event("speak")).value, ["value": false])
            expect(Phone.asked("watch error"), ["watch error notReachable"])
            // Another watch takes over.
            session.delegate?.sessionDidDeactivate(session)
            expect(Phone.asked("watch activated").count, 2)
        }),

    "a_connection_that_the_app_has_is_kept": Scenario(
        options: Scenario.one(["enableWatchConnectivity": true]),
        beforeLaunch: { WCSession.default.delegate = ownConnection },
        run: {
            let view = WebView()
            expect(Phone.asked("watch"), [])
            expect(WCSession.default.delegate === ownConnection, true)
            _ = view
        }),

    "the_watch_of_the_app_is_left_alone": Scenario(
        script: "addEventListener('speak', (resolve) => resolve(CapacitorWatch.sendMessage({})));",
        run: {
            let view = WebView()
            let answer = await view.call("dispatchEvent", event("speak"))
            expect(answer.message, "the watch is not connected; is `enableWatchConnectivity` set?")
            expect(Phone.asked("watch"), [])
            WCSession.supported = false
            let none = await view.call("dispatchEvent", event("speak"))
            expect(none.message, "this device cannot be paired with a watch")
        }),
]

/// Every scenario by its name.
@MainActor var scenarios: [String: Scenario] {
    [notificationScenarios, deviceScenarios, hostScenarios, launchScenarios, storageScenarios]
        .reduce(taskScenarios) { $0.merging($1) { $1 } }
}
