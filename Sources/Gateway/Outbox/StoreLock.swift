import Foundation
import Glibc

/// A lock that reserves a store for one process: two that number and deliver the same readings would duplicate and lose
/// them.
///
/// The system releases the lock when the process ends, however that happens.
package final class StoreLock: Sendable {
    private let descriptor: Int32

    /// The error thrown if another process has the store.
    package struct InUse: Error, Sendable, CustomStringConvertible {
        /// The path of the store's file.
        package var path: String
        /// The id of the process that has the store.
        package var process: Int32

        /// The problem and its remedy.
        package var description: String {
            "The buffer \(path) is in use by process \(process). Two gateways can't share one: stop that one first, or give "
                + "this one a buffer.path, a mqtt.clientID and a building.slug of its own."
        }
    }

    /// Acquires the lock. Returns `nil` if the disk can't provide one: heating does not wait for it.
    ///
    /// - Parameter path: the store's file.
    ///
    /// - Throws: `InUse` if another process has the lock.
    package init?(path: String) throws(InUse) {
        let file = URL(fileURLWithPath: path)
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return nil }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        // The holder may release the lock between the two calls: the next attempt then succeeds.
        while fcntl(descriptor, F_SETLK, &lock) != 0 {
            guard errno == EACCES || errno == EAGAIN else { return nil }
            var holder = lock
            guard fcntl(descriptor, F_GETLK, &holder) == 0 else { return nil }
            if holder.l_type != Int16(F_UNLCK) { throw InUse(path: path, process: holder.l_pid) }
        }
    }

    deinit { close(descriptor) }
}
