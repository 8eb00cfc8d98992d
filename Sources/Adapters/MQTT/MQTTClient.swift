import Foundation
import Glibc
import Synchronization
import WakePipe

/// A client of one broker that keeps itself connected, on a thread of its own.
///
/// What comes in is handed over in groups, and acknowledged to the broker only after the handler says that the group
/// is safe: libmosquitto queues its PUBACKs, and the thread writes none of them before.
package final class MQTTClient: Sendable {
    /// Called on the client's thread with what the socket held. `true`: taken, acknowledge it. `false`: it can't be
    /// taken now; the handler is asked again with the same group until it can, and nothing is acknowledged meanwhile.
    package typealias GroupHandler = @Sendable (_ group: [MQTTMessage]) -> Bool
    /// Called on the client's thread.
    package typealias EventHandler = @Sendable (MQTTEvent) -> Void
    /// Called once, on the client's thread, when it is known what became of a message.
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
        /// Handed to the broker, and not acknowledged yet.
        var unacknowledged = 0
        /// Were so when the connection ended: nobody knows whether the broker has them.
        var lost = 0
    }

    package init(
        settings: MQTTSettings, onEvent: @escaping EventHandler = { _ in },
        onGroup: @escaping GroupHandler = { _ in true }
    ) {
        self.settings = settings
        self.onGroup = onGroup
        self.onEvent = onEvent
    }

    /// Starts the thread. Once.
    package func start() {
        let isFirst = shared.withLock { shared in
            defer { shared.hasStarted = true }
            return !shared.hasStarted
        }
        precondition(isFirst, "an MQTT client starts once")
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

    package var isConnected: Bool { shared.withLock { $0.connected } }

    /// Queues a message for the broker.
    ///
    /// - Parameter onOutcome: what to do once it is known what became of it; not called while the message still waits for a
    ///   connection.
    /// - Returns: `false` where the queue is full and the message was not taken.
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

    /// How many messages wait for the broker, or for its acknowledgement.
    package var outstanding: Int { shared.withLock { $0.outgoing.count + $0.unacknowledged } }

    /// How many messages were on their way when a connection ended: nobody knows whether the broker has them.
    package var lost: Int { shared.withLock { $0.lost } }

    /// Ends the connection in order: what is queued goes out and is acknowledged by the broker, within `deadline`. A
    /// connection that is just being made may take longer to give up; nobody waits for it.
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

    /// Takes the oldest of the queue, at most `limit`.
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
