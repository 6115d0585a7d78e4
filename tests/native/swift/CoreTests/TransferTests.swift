import Foundation
import XCTest

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@testable import CapacitorBackgroundRunnerCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

final class TransferTests: XCTestCase {
    private func fetched(_ expression: String, _ server: TestServer) async throws -> JSONValue? {
        let script = """
            addEventListener('event', async (resolve, reject, { base }) => {
              try { resolve(await (\(expression))) }
              catch (error) { resolve([error.name, String(error.cause?.code ?? '')]) }
            });
            """
        return try await Fixture(script).value(details: ["base": .string("http://127.0.0.1:\(server.port)")])
    }

    func testABodyComesWithStatusAndHeaders() async throws {
        let server = try TestServer()
        let code = "fetch(base + '/text').then(async (r) => [r.status, r.headers.get('x-test'), await r.text()])"
        let value = try await fetched(code, server)
        XCTAssertEqual(value, [200, "yes", "hello"])
    }

    func testEveryCookieIsAHeaderOfItsOwn() async throws {
        let server = try TestServer()
        let value = try await fetched("fetch(base + '/cookies').then((r) => r.headers.getSetCookie())", server)
        XCTAssertEqual(
            value, ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Secure", "c=3,4; Max-Age=5", "d="])
    }

    func testAnyStatusResolves() async throws {
        let server = try TestServer()
        let value = try await fetched("fetch(base + '/missing').then(async (r) => [r.status, r.ok])", server)
        XCTAssertEqual(value, [404, false])
    }

    func testABodyIsSent() async throws {
        let server = try TestServer()
        let code = "fetch(base + '/echo', { method: 'POST', body: 'ping' }).then((r) => r.text())"
        let value = try await fetched(code, server)
        XCTAssertEqual(value, "POST ping")
    }

    func testRedirectsAreFollowedOrRefused() async throws {
        let server = try TestServer()
        var value = try await fetched("fetch(base + '/moved').then(async (r) => [r.redirected, await r.text()])", server)
        XCTAssertEqual(value, [true, "hello"])
        value = try await fetched("fetch(base + '/moved', { redirect: 'error' }).then((r) => r.status)", server)
        guard case .array(let refused)? = value else { return XCTFail("\(String(describing: value))") }
        XCTAssertEqual(refused.first, "TypeError")
    }

    func testARedirectKeepsToTheRulesOfTheStandard() throws {
        var request = URLRequest(url: try XCTUnwrap(URL(string: "https://a.example/x")))
        request.httpMethod = "POST"
        request.httpBody = Data("body".utf8)
        for name in ["authorization", "cookie", "proxy-authorization", "content-type", "x-own"] {
            request.setValue("1", forHTTPHeaderField: name)
        }
        func next(_ status: Int, _ target: String) throws -> [String] {
            let next = try request.redirected(by: status, to: URL(string: target))
            let names = (next.allHTTPHeaderFields ?? [:]).keys.map { $0.lowercased() }.sorted()
            return [next.httpMethod ?? "", next.httpBody == nil ? "empty" : "full"] + names
        }
        let all = ["authorization", "content-type", "cookie", "proxy-authorization", "x-own"]
        XCTAssertEqual(try next(307, "https://A.example:443/y"), ["POST", "full"] + all)
        XCTAssertEqual(try next(302, "https://a.example/y"), ["GET", "empty"] + all.filter { $0 != "content-type" })
        XCTAssertEqual(try next(308, "https://b.example/"), ["POST", "full", "content-type", "x-own"])
        XCTAssertEqual(try next(303, "http://a.example/"), ["GET", "empty", "x-own"])
        for target in ["file:///etc/passwd", "ftp://a.example/", "https://user@a.example/", "https://u:p@a.example/"] {
            XCTAssertThrowsError(try next(302, target), target)
        }
    }

    func testATransferIsHeldWhileTheScriptDoesNotRead() async throws {
        let server = try TestServer()
        let held = Collected<Bool>()
        // It reads on when the transfer is held.
        let body = """
            addEventListener('event', async (resolve, reject, { base }) => {
              let size = 0;
              for await (const piece of (await fetch(base + '/long')).body) {
                while (CapacitorKV.get('held') === null) await new Promise((done) => setTimeout(done, 5));
                size += piece.length;
              }
              resolve(size);
            });
            """
        let store = Fixture.store()
        try store.remove("held", label: "test")
        let host = AppHost(
            device: TestDevice(store: store),
            transfer: Transfer(hold: { _, isHeld in
                held.add(isHeld)
                try? store.set("held", "yes", label: "test")
            }),
            source: { _ in Data(body.utf8) }
        )
        let runner = try Runner(settings: RunnerSettings(config: ["label": "test", "src": "runner.js"]), host: host)
        let details: JSONValue = ["base": .string("http://127.0.0.1:\(server.port)")]
        let value = try await runner.run(DispatchRequest(label: "test", event: "event", details: details))
        XCTAssertEqual(value, .number(Double(TestServer.long)))
        // In turns, from the first that holds it to the last that lets it go.
        XCTAssertEqual(held.all.first, true)
        XCTAssertEqual(held.all, held.all.indices.map { $0 % 2 == 0 })
    }

    /// A host that hands over as much as it may, and counts what is on its way.
    private final class Flood: CapacitorBackgroundRunnerCore.Host, @unchecked Sendable {
        static let size = 256 << 20
        private let condition = NSCondition()
        private var held = false
        let source: String

        init(source: String) {
            self.source = source
        }

        func load(path: String) async throws -> Data { Data(source.utf8) }
        func call(_ call: HostCall) async throws -> Data { Data() }
        func log(_ record: LogRecord) {}

        func fetch(_ request: FetchRequest, reply: FetchReply) async throws {
            reply.whenHeld { [self] isHeld in
                condition.lock()
                held = isHeld
                condition.broadcast()
                condition.unlock()
            }
            try reply.head(FetchHead(status: 200, statusText: "", url: "", redirected: false, headers: []))
            let piece = Data(count: 1 << 16)
            for _ in 0..<(Flood.size / piece.count) {
                wait()
                reply.chunk(piece)
            }
        }

        private func wait() {
            condition.lock()
            while held { condition.wait() }
            condition.unlock()
        }
    }

    func testALargeBodyStaysWithinTheLimit() async throws {
        let body = """
            addEventListener('event', async (resolve) => {
              let size = 0;
              for await (const piece of (await fetch('https://a/')).body) size += piece.length;
              resolve(size);
            });
            """
        let config: JSONValue = ["label": "test", "src": "runner.js"]
        let runner = try Runner(settings: RunnerSettings(config: config), host: Flood(source: body))
        let outcome = try await runner.outcome(of: DispatchRequest(label: "test", event: "event", timeout: 120))
        XCTAssertEqual(try outcome.result.get(), .number(Double(Flood.size)))
        XCTAssertLessThan(outcome.heapPeakBytes, 16 << 20)
    }

    /// As the URL Standard writes them, and as RFC 3986 wants them: Foundation of iOS 15 refuses the others.
    func testURLsOfTheStandardAreTaken() {
        for (standard, strict) in [
            ("https://a.b/c?x=1|2^3`{}", "https://a.b/c?x=1%7C2%5E3%60%7B%7D"),
            ("https://a.b/[c]?[]#[d]#e", "https://a.b/%5Bc%5D?%5B%5D#%5Bd%5D%23e"),
            ("http://[::1]:8080/a%20b?%zz%4", "http://[::1]:8080/a%20b?%25zz%254"),
            ("https://a.b?q=é", "https://a.b?q=%C3%A9"), ("https://a.b", "https://a.b"),
        ] {
            XCTAssertEqual(URL(standard: standard)?.absoluteString, strict)
        }
    }

    func testAFailedTransferTellsTheNativeError() async throws {
        let server = try TestServer()
        server.close()
        let value = try await fetched("fetch(base + '/text')", server)
        guard case .array(let refused)? = value else { return XCTFail("\(String(describing: value))") }
        XCTAssertEqual(refused.first, "TypeError")
    }
}

/// The smallest server that speaks HTTP: one thread, one request at a time.
final class TestServer: @unchecked Sendable {
    /// The length of a long body.
    static let long = 4 << 20

