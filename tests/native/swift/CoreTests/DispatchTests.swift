import Foundation
import XCTest

@testable import CapacitorBackgroundRunnerCore

final class DispatchTests: XCTestCase {
    func testAnyJSONValueComesBack() async throws {
        let fixture = Fixture(handler("resolve(args.value)"))
        let values: [JSONValue] = [
            "text", 1, 1.5, true, false, .null, [1, ["a"]], ["k": ["n": .null]], "\u{0}🙂", .array([]), .object([:]),
        ]
        for value in values {
            let result = try await fixture.value(details: ["value": value])
            XCTAssertEqual(result, value)
        }
    }

    func testNoValueIsNoValue() async throws {
        let value = try await Fixture(handler("resolve()")).value()
        XCTAssertNil(value)
    }

    func testARunWithoutDetailsGetsAnEmptyObject() async throws {
        let value = try await Fixture(handler("resolve(args)")).value()
        XCTAssertEqual(value, [:])
    }

    func testAnUnknownEventFailsAtOnce() async {
        let error = await Fixture(handler("resolve()")).run("evnet").error
        XCTAssertEqual(error?.code, .eventNotFound)
        XCTAssertTrue(error?.message.contains("`event`") ?? false, error?.message ?? "")
    }

    func testAForgottenResolveFailsAtOnce() async {
        let error = await Fixture(handler("args.x = 1")).run().error
        XCTAssertEqual(error?.code, .neverSettled)
    }

    func testTheFirstSettlementWins() async throws {
        let value = try await Fixture(handler("resolve(1); resolve(2); reject('three')")).value()
        XCTAssertEqual(value, 1)
    }

    func testWhateverIsThrownFailsTheRun() async {
        for thrown in ["new Error('boom')", "{ code: 1 }", "'boom'", "null"] {
            let error = await Fixture(handler("throw \(thrown)")).run().error
            XCTAssertEqual(error?.code, .exception, thrown)
        }
    }

    func testAMessageStaysAsItIs() async {
        let error = await Fixture(handler("reject(new TypeError('left: right'))")).run().error
        XCTAssertEqual(error?.code, .rejected)
        XCTAssertEqual(error?.name, "TypeError")
        XCTAssertEqual(error?.message, "left: right")
        XCTAssertTrue(error?.stack?.contains("runner.js") ?? false, error?.stack ?? "")
    }

    func testAScriptsOwnCodeTravelsBeside() async {
        let error = await Fixture(handler("reject({ message: 'gone', code: 'E_GONE' })")).run().error
        XCTAssertEqual(error?.message, "gone")
        XCTAssertEqual(error?.scriptCode, "E_GONE")
    }

    func testAMissingFileIsNamed() async {
        let fixture = Fixture("", config: ["label": "test", "src": "other.js"])
        let error = await fixture.run().error
        XCTAssertEqual(error?.code, .sourceNotFound)
        XCTAssertTrue(error?.message.contains("other.js") ?? false, error?.message ?? "")
    }

    func testAnUnknownLabelIsNamed() async {
        let error = await Fixture("").engine.run(DispatchRequest(label: "nobody", event: "event")).error
        XCTAssertEqual(error?.code, .runnerNotFound)
    }

    func testAWrongConfigurationIsTheErrorOfEveryCall() async {
        let twice: JSONValue = ["runners": [["label": "a", "src": "a.js"], ["label": "a", "src": "b.js"]]]
        let error = await Fixture("", config: twice).run().error
        XCTAssertEqual(error?.code, .invalidArgument)
        XCTAssertTrue(error?.message.contains("`a`") ?? false, error?.message ?? "")
    }

    func testAnEndlessLoopMeetsItsDeadline() async {
        let error = await Fixture(handler("for (;;) {}")).run(timeout: 0.3).error
        XCTAssertEqual(error?.code, .deadlineExceeded)
    }

    func testCancellingTheTaskCancelsTheRun() async {
        let fixture = Fixture("console.log('up');" + handler("console.log('in'); for (;;) {}"))
        let task = Task { await fixture.run() }
        while fixture.events.all.count < 2 { await Task.yield() }
        task.cancel()
        let error = await task.value.error
        XCTAssertEqual(error?.code, .cancelled)
    }

    func testACancelledTaskRunsNothing() async {
        let fixture = Fixture(handler("for (;;) {}"))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await fixture.run()
        }
        task.cancel()
        let error = await task.value.error
        XCTAssertEqual(error?.code, .cancelled)
    }

    func testTimersCountMilliseconds() async throws {
        let body = "const start = performance.now(); setTimeout(() => resolve(performance.now() - start), 120.5)"
        let waited = try await Fixture(handler(body)).value()?.double
        XCTAssertGreaterThanOrEqual(try XCTUnwrap(waited), 120)
    }

    func testManyRunsAtATime() async {
        let fixture = Fixture(handler("setTimeout(() => resolve(args.i), 1)"))
        let values = await withTaskGroup(of: Double?.self) { group in
            for index in 0..<64 {
                let details: JSONValue = ["i": .number(Double(index))]
                group.addTask { try? await fixture.value(details: details)?.double }
            }
            return await group.reduce(into: Set<Double>()) { if let value = $1 { $0.insert(value) } }
        }
        XCTAssertEqual(values.count, 64)
    }

    func testNothingIsLeftWhenTheRunnerIsGone() async throws {
        final class Witness: Sendable {}
        weak var witness: Witness?
        do {
            let held = Witness()
            witness = held
            let host = AppHost(
                device: TestDevice(store: Fixture.store()),
                source: { _ in withExtendedLifetime(held) { Data(handler("resolve()").utf8) } }
            )
            let config: JSONValue = ["label": "test", "src": "runner.js"]
            let runner = try Runner(settings: RunnerSettings(config: config), host: host)
            for _ in 0..<200 { _ = try await runner.run(DispatchRequest(label: "test", event: "event")) }
        }
        let deadline = Date().addingTimeInterval(10)
        while witness != nil, Date() < deadline { await Task.yield() }
        XCTAssertNil(witness)
    }

    func testSettingsThatAreRefusedReleaseTheHost() {
        final class Witness: Sendable {}
        weak var witness: Witness?
        do {
            let held = Witness()
            witness = held
            let host = AppHost(
                device: TestDevice(store: Fixture.store()),
                source: { _ in withExtendedLifetime(held) { Data() } }
            )
            XCTAssertThrowsError(try Runner(settings: RunnerSettings(config: ["label": "", "src": ""]), host: host))
        }
        XCTAssertNil(witness)
    }
}
