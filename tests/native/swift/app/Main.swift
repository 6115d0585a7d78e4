// An app around the plugin, on a phone of stand-ins: `Example SCENARIO` installs the app as the scenario wants it,
// starts it, and fails if it does not behave. Without an argument it lists the scenarios.
import CapacitorBackgroundRunner
import Foundation
import Phone
import UIKit

@testable import CapacitorBackgroundRunnerCore

/// What an app is, and what happens to it.
struct Scenario: Sendable {
    var options: JSONValue = Scenario.one()
    /// The handlers of `runner.js`.
    var script = ""
    /// The labels that `Info.plist` permits.
    var permitted = ["com.example.task"]
    /// What else stands in `Info.plist`.
    var info: [String: JSONValue] = Scenario.usage
    /// Files that an earlier version of the app left in its folder.
    var files: [String: String] = [:]
    /// Texts that an earlier version, or native code, keeps in the app's defaults.
    var defaults: [String: JSONValue] = [:]
    /// Whether the app has the life cycle of scenes: a launch gives no reason, and counts as one in the background.
    var scenes = false
    /// The device's time zone.
    var zone = "UTC"
    /// Why the system starts the app.
    var launch: [String] = []
    /// What the phone is like then.
    var beforeLaunch: @MainActor @Sendable () -> Void = {}
    var run: @MainActor @Sendable () async throws -> Void

    /// The reasons for which the user is asked for the position.
    static let usage: [String: JSONValue] = [
        "NSLocationWhenInUseUsageDescription": "to find you",
        "NSLocationAlwaysAndWhenInUseUsageDescription": "to follow you",
    ]

    /// The configuration of a runner that repeats every 15 minutes.
    static func one(_ more: [String: JSONValue] = [:]) -> JSONValue {
        let options: [String: JSONValue] = [
            "label": "com.example.task", "src": "runner.js", "event": "sync", "repeat": true, "interval": 15,
            "autoStart": true,
        ]
        return .object(options.merging(more) { $1 })
    }
}

@main
struct Main {
    @MainActor static func main() async throws {
        guard CommandLine.arguments.count > 1 else {
            return print(scenarios.keys.sorted().joined(separator: "\n"))
        }
        let name = CommandLine.arguments[1]
        guard let scenario = scenarios[name] else { fatalError("no scenario is called `\(name)`") }
        guard CommandLine.arguments.last == "installed" else { return try install(name, scenario) }
        for (key, value) in scenario.defaults { UserDefaults.standard.set(value.any, forKey: key) }
        scenario.beforeLaunch()
        launch(scenario.scenes ? nil : scenario.launch)
        try await scenario.run()
    }

    /// Lays the app out as it is on a phone, and starts it from there: in a process and a folder of its own.
    private static func install(_ name: String, _ scenario: Scenario) throws {
        let files = FileManager.default
        let bundle = URL(fileURLWithPath: "apps/\(name)", isDirectory: true).standardizedFileURL
        try? files.removeItem(at: bundle)
        try files.createDirectory(at: bundle.appendingPathComponent("public"), withIntermediateDirectories: true)
        let program = bundle.appendingPathComponent("Example")
        try files.linkItem(at: URL(fileURLWithPath: "built/Example"), to: program)
        let config: JSONValue = ["plugins": ["BackgroundRunner": scenario.options]]
        try Wire.encode(config).write(to: bundle.appendingPathComponent("capacitor.config.json"))
        try Data(scenario.script.utf8).write(to: bundle.appendingPathComponent("public/runner.js"))
        let data = bundle.appendingPathComponent("data/CapacitorBackgroundRunner", isDirectory: true)
        for (file, text) in scenario.files {
            try files.createDirectory(at: data, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: data.appendingPathComponent(file))
        }
        var info: [String: Any] = [
            "BGTaskSchedulerPermittedIdentifiers": scenario.permitted, "CFBundleIdentifier": "com.example.app",
            "CFBundleName": "Example", "CFBundleVersion": "7", "CFBundleShortVersionString": "1.2.3",
            "UIBackgroundModes": ["fetch", "processing"],
        ]
        for (key, value) in scenario.info { info[key] = value.any }
        let plist = try PropertyListSerialization.data(fromPropertyList: info, format: .xml, options: 0)
        try plist.write(to: bundle.appendingPathComponent("Info.plist"))
        setenv("HOME", bundle.path, 1)
        setenv("XDG_CONFIG_HOME", bundle.appendingPathComponent("config", isDirectory: true).path, 1)
        setenv("XDG_DATA_HOME", bundle.appendingPathComponent("data", isDirectory: true).path, 1)
        setenv("TZ", scenario.zone, 1)
        let words: [String] = [program.path, name, "installed"]
        var arguments = words.map { strdup($0) }
        arguments.append(nil)
        execv(words[0], &arguments)
        fatalError("the app cannot be started: \(String(cString: strerror(errno)))")
    }

    /// The end of the launch, as UIKit tells it.
    @MainActor
    private static func launch(_ reasons: [String]?) {
        if reasons == nil || reasons?.isEmpty == false { UIApplication.shared.applicationState = .background }
        let options = (reasons ?? []).map { (UIApplication.LaunchOptionsKey(rawValue: $0), true as Any) }
        NotificationCenter.default.post(
            name: UIApplication.didFinishLaunchingNotification, object: nil,
            userInfo: reasons.map { _ in
                Dictionary(uniqueKeysWithValues: options.map { ($0.0 as AnyHashable, $0.1) })
            })
        Phone.launched = true
    }
}

/// Ends the scenario unless both are the same.
func expect<Value: Equatable>(_ found: Value, _ wanted: Value, line: Int = #line, file: String = #fileID) {
    if found == wanted { return }
    let journal = Phone.asked().joined(separator: "\n    ")
    let said = "\(file):\(line): found \(found)\n  where \(wanted) was wanted; the phone was asked for\n    \(journal)\n"
    FileHandle.standardError.write(Data(said.utf8))
    exit(1)
}

/// What a scenario finds out from several threads.
final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    var all: [Value] { lock.withLock { values } }
    func add(_ value: Value) { lock.withLock { values.append(value) } }
    func wait(for count: Int = 1) async {
        while all.count < count { try? await Task.sleep(nanoseconds: 2_000_000) }
    }
}

extension JSONValue {
    /// The entry of a list.
    subscript(index: Int) -> JSONValue? {
        guard case .array(let entries) = self, entries.indices.contains(index) else { return nil }
        return entries[index]
    }

    /// An object with one more entry.
    func with(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var entries) = self else { return self }
        entries[key] = value
        return .object(entries)
    }
}

/// Lets everything happen that was begun on the main thread.
@MainActor
func settle() async {
    for _ in 1...3 { await withCheckedContinuation { done in DispatchQueue.main.async { done.resume() } } }
}
