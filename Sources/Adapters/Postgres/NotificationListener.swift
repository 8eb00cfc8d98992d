private import Dispatch
private import Glibc
private import Synchronization
private import WakePipe

/// A listener for the notifications of some channels, on a connection and a thread of its own. A lost connection is
/// made anew; notifications sent meanwhile are missed, which `listening` indicates.
package final class NotificationListener: Sendable {
    /// An event of the listener.
    package enum Event: Sendable {
        /// The channels are subscribed from now on. Notifications since the last `lost` were missed.
        case listening
        /// A notification, with its channel and payload.
        case notification(channel: String, payload: String)
        /// The connection was lost; nothing is received until the next `listening`.
        case lost(PostgresError)
    }

    private let settings: ConnectionSettings
    private let channels: [StaticString]
    private let report: @Sendable (Event) -> Void
    private let wakeUp = WakePipe()
    private let stopped = Mutex(false)

    /// The first pause before connecting again, ms; it doubles up to `longestPause`.
    private static let firstPause: Int32 = 250
    /// The longest pause before connecting again, ms.
    private static let longestPause: Int32 = 5000
    /// The interval at which the end is checked without a wake-up, ms; a dead peer is detected by TCP's keep-alive.
    private static let longestWait: Int32 = 60_000

    /// Creates a listener.
    ///
    /// - Parameters:
    ///   - settings: The database to listen to; without a statement timeout.
    ///   - channels: Plain names of lower-case letters and underscores.
    ///   - report: A handler called on the listener's thread; it must not block.
    package init(
        settings: ConnectionSettings, channels: [StaticString], report: @escaping @Sendable (Event) -> Void
    ) {
        var settings = settings
        // It waits for hours, as intended.
        settings.statementTimeout = .zero
        settings.watch = nil
        self.settings = settings
        self.channels = channels
        self.report = report
    }

    /// Listens until the task is cancelled. Its thread may take as long as an attempt to connect to notice that.
    package func run() async {
        let (ended, end) = AsyncStream<Void>.makeStream()
        DispatchQueue(label: "hearth.postgres.listener").async {
            self.listen()
            end.finish()
        }
        // This loop ends with the task.
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
                preconditionFailure("a connection throws no other error: \(error)")
            }
        }
    }

    private func wait(_ milliseconds: Int32) {
        var socket = pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&socket, 1, milliseconds)
    }
}