    let port: UInt16
    private let listener: Int32

    init() throws {
        #if canImport(Glibc)
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        guard bound else { throw HostError(code: "SOCKET", message: "no port to listen on") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [descriptor] in
            while true {
                let connection = accept(descriptor, nil, nil)
                if connection < 0 { return }
                TestServer.serve(connection)
            }
        }
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        #if canImport(Glibc)
            _ = Glibc.close(listener)
        #else
            _ = Darwin.close(listener)
        #endif
    }

    private static func serve(_ connection: Int32) {
        let request = read(connection)
        let line = request.split(separator: "\r\n").first.map(String.init) ?? ""
        let body = request.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
        let words = line.split(separator: " ").map(String.init)
        let answer: (String, String, String)
        switch words.count > 1 ? words[1] : "" {
        case "/text": answer = ("200 OK", "x-test: yes\r\n", "hello")
        case "/cookies":
            let cookies = ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Secure", "c=3,4; Max-Age=5", "d="]
            answer = ("200 OK", cookies.map { "set-cookie: \($0)\r\n" }.joined(), "")
        case "/echo": answer = ("200 OK", "", "\(words[0]) \(body)")
        case "/long": answer = ("200 OK", "", String(repeating: "x", count: long))
        case "/moved": answer = ("302 Found", "location: /text\r\n", "")
        default: answer = ("404 Not Found", "", "nothing here")
        }
        let text =
            "HTTP/1.1 \(answer.0)\r\n\(answer.1)content-length: \(answer.2.utf8.count)\r\nconnection: close\r\n\r\n\(answer.2)"
        _ = text.withCString { start in
            var sent = 0
            while sent < text.utf8.count {
                let count = send(connection, start + sent, text.utf8.count - sent, 0)
                if count <= 0 { break }
                sent += count
            }
        }
        shutdown(connection, Int32(SHUT_RDWR))
        #if canImport(Glibc)
            _ = Glibc.close(connection)
        #else
            _ = Darwin.close(connection)
        #endif
    }

    /// A request with all of its body.
    private static func read(_ connection: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var text = ""
        while true {
            let count = recv(connection, &bytes, bytes.count, 0)
            if count <= 0 { return text }
            text += String(decoding: bytes[0..<count], as: UTF8.self)
            let parts = text.components(separatedBy: "\r\n\r\n")
            if parts.count > 1 {
                let length = parts[0].lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                let expected = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                if parts[1].utf8.count >= expected { return text }
            }
        }
    }
}
