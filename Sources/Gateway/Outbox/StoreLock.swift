import Foundation
import Glibc

/// Keeps a store for one process: two that number and deliver the same readings would double and lose them.
///
/// The system takes the lock away with the process, however that ends.
package final class StoreLock: Sendable {
    private let descriptor: Int32

    /// Another process has the store.
    package struct InUse: Error, Sendable, CustomStringConvertible {
        package var path: String
        package var process: Int32

        package var description: String {
            "The buffer \(path) is in use by process \(process). Two gateways can't share one: end that one first, or give "
                + "this one a buffer.path, a mqtt.clientID and a building.slug of its own."
        }
    }

    /// - Parameter path: the store's file.
    /// - Returns: `nil` where the disk takes no lock now: heating does not wait for it.
    /// - Throws: `InUse`.
    package init?(path: String) throws(InUse) {
        let file = URL(fileURLWithPath: path)
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return nil }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        // Who had it may let it go between the two questions: then it is free at the next.
        while fcntl(descriptor, F_SETLK, &lock) != 0 {
            guard errno == EACCES || errno == EAGAIN else { return nil }
            var holder = lock
            guard fcntl(descriptor, F_GETLK, &holder) == 0 else { return nil }
            if holder.l_type != Int16(F_UNLCK) { throw InUse(path: path, process: holder.l_pid) }
        }
    }

    deinit { close(descriptor) }
}
