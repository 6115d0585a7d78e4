// The phone that the stand-ins of Apple's modules are parts of: what it was asked for, in order.
import CPhone
import Foundation

public enum Phone {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var journal: [String] = []

    /// Remembers that the phone was asked for something.
    public static func note(_ line: String) {
        lock.withLock { journal.append(line) }
    }

    /// What the phone was asked for, those lines only that start so.
    public static func asked(_ start: String = "") -> [String] {
        lock.withLock { journal.filter { $0.hasPrefix(start) } }
    }

    /// Waits until the phone was asked for as many things that start so; a minute without them ends the app.
    public static func wait(for start: String, times: Int = 1) async {
        for _ in 1...30_000 {
            if asked(start).count >= times { return }
            try? await Task.sleep(nanoseconds: 2_000_000)
        }
        crash("nobody asked for `\(start)` \(times) times, but for\n    \(asked().joined(separator: "\n    "))")
    }

    /// What iOS ends an app for.
    public static func crash(_ why: String) -> Never {
        FileHandle.standardError.write(Data("iOS ends the app: \(why)\n".utf8))
        exit(70)
    }

    /// A value as JSON, the same for the same value.
    public static func json(_ value: [String: Any]) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "not JSON: \(value)"
    }

    /// Whether the device is locked, or its disk full, for the files in the app's folder.
    public enum Storage: Int32, Sendable {
        case open
        /// The device was started and not unlocked yet: nothing can be read or written.
        case beforeFirstUnlock
        /// It is locked again: only what is protected until the first unlock can.
        case locked
        /// Nothing can be written.
        case full
    }

    public static var storage: Storage {
        get { Storage(rawValue: phone_storage()) ?? .open }
        set { phone_set_storage(newValue.rawValue) }
    }

    /// A file, or what is made in a folder from now on, is protected until the first unlock only.
    public static func protect(_ path: String) { phone_protect(path) }

    /// Whether the app has finished launching.
    nonisolated(unsafe) public static var launched = false
}
