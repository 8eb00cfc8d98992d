private import Dispatch
private import Glibc
private import Synchronization
private import WakePipe

/// Hears what is notified on some channels, on a connection and a thread of its own. A connection that is lost is made
/// anew; what was notified meanwhile nobody hears, which `listening` says.
package final class NotificationListener: Sendable {
    package enum Event: Sendable {
        /// The channels are heard from now on. What was notified before, since the last `lost`, was not.
        case listening
        /// Something was notified: on which channel, and what it carried.
        case notification(channel: String, payload: String)
        /// Nothing is heard for a while.
        case lost(PostgresError)
    }

    private let settings: ConnectionSettings
    private let channels: [StaticString]
    private let report: @Sendable (Event) -> Void
    private let wakeUp = WakePipe()
    private let stopped = Mutex(false)

    private static let firstPause: Int32 = 250
    private static let longestPause: Int32 = 5000
    /// Only how often the end is looked for where no wake-up came; a dead peer is found by TCP's own keep-alive.
    private static let longestWait: Int32 = 60_000

    /// - Parameters:
    ///   - channels: plain names of lower-case letters and underscores.
    ///   - report: called on the listener's thread; must not wait for anything.
    package init(
        settings: ConnectionSettings, channels: [StaticString], report: @escaping @Sendable (Event) -> Void
    ) {
        var settings = settings
        // It waits for hours, and that is its work.
        settings.statementTimeout = .zero
        settings.watch = nil
        self.settings = settings
        self.channels = channels
        self.report = report
    }

    /// Listens until the task is cancelled. Its thread may take as long as an attempt to connect to see that.
    package func run() async {
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
                for channel in channels { try connection.listen(to: channel) }
                report(.listening)
                pause = Self.firstPause
                while !isStopped {
                    let notifications = try connection.awaitNotifications(
                        orReadable: wakeUp.descriptor, milliseconds: Self.longestWait)
                    for (channel, payload) in notifications {
                        report(.notification(channel: channel, payload: payload))
                    }
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
