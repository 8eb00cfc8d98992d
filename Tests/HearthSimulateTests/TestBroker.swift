import Foundation
import Glibc

/// A mosquitto of its own for one test, on a free port of the loopback interface.
struct TestBroker {
    let port: Int
    private let configuration: URL
    private var process: Process?

    init(folder: URL) throws {
        port = try Self.freePort()
        configuration = folder.appendingPathComponent("mosquitto.conf")
        try Data("listener \(port) 127.0.0.1\nallow_anonymous true\n".utf8).write(to: configuration)
        try start()
    }

    mutating func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        var environment = ProcessInfo.processInfo.environment
        environment["PATH", default: "/usr/bin"] += ":/usr/sbin:/usr/local/sbin"
        process.environment = environment
        process.arguments = ["mosquitto", "-c", configuration.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// Ends it as a power cut would. (A child of a test thread inherits blocked signals and would not hear SIGTERM.)
    mutating func stop() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    private struct NoPort: Error {}

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { socketAddress in
                bind(descriptor, socketAddress, length) == 0 && getsockname(descriptor, socketAddress, &length) == 0
            }
        }
        guard isBound else { throw NoPort() }
        return Int(in_port_t(bigEndian: address.sin_port))
    }
}
