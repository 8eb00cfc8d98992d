import Glibc

/// Ends another thread's `poll`: a pipe to itself.
package final class WakePipe: Sendable {
    /// Readable after a signal.
    package let descriptor: Int32
    private let writingEnd: Int32

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

    package func signal() {
        // A full pipe has been signalled already.
        var byte: UInt8 = 1
        _ = write(writingEnd, &byte, 1)
    }

    /// Forgets the signals so far. Who never calls it stays awake once signalled.
    package func clear() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
