import Glibc

/// A pipe to the process itself that ends another thread's `poll`.
package final class WakePipe: Sendable {
    /// The descriptor to poll, readable after a signal.
    package let descriptor: Int32
    private let writingEnd: Int32

    /// Creates the pipe; traps if the system refuses it.
    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "pipe: \(String(cString: strerror(errno)))")
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        writingEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writingEnd)
    }

    /// Makes `descriptor` readable. Safe on any thread.
    package func signal() {
        // A full pipe has already been signalled.
        var byte: UInt8 = 1
        _ = write(writingEnd, &byte, 1)
    }

    /// Discards the signals so far. Without it, `descriptor` stays readable once signalled.
    package func clear() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
