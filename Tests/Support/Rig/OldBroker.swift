import Foundation
import Glibc
import Synchronization

/// A broker of the time before MQTT 5, as RabbitMQ's plugin is one: it answers a CONNECT of version 5 as
/// MQTT 3.1.1 says (“unacceptable protocol version”) and hands everything else to a real broker.
package final class OldBroker: Sendable {
    package let port: Int
    private let listener: Int32
    private let isStopped = Atomic(false)

    package init(upstream: Int) throws {
        port = LoopbackPort.free()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        try Self.call(listener, port, bind)
        listen(listener, 8)
        let thread = Thread { [self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, !isStopped.load(ordering: .relaxed) else { return }
                serve(client, upstream: upstream)
            }
        }
        thread.start()
    }

    package func stop() {
        isStopped.store(true, ordering: .relaxed)
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func call(
        _ descriptor: Int32, _ port: Int, _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { throw ManagedProcess.DidNotHappen(description: String(cString: strerror(errno))) }
    }

    private func serve(_ client: Int32, upstream: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(client, &buffer, buffer.count)
        // Fixed header (2), name length (2), “MQTT” (4), then the version.
        guard count > 8 else {
            _ = close(client)
            return
        }
        if buffer[8] == 5 {
            let refusal: [UInt8] = [0x20, 2, 0, 1]
            _ = write(client, refusal, refusal.count)
            close(client)
            return
        }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard (try? Self.call(server, upstream, connect)) != nil else {
            _ = close(client)
            return
        }
        _ = write(server, buffer, count)
        Self.pump(from: client, to: server)
        Self.pump(from: server, to: client)
    }

    private static func pump(from source: Int32, to target: Int32) {
        Thread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(source, &buffer, buffer.count)
                if count <= 0 { break }
                _ = write(target, buffer, count)
            }
            shutdown(target, Int32(SHUT_RDWR))
        }.start()
    }
}
