import Foundation
import Glibc
import Synchronization
import WakePipe

/// A client of one broker that keeps itself connected, on a thread of its own.
///
/// Incoming messages are delivered in groups, and acknowledged to the broker only after the handler reports that the
/// group is safe: libmosquitto queues its PUBACKs, and the thread writes none of them before that.
package final class MQTTClient: Sendable {
    /// A handler called on the client's thread with the messages that the socket held. Returns `true` to acknowledge
    /// the group; `false` if it cannot be taken now, in which case the handler is called again with the same group
    /// until it can, and nothing is acknowledged meanwhile.
    package typealias GroupHandler = @Sendable (_ group: [MQTTMessage]) -> Bool
    /// A handler called on the client's thread with each event.
    package typealias EventHandler = @Sendable (MQTTEvent) -> Void
    /// A handler called once, on the client's thread, with the outcome of a message.
    package typealias OutcomeHandler = @Sendable (MQTTPublishOutcome) -> Void

    let settings: MQTTSettings
    let onGroup: GroupHandler
    let onEvent: EventHandler
    let wakeUp = WakePipe()
    private let shared = Mutex(Shared())

    /// A message that waits for the broker.
    struct Outgoing: Sendable {
        var message: MQTTMessage
        var onOutcome: OutcomeHandler?
    }

    private struct Shared {
        var outgoing: [Outgoing] = []
        var connected = false
        var stopBy: ContinuousClock.Instant?
        var hasStarted = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// The number of messages handed to the broker that it has not acknowledged yet.
        var unacknowledged = 0
        /// The number of messages that were unacknowledged when a connection ended, so that it is unknown whether the
        /// broker has them.
        var lost = 0
    }

    /// Creates a client; `start` connects it.
    package init(
        settings: MQTTSettings, onEvent: @escaping EventHandler = { _ in },
        onGroup: @escaping GroupHandler = { _ in true }
    ) {
        self.settings = settings
        self.onGroup = onGroup
        self.onEvent = onEvent
    }

    /// Starts the client's thread. Must be called only once.
    package func start() {
        let isFirst = shared.withLock { shared in
            defer { shared.hasStarted = true }
            return !shared.hasStarted
        }
        precondition(isFirst, "an MQTT client can be started only once")
        let thread = Thread { [self] in
            MQTTConnectionLoop(client: self).run()
            shared.withLock { $0.hasEnded = true }
            resumeWaiters()
        }
        thread.name = "mqtt \(settings.clientID)"
        thread.start()
    }

    private func resumeWaiters() {
        let waiters = shared.withLock { shared in
            defer { shared.waiters = [] }
            return shared.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A Boolean value that indicates whether the client is connected and has sent its subscriptions.
    package var isConnected: Bool { shared.withLock { $0.connected } }

    /// Queues a message for the broker.
    ///
    /// - Parameter onOutcome: A handler for the outcome; not called while the message still waits for a connection.
    /// - Returns: `false` if the message was not queued, because the queue is full or the client is stopping.
    @discardableResult
    package func publish(_ message: MQTTMessage, onOutcome: OutcomeHandler? = nil) -> Bool {
        let taken = shared.withLock { shared in
            guard shared.outgoing.count < settings.largestOutgoingQueue, shared.stopBy == nil else { return false }
            shared.outgoing.append(Outgoing(message: message, onOutcome: onOutcome))
            return true
        }
        if taken { wakeUp.signal() }
        return taken
    }

    /// The number of messages that wait for the broker, or for its acknowledgement.
    package var outstanding: Int { shared.withLock { $0.outgoing.count + $0.unacknowledged } }

    /// The number of messages that were on their way when a connection ended, so that it is unknown whether the broker
    /// has them.
    package var lost: Int { shared.withLock { $0.lost } }

    /// Ends the connection gracefully: queued messages are sent and acknowledged by the broker, within `deadline`. A
    /// connection attempt in progress may take longer to give up, but this does not wait for it.
    package func stop(within deadline: Duration = .seconds(3)) async {
        let limit = Task {
            try await Task.sleep(for: deadline + .milliseconds(500))
            resumeWaiters()
        }
        defer { limit.cancel() }
        await withCheckedContinuation { continuation in
            let resumeNow = shared.withLock { shared in
                shared.stopBy = shared.stopBy ?? .now + deadline
                if shared.hasEnded || !shared.hasStarted { return true }
                shared.waiters.append(continuation)
                return false
            }
            wakeUp.signal()
            if resumeNow { continuation.resume() }
        }
    }

    // MARK: For the loop

    var stopBy: ContinuousClock.Instant? { shared.withLock { $0.stopBy } }

    func setConnected(_ connected: Bool) { shared.withLock { $0.connected = connected } }

    /// Removes and returns the oldest messages of the queue, at most `limit`.
    func takeOutgoing(atMost limit: Int) -> [Outgoing] {
        shared.withLock { shared in
            guard limit < shared.outgoing.count else {
                defer { shared.outgoing.removeAll(keepingCapacity: true) }
                return shared.outgoing
            }
            defer { shared.outgoing.removeFirst(max(0, limit)) }
            return Array(shared.outgoing.prefix(max(0, limit)))
        }
    }

    func note(unacknowledged: Int, lost: Int = 0) {
        shared.withLock { shared in
            shared.unacknowledged = unacknowledged
            shared.lost += lost
        }
    }

    var hasOutgoing: Bool { shared.withLock { !$0.outgoing.isEmpty } }
}
