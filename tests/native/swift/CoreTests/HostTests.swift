import Foundation
import XCTest

@testable import CapacitorBackgroundRunnerCore

final class HostTests: XCTestCase {
    func testTheDeviceAnswers() async throws {
        let body = """
            resolve([
              CapacitorDevice.getBatteryStatus(), CapacitorDevice.getNetworkStatus(), CapacitorApp.getState(),
              CapacitorApp.getInfo(), CapacitorGeolocation.getCurrentPosition(), Boolean(CapacitorWatch.isReachable),
            ])
            """
        let value = try await Fixture(handler(body)).value()
        let expected: JSONValue = [
            ["batteryLevel": 0.5, "isCharging": true],
            ["connected": true, "connectionType": "wifi"],
            ["isActive": false],
            ["name": "Demo", "id": "com.example.demo", "build": "7", "version": "1.2.3"],
            .null,
            true,
        ]
        XCTAssertEqual(value, expected)
    }

    func testWhatTheDeviceRefusesIsAnErrorOfTheScript() async throws {
        let body = """
            try { CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b' }]) }
            catch (error) { resolve([error instanceof Error, error.code, error.message]) }
            """
        let value = try await Fixture(handler(body)).value()
        XCTAssertEqual(value, [true, "PERMISSION_DENIED", "the user has not allowed notifications"])
    }

    func testTheMainThreadAnswersWhileItWaits() async throws {
        struct OnMain: CapacitorApp {
            @MainActor func getState() -> AppState { AppState(isActive: Thread.isMainThread) }
            @MainActor func getInfo() -> AppInfo { AppInfo(name: "", id: "", build: "", version: "") }
        }
        let store = Fixture.store()
        let host = AppHost(
            device: TestDevice(store: store, app: OnMain()),
            source: { _ in Data(handler("setTimeout(() => resolve(CapacitorApp.getState().isActive), 5)").utf8) }
        )
        let settings = RunnerSettings(config: ["label": "test", "src": "runner.js"])
        let runner = try Runner(settings: settings, host: host)
        let value = try await MainActor.run {
            Task { try await runner.run(DispatchRequest(label: "test", event: "event")) }
        }.value
        XCTAssertEqual(value, true)
    }

    func testAHostThatNeverAnswersIsLeftAtTheDeadline() async throws {
        struct Silent: CapacitorApp {
            let told: Collected<String>
            func getState() async throws -> AppState {
                do {
                    try await Task.sleep(nanoseconds: 3_600_000_000_000)
                } catch {
                    told.add("cancelled")
                }
                return AppState(isActive: false)
            }
            func getInfo() -> AppInfo { AppInfo(name: "", id: "", build: "", version: "") }
        }
        let told = Collected<String>()
        let host = AppHost(
            device: TestDevice(store: Fixture.store(), app: Silent(told: told)),
            source: { _ in Data(handler("resolve(CapacitorApp.getState())").utf8) }
        )
        let settings = RunnerSettings(config: ["label": "test", "src": "runner.js"])
        let runner = try Runner(settings: settings, host: host)
        // Long enough for the host to be asked on a busy machine, too.
        let outcome = try await runner.outcome(of: DispatchRequest(label: "test", event: "event", timeout: 3))
        XCTAssertEqual(outcome.error?.code, .deadlineExceeded)
        let deadline = Date().addingTimeInterval(10)
        while told.all.isEmpty, Date() < deadline { await Task.yield() }
        XCTAssertEqual(told.all, ["cancelled"])
    }

