import Foundation
import Glibc
package import JSON
package import Synchronization

/// A small HTTP server on a loopback port that answers as it is told, piece by piece.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: JSON
    }

    package enum Step: Sendable {
        case bytes([UInt8])
        case pause(Duration)
        /// Says nothing more until the client leaves.
        case hang
    }

    package struct Script: Sendable {
        package var status = 200
        package var headers: [String: String] = ["content-type": "text/event-stream"]
        package var steps: [Step] = []

        package init(
            status: Int = 200, headers: [String: String] = ["content-type": "text/event-stream"], steps: [Step] = []
        ) {
            self.status = status
            self.headers = headers
            self.steps = steps
        }

        package static func stream(_ body: String) -> Script { Script(steps: [.bytes(Array(body.utf8))]) }

        /// In pieces of a few bytes, which cut lines and characters.
        package static func pieces(_ body: String, of size: Int) -> Script {
            let bytes = Array(body.utf8)
            return Script(
                steps: stride(from: 0, to: bytes.count, by: size).map {
                    .bytes(Array(bytes[$0..<min($0 + size, bytes.count)]))
                })
        }

        package static func failure(_ status: Int, _ body: JSON, headers: [String: String] = [:]) -> Script {
            Script(
                status: status, headers: headers.merging(["content-type": "application/json"]) { $1 },
                steps: [.bytes(body.bytes)])
        }
    }

    package let port: UInt16
    package let requests = Mutex<[Request]>([])
    /// How many clients left while the server was hanging.
    package let departures = Mutex(0)
    private let listener: Int32
    private let scripts: Mutex<[Script]>

    package var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameter scripts: one for each request in turn; the last is repeated.
    package init(_ scripts: [Script]) {
        self.scripts = Mutex(scripts)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(listener >= 0, "no socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        precondition(bound, "no loopback port")
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { break }
                Thread.detachNewThread { self.serve(connection) }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = Self.read(connection) else { return }
        requests.withLock { $0.append(request) }
        let script = scripts.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        let head =
            "HTTP/1.1 \(script.status) Scripted\r\nconnection: close\r\n"
            + script.headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        guard Self.send(Array(head.utf8), to: connection) else { return }
        for step in script.steps {
            switch step {
            case .bytes(let bytes): guard Self.send(bytes, to: connection) else { return }
            case .pause(let duration): usleep(UInt32(duration / .microseconds(1)))
            case .hang:
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) > 0 {}
                departures.withLock { $0 += 1 }
                return
            }
        }
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func read(_ connection: Int32) -> Request? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
            guard let split = received.firstRange(of: end) else { continue }
            let lines = String(decoding: received[..<split.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                    .trimmingCharacters(in: .whitespaces)
            }
            let body = Array(received[split.upperBound...])
            guard body.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { continue }
            let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
            return Request(path: path, headers: headers, body: (try? JSON(parsing: body)) ?? .null)
        }
    }
}
