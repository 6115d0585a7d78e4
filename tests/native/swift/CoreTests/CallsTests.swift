import Foundation
import XCTest

@testable import CapacitorBackgroundRunnerCore

final class CallsTests: XCTestCase {
    func testOptionsAreChecked() {
        assertRefused("`event` is missing") { try Wire.value(DispatchEventOptions.self, from: ["label": "a"]) }
        assertRefused("`label` must be a string") {
            try Wire.value(DispatchEventOptions.self, from: ["label": 1, "event": "e"])
        }
        assertRefused("`details` must be an object") {
            try Wire.value(DispatchEventOptions.self, from: ["label": "a", "event": "e", "details": "x"])
        }
        XCTAssertEqual(try Wire.value(RequestPermissionOptions.self, from: [:]).apis, [])
    }

    private func assertRefused<Value>(_ message: String, _ body: () throws -> Value) {
        XCTAssertThrowsError(try body()) { error in
            XCTAssertEqual((error as? RunnerError)?.code, .invalidArgument)
            XCTAssertEqual((error as? RunnerError)?.message, message)
        }
    }

    func testFoundationsJSONIsTakenOver() {
        let any: [String: Any] = ["n": NSNull(), "b": NSNumber(value: true), "i": NSNumber(value: 1), "l": ["x", 2.5]]
        XCTAssertEqual(JSONValue(any), ["n": .null, "b": true, "i": 1, "l": ["x", 2.5]])
        XCTAssertEqual(JSONValue([Int8(1), Int8(0), true] as [Any]), [1, 0, true])
        XCTAssertNil(JSONValue(["data": Data()]))
        XCTAssertEqual(JSONValue(lossy: ["data": Data([1, 2]), "n": Double.nan, "x": 1]), ["data": "AQI=", "n": nil, "x": 1])
        let list: JSONValue = ["a": nil, "b": [nil, 1], "c": ["d": nil]]
        XCTAssertTrue(PropertyListSerialization.propertyList(list.propertyList, isValidFor: .binary))
        XCTAssertNil(JSONValue(Double.nan))
        XCTAssertEqual(JSONValue(JSONValue(any)?.any), JSONValue(any))
    }

    func testNullIsWrittenWhereItIsPromised() throws {
        let position = GetCurrentPositionResult(
            latitude: 1, longitude: 2, accuracy: 3, altitude: nil, altitudeAccuracy: nil, speed: nil, heading: nil,
            timestamp: 4)
        let json = try Wire.json(position)
        XCTAssertEqual(json["altitude"], .null)
        XCTAssertNil(json["altitudeAccuracy"])
    }

    func testDatesHaveAZone() throws {
        struct Dated: Codable { var at: Date }
        let read = try Wire.decode(Dated.self, from: Data(#"{"at":"2026-11-23T08:00:00.250+02:00"}"#.utf8))
        XCTAssertEqual(read.at.timeIntervalSince1970, 1_795_413_600.25, accuracy: 0.001)
        XCTAssertEqual(try Wire.json(read)["at"], "2026-11-23T06:00:00.250Z")
        XCTAssertNoThrow(try Wire.decode(Dated.self, from: Data(#"{"at":"2026-11-23T08:00:00Z"}"#.utf8)))
        XCTAssertThrowsError(try Wire.decode(Dated.self, from: Data(#"{"at":"2026-11-23 08:00"}"#.utf8)))
    }

    func testAppsAddFunctions() async throws {
        let host = AppHost(device: TestDevice(store: Fixture.store()), source: { _ in Data() })
        host.register("CapacitorApp", "getInfo") { arguments in ["got": .array(arguments)] }
        let call = HostCall(label: "test", api: "CapacitorApp", method: "getInfo", arguments: Data("[1]".utf8))
        let answer = try await Wire.decode(JSONValue.self, from: host.call(call))
        XCTAssertEqual(answer, ["got": [1]])
    }

    func testTheABIIsTheOneOfTheHeader() {
        XCTAssertEqual(Runner.abiVersion, 2)
    }
}
