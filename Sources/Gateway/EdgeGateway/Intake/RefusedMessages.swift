import Building
import Logging
import MQTT
import Synchronization

/// The messages other than commands that the broker refuses: the gateway's status and the rooms' states for Home
/// Assistant. They are sent again until the broker accepts them.
final class RefusedMessages: Sendable {
    private static let retryInterval = Duration.seconds(30)
    /// The maximum number of refused topics; more than a building has.
    private static let mostKept = 20_000

    private struct Refused {
        var message: MQTTMessage
        var reason: String
    }

    private struct State {
        var refused: [String: Refused] = [:]
        var lastRetry: MonotonicInstant?
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Returns a handler that notes the outcome of a message being sent.
    func watch(_ message: MQTTMessage) -> MQTTClient.OutcomeHandler {
        { [self] outcome in note(message, outcome) }
    }

    /// Notes the outcome, and logs when the first message is refused or the last one accepted.
    private func note(_ message: MQTTMessage, _ outcome: MQTTPublishOutcome) {
        let (before, after) = state.withLock { state in
            let before = state.refused.count
            switch outcome {
            case .accepted: state.refused[message.topic] = nil
            case .refused(let reason) where before < Self.mostKept:
                state.refused[message.topic] = Refused(message: message, reason: reason)
            case .refused, .unconfirmed, .lost: break
            }
            return (before, state.refused.count)
        }
        if before == 0, after > 0, case .refused(let reason) = outcome {
            logger.error(
                "the broker refuses a message of the gateway: allow its user to publish there",
                metadata: ["topic": "\(message.topic)", "reason": "\(reason)"])
        } else if before > 0, after == 0 {
            logger.notice("the broker accepts the gateway's messages again")
        }
    }

    /// Returns the messages to send again now.
    func due(at now: MonotonicInstant) -> [MQTTMessage] {
        state.withLock { state in
            if let last = state.lastRetry, now - last < Self.retryInterval { return [] }
            state.lastRetry = now
            return state.refused.values.map(\.message)
        }
    }

    /// The problem and its remedy, for operators; `nil` while nothing is refused.
    var problem: String? {
        state.withLock { state in
            guard let (topic, first) = state.refused.min(by: { $0.key < $1.key }) else { return nil }
            let others = state.refused.count > 1 ? " and \(state.refused.count - 1) more" : ""
            return
                "The broker refuses the gateway's message on \(topic)\(others) (\(first.reason)). Allow the gateway's user to "
                + "publish there; it is then sent again by itself."
        }
    }
}