    func testStoresAreDurableAndApart() async throws {
        let config: JSONValue = [
            "runners": [["label": "test", "src": "runner.js"], ["label": "other", "src": "runner.js"]]
        ]
        UserDefaults.standard.removeObject(forKey: "k")
        let script = """
            addEventListener('set', (resolve, reject, args) => { CapacitorKV.set('k', args.v); resolve() });
            addEventListener('get', (resolve) => resolve(CapacitorKV.get('k')));
            addEventListener('remove', (resolve) => { CapacitorKV.remove('k'); resolve() });
            """
        let fixture = Fixture(script, config: config)
        _ = try await fixture.value("set", details: ["v": ""])
        var value = try await fixture.value("get")
        XCTAssertEqual(value, ["value": ""])
        let other = await fixture.engine.run(DispatchRequest(label: "other", event: "get"))
        XCTAssertEqual(try other.result.get(), .null)
        let later = Fixture(script, config: config, folder: fixture.folder)
        value = try await later.value("get")
        XCTAssertEqual(value, ["value": ""])
        XCTAssertTrue(try later.engine.store.keys(label: "test").contains("k"))
        _ = try await later.value("remove")
        value = try await later.value("get")
        XCTAssertEqual(value, .null)
    }

    func testEveryArgumentIsLogged() async throws {
        let fixture = Fixture(handler("console.warn('a', 1, { b: 2 }); resolve()"))
        _ = try await fixture.value()
        let records = fixture.events.all.compactMap { event -> LogRecord? in
            guard case .backgroundRunnerLog(let record) = event else { return nil }
            return record
        }
        XCTAssertEqual(records.map(\.text), ["a 1 { b: 2 }"])
        XCTAssertEqual(records.map(\.level), [.warn])
        XCTAssertEqual(records.map(\.label), ["test"])
    }

    func testEveryRunIsRemembered() async throws {
        let fixture = Fixture(handler("console.log('hi'); reject('no')"))
        let outcome = await fixture.run()
        let record = try XCTUnwrap(fixture.engine.getRunHistory(nil).runs.first)
        XCTAssertEqual(UInt64(record.dispatchId), outcome.dispatchId)
        XCTAssertEqual(record.event, "event")
        XCTAssertEqual(record.outcome, .failed)
        XCTAssertEqual(record.errorCode, .rejected)
        XCTAssertEqual(record.logs.map(\.text), ["hi"])
        let told = fixture.events.all.contains { event in
            guard case .backgroundRunnerRunFinished(let finished) = event else { return false }
            return finished == record
        }
        XCTAssertTrue(told)
        let none = try fixture.engine.getRunHistory(RunHistoryOptions(outcome: .resolved))
        XCTAssertEqual(none.runs, [])
        try fixture.engine.clearRunHistory()
        XCTAssertEqual(try fixture.engine.getRunHistory(nil).runs, [])
    }

    func testSourcesStayInTheirFolder() throws {
        let folder = Fixture.folder()
        let inside = folder.appendingPathComponent("public/runners")
        try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: inside.appendingPathComponent("a.js"))
        try Data("y".utf8).write(to: folder.appendingPathComponent("secret.js"))
        let bundled = Bundled(folder: folder.appendingPathComponent("public"))
        XCTAssertEqual(try bundled.source("runners/a.js"), Data("x".utf8))
        XCTAssertThrowsError(try bundled.source("../secret.js"))
        XCTAssertThrowsError(try bundled.source("runners/none.js"))
    }

    func testABroadcastReachesThoseWhoListen() async throws {
        let config: JSONValue = ["runners": [["label": "a", "src": "none.js"], ["label": "test", "src": "runner.js"]]]
        let script = "addEventListener('push', (resolve, reject, args) => resolve(args.n + 1));"
        let fixture = Fixture(script, config: ["label": "test", "src": "runner.js"])
        let value = try await fixture.engine.broadcast("push", details: ["n": 1], trigger: .push).result.get()
        XCTAssertEqual(value, 2)
        let unheard = await fixture.engine.broadcast("nothing", details: nil, trigger: .push)
        XCTAssertEqual(unheard.error?.code, .eventNotFound)
        let broken = await Fixture(script, config: config).engine.broadcast("push", details: ["n": 1], trigger: .push)
        XCTAssertEqual(broken.error?.code, .sourceNotFound)
    }
}
