private import Dispatch
private import Glibc
private import Synchronization

/// Hears what is notified on a channel, on a connection and a thread of its own. A connection that is lost is made
/// anew; what was notified meanwhile nobody hears, which `listening` says.
public final class NotificationListener: Sendable {
    public enum Event: Sendable {
        /// The channel is heard from now on. What was notified before, since the last `lost`, was not.
        case listening
        /// Something was notified: what it carried.
        case notification(String)
        /// Nothing is heard for a while.
        case lost(PostgresError)
    }

    private let settings: ConnectionSettings
    private let channel: StaticString
    private let report: @Sendable (Event) -> Void
    private let wakeUp = WakeUp()
    private let stopped = Mutex(false)

    private static let firstPause: Int32 = 250
    private static let longestPause: Int32 = 5000
    /// Only how often the end is looked for where no wake-up came; a dead peer is found by TCP's own keep-alive.
    private static let longestWait: Int32 = 60_000

    /// - Parameters:
    ///   - channel: a plain name of lower-case letters and underscores.
    ///   - report: called on the listener's thread; must not wait for anything.
    public init(
        settings: ConnectionSettings, channel: StaticString, report: @escaping @Sendable (Event) -> Void
    ) {
        var settings = settings
        // It waits for hours, and that is its work.
        settings.statementTimeout = .zero
        settings.watch = nil
        self.settings = settings
        self.channel = channel
        self.report = report
    }

    /// Listens until the task is cancelled. Its thread may take as long as an attempt to connect to see that.
    public func run() async {
        let (ended, end) = AsyncStream<Void>.makeStream()
        DispatchQueue(label: "hearth.postgres.listener").async {
            self.listen()
            end.finish()
        }
        // Ends with the task.
        for await _ in ended {}
        stopped.withLock { $0 = true }
        wakeUp.signal()
    }

    private var isStopped: Bool { stopped.withLock(\.self) }

    private func listen() {
        var pause = Self.firstPause
        while !isStopped {
            do {
                let connection = try Connection(settings)
                try connection.listen(to: channel)
                report(.listening)
                pause = Self.firstPause
                while !isStopped {
                    let payloads = try connection.awaitNotifications(
                        orReadable: wakeUp.descriptor, milliseconds: Self.longestWait)
                    for payload in payloads { report(.notification(payload)) }
                }
            } catch let error as PostgresError {
                report(.lost(error))
                wait(pause)
                pause = min(pause * 2, Self.longestPause)
            } catch {
                preconditionFailure("a connection throws nothing else: \(error)")
            }
        }
    }

    private func wait(_ milliseconds: Int32) {
        var socket = pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&socket, 1, milliseconds)
    }
}

/// Ends another thread's `poll`: a pipe to itself. Once signalled it stays so.
private final class WakeUp: Sendable {
    /// Readable after the signal.
    let descriptor: Int32
    private let writingEnd: Int32

    init() {
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

    func signal() {
        var byte: UInt8 = 1
        _ = write(writingEnd, &byte, 1)
    }
}
