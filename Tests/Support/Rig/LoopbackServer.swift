import Foundation
import Glibc

/// An HTTP server on a loopback port, for one request per connection.
package final class LoopbackServer: Sendable {
    /// A complete request.
    package struct Request: Sendable {
        package var method: String
        /// The path with its query.
        package var path: String
        /// The headers by lower-case name.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    /// The connection on which a request arrived. It is closed when the handler returns.
    package struct Connection: Sendable {
        fileprivate let descriptor: Int32

        /// Sends bytes; `false` if the client has left.
        @discardableResult
        package func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Sends the status line and the headers of an answer, the last of its connection.
        @discardableResult
        package func sendHead(status: Int, headers: [String: String]) -> Bool {
            let lines = headers.map { "\($0): \($1)\r\n" }.joined()
            return send(Array("HTTP/1.1 \(status) Scripted\r\nconnection: close\r\n\(lines)\r\n".utf8))
        }

        /// Returns when the client leaves.
        package func waitForDeparture() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    package let port: Int
    private let listener: Int32

    /// Starts the server.
    ///
    /// - Parameter handle: Answers one request, on a thread of its own.
    package init(_ handle: @escaping @Sendable (Request, Connection) -> Void) {
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
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                Thread.detachNewThread {
                    defer { close(descriptor) }
                    if let request = Self.read(descriptor) { handle(request, Connection(descriptor: descriptor)) }
                }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func read(_ descriptor: Int32) -> Request? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
            guard let split = received.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let lines = String(decoding: received[..<split.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                    .trimmingCharacters(in: .whitespaces)
            }
            let body = Array(received[split.upperBound...])
            guard body.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { continue }
            let words = lines[0].split(separator: " ").map(String.init)
            guard words.count >= 2 else { return nil }
            return Request(method: words[0], path: words[1], headers: headers, body: body)
        }
    }
}
