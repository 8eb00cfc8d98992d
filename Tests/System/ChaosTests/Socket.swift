import Glibc
import Rig

/// A blocking TCP socket on the loopback address.
final class Socket: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { Glibc.close(descriptor) }

    /// `nil` where nobody listens.
    static func connected(to port: Int) -> Socket? {
        let socket = Socket(descriptor: open())
        let code = withAddress(port) { Glibc.connect(socket.descriptor, $0, $1) }
        return code == 0 ? socket : nil
    }

    static func listening(on port: Int) throws -> Socket {
        let socket = Socket(descriptor: open())
        var on: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard withAddress(port, { bind(socket.descriptor, $0, $1) }) == 0, listen(socket.descriptor, 64) == 0 else {
            throw ManagedProcess.DidNotHappen(description: "port \(port): \(String(cString: strerror(errno)))")
        }
        return socket
    }

    private static func open() -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "socket: \(String(cString: strerror(errno)))")
        return descriptor
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// Waits for a connection; `nil` once this socket was shut.
    func accept() -> Socket? {
        let descriptor = Glibc.accept(self.descriptor, nil, nil)
        guard descriptor >= 0 else { return nil }
        // The programs under test must not inherit it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return Socket(descriptor: descriptor)
    }

    /// Waits for bytes; empty at the end of the connection, however it ended.
    func read() -> ArraySlice<UInt8> {
        let buffer = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, Glibc.recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return buffer[...]
    }

    /// `false` where the connection has ended.
    @discardableResult
    func write(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends the connection in both directions; whoever waits in `read` or `accept` goes on.
    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
