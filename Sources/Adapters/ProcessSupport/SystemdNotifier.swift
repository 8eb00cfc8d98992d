import Foundation
import Glibc

/// A notifier that reports the service's state to systemd, on the socket in `NOTIFY_SOCKET` (sd_notify(3)). Without
/// that variable, every call does nothing.
package struct SystemdNotifier: Sendable {
    private let socketPath: String?
    /// The maximum interval between calls of `watchdog()`; `nil` if systemd's watchdog is not enabled.
    package let watchdogPeriod: Duration?

    /// Creates a notifier.
    ///
    /// - Parameter environment: The environment variables; `nil` for those of the process.
    package init(environment: [String: String]? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        // Half the time after which systemd gives up, as sd_watchdog_enabled(3) recommends.
        watchdogPeriod = environment["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0 / 2) }
    }

    /// Reports that the service has started.
    package func ready() { send("READY=1") }
    /// Reports that the service is shutting down.
    package func stopping() { send("STOPPING=1") }
    /// Reports that the service is alive.
    package func watchdog() { send("WATCHDOG=1") }
    /// Reports one line for `systemctl status`.
    package func status(_ text: String) { send("STATUS=" + text.replacingOccurrences(of: "\n", with: " ")) }

    private func send(_ message: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketPath.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // A leading @ denotes one of Linux's abstract names, which begin with NUL.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
