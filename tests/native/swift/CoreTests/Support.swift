import Foundation
import XCTest

@testable import CapacitorBackgroundRunnerCore

/// A device that answers with fixed facts, and from wherever a test wants.
struct TestDevice: Device {
    var store: KVStore
    var app: any CapacitorApp = TestApp()

    func capacitorDevice(for label: String) -> any CapacitorDevice { TestStatus() }
    func capacitorKV(for label: String) -> any CapacitorKV { LabelledStore(store: store, label: label) }
    func capacitorNotifications(for label: String) -> any CapacitorNotifications { NoNotifications() }
    func capacitorGeolocation(for label: String) -> any CapacitorGeolocation { NoPosition() }
    func capacitorWatch(for label: String) -> any CapacitorWatch { TestWatch() }
    func capacitorApp(for label: String) -> any CapacitorApp { app }
}

struct TestStatus: CapacitorDevice {
    func getBatteryStatus() -> BatteryStatus { BatteryStatus(batteryLevel: 0.5, isCharging: true) }
    func getNetworkStatus() -> NetworkStatus { NetworkStatus(connected: true, connectionType: .wifi) }
}

struct NoNotifications: CapacitorNotifications {
    func schedule(options: [NotificationScheduleOptions]) throws {
        throw HostError.denied("the user has not allowed notifications")
    }
    func getPending() -> [PendingNotification] { [] }
    func cancel(notifications: [NotificationNumber]) {}
    func setBadge(options: NotificationBadgeOptions) {}
    func clearBadge() {}
}

struct NoPosition: CapacitorGeolocation {
    func getCurrentPosition() -> GetCurrentPositionResult? { nil }
}

struct TestWatch: CapacitorWatch {
    func sendMessage(options: [String: JSONValue]) {}
    func transferUserInfo(options: [String: JSONValue]) {}
    func updateApplicationContext(options: [String: JSONValue]) {}
    var isReachable: Bool { true }
    func updateWatchUI(options: UpdateWatchUIOptions) {}
    func updateWatchData(options: UpdateWatchDataOptions) {}
}

struct TestApp: CapacitorApp {
    func getState() -> AppState { AppState(isActive: false) }
    func getInfo() -> AppInfo { AppInfo(name: "Demo", id: "com.example.demo", build: "7", version: "1.2.3") }
}

/// Remembers what is asked of the operating system.
final class TestSystem: TaskSystem, @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [String: TaskRequest] = [:]
    private var asked: [TaskRequest] = []

    var submitted: [TaskRequest] { lock.withLock { asked } }

    func submit(_ request: TaskRequest) throws {
        lock.withLock {
            asked.append(request)
            waiting[request.name] = request
        }
    }

    func cancel(_ name: String) { lock.withLock { waiting[name] = nil } }

    func pending() async -> [String] { lock.withLock { waiting.keys.sorted() } }

    func conditions() async -> TaskConditions { TaskConditions(charging: false, network: .unmetered) }

    /// The system starts what waits.
    func start(_ name: String) -> TestTask {
        lock.withLock { waiting[name] = nil }
        return TestTask(name: name)
    }
}

/// Work that the system started, and what it was told about it.
final class TestTask: BackgroundTask, @unchecked Sendable {
    let name: String
    private let lock = NSLock()
    private var expired: (@Sendable () -> Void)?
    private var told: [Bool] = []
    private let completed = XCTestExpectation(description: "the task is completed")

    init(name: String) {
        self.name = name
    }

    func onExpiration(_ handler: @escaping @Sendable () -> Void) { lock.withLock { expired = handler } }

    func complete(success: Bool) {
        lock.withLock { told.append(success) }
        completed.fulfill()
    }

    /// The system wants its time back.
    func expire() { lock.withLock { expired }?() }

    /// What the system was told, once it was told.
    func result(within seconds: TimeInterval = 10) async -> [Bool] {
        _ = await XCTWaiter().fulfillment(of: [completed], timeout: seconds)
        return lock.withLock { told }
    }
}

/// Collects from any thread.
final class Collected<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    var all: [Value] { lock.withLock { values } }
    func add(_ value: Value) { lock.withLock { values.append(value) } }
}

/// A web view that listens to everything.
final class Events: EventReceiver {
    private let delivered = Collected<BackgroundRunnerEvent>()

    var all: [BackgroundRunnerEvent] { delivered.all }
    func wants(_ event: String) -> Bool { true }
    func deliver(_ event: BackgroundRunnerEvent) { delivered.add(event) }
}

/// An engine whose only runner, `test`, is the given script.
struct Fixture {
    let engine: Engine
    let folder: URL
    let system = TestSystem()
    let events = Events()

    init(_ script: String, config: JSONValue = ["label": "test", "src": "runner.js"], folder: URL? = nil) {
        let folder = folder ?? Fixture.folder()
        let events = events
        self.folder = folder
        engine = Engine(
            configuration: Configuration(config),
            folder: ProtectedFolder(folder),
            system: system,
            device: { TestDevice(store: $0) },
            source: { path in
                guard path == "runner.js" else { throw HostError(code: "NOT_FOUND", message: "`\(path)` is not there") }
                return Data(script.utf8)
            },
            events: events
        )
    }

    static func store() -> KVStore {
        KVStore(folder: ProtectedFolder(folder()), first: "test", warn: { _ in })
    }

    static func folder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    }

    func run(_ event: String = "event", details: JSONValue? = nil, timeout: TimeInterval? = nil) async -> Outcome {
        await engine.run(DispatchRequest(label: "test", event: event, details: details, timeout: timeout))
    }

    /// What the handler of `event` resolves with.
    func value(_ event: String = "event", details: JSONValue? = nil) async throws -> JSONValue? {
        try await run(event, details: details).result.get()
    }
}

/// A script whose handler of `event` has the given body.
func handler(_ body: String) -> String {
    "addEventListener('event', (resolve, reject, args, context) => { \(body) });"
}
