import Foundation
import Glibc

/// One persistent HTTP/1.1 connection over loopback, kept minimal so that the load takes little of the machine that it
/// measures. It supports responses with a Content-Length only.
final class HTTPConversation {
    /// The status of a response and the length of its body, in bytes.
    struct Answer {
        var status: Int
        var bytes: Int
    }

    /// The error thrown if the connection fails or the response can't be read.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let socket: Int32
    private var received: [UInt8] = []
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "nothing is listening on port \(port): errno \(errno)") }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close(socket)
        chunk.deallocate()
    }

    /// Returns the bytes of a request.
    static func request(
        _ method: String, _ path: String, token: String, building: String? = nil, accept: String? = nil,
        type: String? = nil, body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
        if let accept { head += "Accept: \(accept)\r\n" }
        if let building { head += "Hearth-Building: \(building)\r\n" }
        if let type { head += "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// Sends a request and returns the response.
    func perform(_ request: [UInt8]) throws -> Answer {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "sending failed: errno \(errno)") }
            sent += count
        }
        received.removeAll(keepingCapacity: true)
        while true {
            let count = recv(socket, chunk.baseAddress, chunk.count, 0)
            guard count > 0 else { throw Failure(description: "the response ended too early: errno \(errno)") }
            received += UnsafeRawBufferPointer(rebasing: chunk[..<count])
            if let answer = try complete() { return answer }
        }
    }

    /// Sends a request like `perform`, but reads while it sends: a service may refuse a request before reading all of
    /// it.
    func performListening(_ request: [UInt8]) throws -> Answer {
        var sent = 0
        received.removeAll(keepingCapacity: true)
        while true {
            let wanted = Int16(sent < request.count ? POLLIN | POLLOUT : POLLIN)
            var entry = pollfd(fd: socket, events: wanted, revents: 0)
            guard poll(&entry, 1, 30_000) > 0 else { throw Failure(description: "no response within 30 s") }
            if entry.revents & Int16(POLLIN) != 0 {
                let count = recv(socket, chunk.baseAddress, chunk.count, 0)
                guard count > 0 else { throw Failure(description: "the response ended too early: errno \(errno)") }
                received += UnsafeRawBufferPointer(rebasing: chunk[..<count])
                if let answer = try complete() { return answer }
            } else if entry.revents & Int16(POLLOUT) != 0 {
                let count = request.withUnsafeBytes {
                    send(socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                if count > 0 { sent += count }
            } else {
                throw Failure(description: "the connection was closed")
            }
        }
    }

    /// Returns the response if it has been received completely, else `nil`.
    private func complete() throws -> Answer? {
        guard let body = received.withUnsafeBytes({ Self.end(of: "\r\n\r\n", in: $0) }) else { return nil }
        guard let status = received.withUnsafeBytes({ Self.number(after: "HTTP/1.1 ", in: $0, before: body) }) else {
            throw Failure(description: "the response has no status")
        }
        guard let bytes = received.withUnsafeBytes({ Self.number(after: "\r\nContent-Length: ", in: $0, before: body) })
        else { throw Failure(description: "the response has no length") }
        return received.count >= body + bytes ? Answer(status: status, bytes: bytes) : nil
    }

    /// Returns the number that follows `name` in the head of a response.
    private static func number(after name: StaticString, in bytes: UnsafeRawBufferPointer, before end: Int) -> Int? {
        guard let start = self.end(of: name, in: UnsafeRawBufferPointer(rebasing: bytes[..<end])) else { return nil }
        let digits = bytes[start..<end].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Returns the end of the first occurrence of `text`, regardless of case.
    private static func end(of text: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let length = text.utf8CodeUnitCount
        guard bytes.count >= length else { return nil }
        return (0...bytes.count - length).first { start in
            strncasecmp(
                bytes.baseAddress! + start, UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self), length
            )
                == 0
        }.map { $0 + length }
    }
}

/// The latencies of requests, with their statuses.
struct Latencies {
    private var seconds: [Double] = []
    private(set) var statuses: [Int: Int] = [:]

    mutating func note(_ duration: Duration, _ status: Int) {
        seconds.append(duration / .seconds(1))
        statuses[status, default: 0] += 1
    }

    mutating func merge(_ other: Latencies) {
        seconds += other.seconds
        statuses.merge(other.statuses, uniquingKeysWith: +)
    }

    var count: Int { seconds.count }

    /// Returns the latency in milliseconds that the given share of the requests did not exceed.
    func milliseconds(_ share: Double) -> Double {
        guard !seconds.isEmpty else { return .nan }
        let sorted = seconds.sorted()
        return sorted[min(Int((Double(sorted.count) * share).rounded(.up)), sorted.count) - 1] * 1000
    }

    /// The figures as `key=value`, for scripts.
    var line: String {
        let kinds = statuses.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
        let figures = [("p50", 0.5), ("p99", 0.99), ("max", 1)].map { name, share in
            "\(name)_ms=" + String(format: "%.1f", milliseconds(share))
        }
        return (["requests=\(count)"] + figures + ["statuses=\(kinds)"]).joined(separator: " ")
    }
}

/// Runs `body` on `count` threads at once, with their indices, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
        group.enter()
        let thread = Thread {
            body(index)
            group.leave()
        }
        thread.stackSize = 256 << 10
        thread.start()
    }
    group.wait()
}
