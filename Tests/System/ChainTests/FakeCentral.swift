import Foundation
import Glibc
import Synchronization

/// A central service for one gateway that takes everything, and wishes what it is told to.
final class FakeCentral: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var body: [UInt8]
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        /// The answer to a question for wishes, as text.
        var desiredStates = #"{"version":0,"desired":[]}"#
    }

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(listener >= 0, "no socket")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        precondition(bound, "no loopback port")
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
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

    /// From now on it answers so to whoever asks for wishes.
    func setDesired(_ list: String) { state.withLock { $0.desiredStates = list } }

    /// The bodies of what was put or posted to a path that ends so, the oldest first.
    func bodies(to path: String) -> [String] {
        state.withLock { state in
            state.requests.filter { $0.method != "GET" && $0.path.hasSuffix(path) }
                .map { String(decoding: $0.body, as: UTF8.self) }
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = Self.read(connection) else { return }
        state.withLock { $0.requests.append(request) }
        let path = String(request.path.prefix { $0 != "?" })
        var head = "connection: close\r\nhearth-receipt: \(path)\r\n"
        let body: String
        switch (request.method, path) {
        case ("GET", "/uplink/v1/desired"):
            // Not more often than a service that has nothing new would.
            usleep(200_000)
            body = state.withLock(\.desiredStates)
            head += "content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
            Self.send("HTTP/1.1 200 OK\r\n" + head + "\r\n" + body, to: connection)
        case ("POST", "/uplink/v1/batches"):
            // Nobody needs the readings here: they wait.
            Self.send("HTTP/1.1 503 Busy\r\n" + head + "content-length: 0\r\n\r\n", to: connection)
        default: Self.send("HTTP/1.1 204 Done\r\n" + head + "\r\n", to: connection)
        }
    }

    private static func send(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
            guard let split = received.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let lines = String(decoding: received[..<split.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            let length = lines.dropFirst().compactMap { line -> Int? in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts.count == 2 && parts[0].lowercased() == "content-length"
                    ? Int(parts[1].trimmingCharacters(in: .whitespaces)) : nil
            }.first
            let body = Array(received[split.upperBound...])
            guard body.count >= length ?? 0 else { continue }
            let words = lines[0].split(separator: " ")
            guard words.count >= 2 else { return nil }
            return Request(method: String(words[0]), path: String(words[1]), body: body)
        }
    }
}
