import Foundation
import XCTest

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
        case "/echo": answer = ("200 OK", "", "\(words[0]) \(body)")
        case "/moved": answer = ("302 Found", "location: /text\r\n", "")
        default: answer = ("404 Not Found", "", "nothing here")
        }
        let text =
            "HTTP/1.1 \(answer.0)\r\n\(answer.1)content-length: \(answer.2.utf8.count)\r\nconnection: close\r\n\r\n\(answer.2)"
        _ = text.withCString { send(connection, $0, strlen($0), 0) }
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
