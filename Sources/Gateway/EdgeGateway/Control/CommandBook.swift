package import Building
package import MQTT

/// The progress of the commands to one valve, battery or car. Nothing counts as done until the broker has confirmed it.
package struct Command: Sendable {
    /// The longest time a confirmation may take.
    package static let patience = Duration.seconds(5)
    /// The interval at which a refused command is tried again.
    package static let retryInterval = Duration.seconds(5)

    /// The progress of a command.
    package enum State: String, Sendable, Hashable {
        /// The broker has accepted the present command.
        case accepted
        /// The command was sent a moment ago.
        case waiting
        /// The broker has not responded for longer than `patience`, or there is no connection to it.
        case unanswered
        /// The broker has acknowledged the command but can't say whether it accepted it (MQTT 3.1.1), and it does not
        /// come back.
        case unconfirmed
        /// The broker's access rules do not allow the command.
        case refused
    }

    private var wanted: [UInt8]
    /// The instant since which the wanted payload differs from the one confirmed last; `nil` while they are equal.
    private var openSince: MonotonicInstant?
    /// The payload that the broker confirmed last.
    package private(set) var confirmed: [UInt8]?
    /// The broker's reason for refusing the command; `nil` if it does not.
    package private(set) var refusal: String?
    private var isAcknowledged = false
    private var lastSent: MonotonicInstant?

    /// Creates a command that has not been sent yet.
    package init(_ payload: [UInt8], at now: MonotonicInstant) {
        wanted = payload
        openSince = now
    }

    /// Sets the payload that is wanted from now on, whether or not it can be sent.
    package mutating func want(_ payload: [UInt8], at now: MonotonicInstant) {
        guard payload != wanted else { return }
        wanted = payload
        isAcknowledged = false
        openSince = payload == confirmed ? nil : openSince ?? now
    }

    /// Notes that the command was sent.
    package mutating func sent(at now: MonotonicInstant) { lastSent = now }

    /// Notes the outcome of a publish.
    ///
    /// - Returns: whether users should be told at once.
    package mutating func answered(_ payload: [UInt8], _ outcome: MQTTPublishOutcome) -> Bool {
        let before = refusal
        switch outcome {
        case .accepted: confirm(payload)
        case .refused(let reason): refusal = reason
        case .unconfirmed: if payload == wanted { isAcknowledged = true }
        case .lost: break
        }
        return refusal != before
    }

    /// Notes that the broker has the payload and passes it on to subscribers.
    package mutating func confirm(_ payload: [UInt8]) {
        confirmed = payload
        refusal = nil
        if payload == wanted { openSince = nil }
    }

    /// Returns the progress of the command.
    package func state(at now: MonotonicInstant) -> State {
        if refusal != nil { return .refused }
        guard let openSince else { return .accepted }
        guard now - openSince > Self.patience else { return .waiting }
        return isAcknowledged ? .unconfirmed : .unanswered
    }

    /// Returns whether the command must be sent although it is unchanged: it was never sent, or the broker refused it a
    /// while ago.
    ///
    /// After a restart a room is decided upon only once its sensors have been heard. By then the first messages after
    /// the connection have long gone out, and the room's level is the one from before.
    package func isRetryDue(at now: MonotonicInstant) -> Bool {
        guard let lastSent else { return true }
        return refusal != nil && now - lastSent >= Self.retryInterval
    }
}

/// The commands of a building, by topic.
package struct CommandBook: Sendable {
    private var commands: [String: Command] = [:]
    private var told: [String: Command.State] = [:]

    /// Creates an empty book.
    package init() {}

    /// Sets the payload that is wanted on a topic from now on.
    package mutating func want(_ topic: String, _ payload: [UInt8], at now: MonotonicInstant) {
        commands[topic, default: Command(payload, at: now)].want(payload, at: now)
    }

    /// Notes that the command on a topic was sent.
    package mutating func sent(_ topic: String, at now: MonotonicInstant) { commands[topic]?.sent(at: now) }

    /// Notes the outcome of a publish.
    ///
    /// - Returns: whether users should be told at once.
    package mutating func answered(_ topic: String, _ payload: [UInt8], _ outcome: MQTTPublishOutcome) -> Bool {
        commands[topic]?.answered(payload, outcome) ?? false
    }

    /// Notes that a command has come back from the broker.
    package mutating func echoed(_ topic: String, _ payload: [UInt8]) { commands[topic]?.confirm(payload) }

    /// Returns whether the unchanged command on a topic must be sent again.
    package func isRetryDue(_ topic: String, at now: MonotonicInstant) -> Bool {
        commands[topic]?.isRetryDue(at: now) ?? false
    }

    /// Returns whether any command on topics with this prefix must be sent again.
    package func isRetryDue(withPrefix prefix: String, at now: MonotonicInstant) -> Bool {
        commands.contains { $0.key.hasPrefix(prefix) && $0.value.isRetryDue(at: now) }
    }

    /// Returns the report on a topic's command; `nil` if there is none.
    package func report(_ topic: String, at now: MonotonicInstant) -> CommandReport? {
        commands[topic].map { CommandReport(topic: topic, $0, at: now) }
    }

    /// Returns reports on the commands that need attention, by topic.
    package func troubles(at now: MonotonicInstant) -> [CommandReport] {
        commands.keys.sorted().compactMap { report($0, at: now) }.filter { $0.problem != nil }
    }

    /// Returns the changes since the previous call: commands that can't be confirmed, and commands that are confirmed
    /// again.
    package mutating func news(at now: MonotonicInstant) -> [CommandReport] {
        var news: [CommandReport] = []
        for topic in commands.keys.sorted() {
            guard let report = report(topic, at: now), report.state != .waiting else { continue }
            let before = told.updateValue(report.state, forKey: topic) ?? .accepted
            if before != report.state { news.append(report) }
        }
        return news
    }
}

/// A report on one command, for operators and other programs.
package struct CommandReport: Sendable, Hashable {
    /// The topic on which the command is sent.
    package var topic: String
    /// The progress of the command.
    package var state: Command.State
    /// The payload that the broker confirmed last.
    package var confirmed: [UInt8]?
    /// The problem and its remedy; `nil` while there is none.
    package var problem: String?

    init(topic: String, _ command: Command, at now: MonotonicInstant) {
        self.topic = topic
        state = command.state(at: now)
        confirmed = command.confirmed
        problem =
            switch state {
            case .accepted, .waiting: nil
            case .refused:
                "The broker refuses the command on \(topic) (\(command.refusal ?? "no reason given")): the device stays as "
                    + "it is. Allow the gateway's user to publish to /actuators/#; the command is then sent again by "
                    + "itself."
            case .unanswered:
                "The broker has not acknowledged the command on \(topic): the device may stay as it is. Is the gateway "
                    + "connected to the broker, and is the broker overloaded?"
            case .unconfirmed:
                "The broker speaks MQTT 3.1.1, which can't tell whether it accepted the command on \(topic), and the command "
                    + "does not come back. Allow the gateway's user to read and publish /actuators/#."
            }
    }

    /// The reason the valve may not follow the command; `nil` while there is none.
    var reason: ControlReason? {
        switch state {
        case .accepted, .waiting: nil
        case .refused: .commandRefused
        case .unanswered: .commandUnanswered
        case .unconfirmed: .commandUnconfirmed
        }
    }

    /// The best possible quality of anything that depends on the command.
    var quality: Quality {
        switch state {
        case .accepted, .waiting: .good
        case .unanswered, .unconfirmed: .degraded
        case .refused: .failed
        }
    }
}
