import Foundation
import XCTest

@testable import CapacitorBackgroundRunnerCore

final class SchedulerTests: XCTestCase {
    private let repeating: JSONValue = [
        "label": "test", "src": "runner.js", "event": "event", "repeat": true, "interval": 15, "autoStart": true,
    ]

    private func started(_ script: String, _ config: JSONValue? = nil) async -> Fixture {
        let fixture = Fixture(script, config: config ?? repeating)
        await fixture.engine.scheduler.start(background: false)
        await fixture.engine.scheduler.enterBackground()
        return fixture
    }

    func testTheConfigurationIsSubmitted() async throws {
        let fixture = await started(handler("resolve()"))
        let pending = await fixture.system.pending()
        XCTAssertEqual(pending, ["test"])
        let begin = try XCTUnwrap(fixture.system.submitted.last?.earliestBegin)
        XCTAssertEqual(begin.timeIntervalSinceNow, 15 * 60, accuracy: 30)
    }

    func testARunCompletesItsTask() async {
        let fixture = await started(handler("resolve()"))
        let task = fixture.system.start("test")
        fixture.engine.scheduler.launched(task)
        let result = await task.result()
        XCTAssertEqual(result, [true])
        XCTAssertEqual(try fixture.engine.getRunHistory(nil).runs.first?.trigger, .schedule)
        XCTAssertNotNil(try fixture.engine.getRunHistory(nil).runs.first?.scheduleId)
    }

    func testAFailedRunRepeats() async {
        let fixture = await started(handler("reject('not today')"))
        let task = fixture.system.start("test")
        fixture.engine.scheduler.launched(task)
        let result = await task.result()
        XCTAssertEqual(result, [false])
        let pending = await fixture.system.pending()
        XCTAssertEqual(pending, ["test"])
    }

    func testExpirationCancelsTheRunAndCompletesTheTask() async {
        let fixture = await started(handler("console.log('in'); for (;;) {}"))
        let task = fixture.system.start("test")
        fixture.engine.scheduler.launched(task)
        while fixture.events.all.isEmpty { await Task.yield() }
        task.expire()
        let result = await task.result()
        XCTAssertEqual(result, [false])
        XCTAssertEqual(try fixture.engine.getRunHistory(nil).runs.first?.errorCode, .cancelled)
        let pending = await fixture.system.pending()
        XCTAssertEqual(pending, ["test"])
    }

    func testAppsAddAndEndSchedules() async throws {
        let fixture = await started(handler("resolve()"), ["label": "test", "src": "runner.js"])
        var pending = await fixture.system.pending()
        XCTAssertEqual(pending, [])
        let options = RegisterScheduleOptions(label: "test", id: "nightly", event: "event", interval: 60, repeat: true)
        let schedule = try await fixture.engine.scheduler.register(options)
        XCTAssertEqual(schedule.source, .app)
        pending = await fixture.system.pending()
        XCTAssertEqual(pending, ["test"])
        let listed = try await fixture.engine.scheduler.schedules(label: "test")
        XCTAssertEqual(listed.map(\.id), ["nightly"])
        try await fixture.engine.scheduler.cancel(CancelScheduleOptions(label: "test", id: "nightly"))
        pending = await fixture.system.pending()
        XCTAssertEqual(pending, [])
    }

    func testARemovedRunnerLeavesNothing() async {
        let first = await started(handler("resolve()"))
        let second = Fixture("", config: [:], folder: first.folder)
        try? second.system.submit(
            TaskRequest(name: "test", kind: .refresh, earliestBeginMs: 0, requiresNetwork: false, requiresPower: false))
        await second.engine.scheduler.start(background: false)
        let pending = await second.system.pending()
        XCTAssertEqual(pending, [])
    }

    func testNotificationsAreNeverInThePast() {
        let now = Date()
        XCTAssertEqual(NotificationTime(at: nil, now: now), .now)
        XCTAssertEqual(NotificationTime(at: now, now: now), .now)
        XCTAssertEqual(NotificationTime(at: now.addingTimeInterval(-5), now: now), .now)
        XCTAssertEqual(NotificationTime(at: now.addingTimeInterval(5), now: now), .after(5))
    }
}
