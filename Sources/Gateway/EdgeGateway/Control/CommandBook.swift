package import Building
package import MQTT

/// What became of the commands to one valve, battery or car. Nothing counts as done that the broker has not confirmed.
package struct Command: Sendable {
    /// How long a confirmation may take.
    package static let patience = Duration.seconds(5)
    /// How often a refused command is tried again.
    package static let retryInterval = Duration.seconds(5)

    package enum State: String, Sendable, Hashable {
        /// The broker has taken the command that holds now.
        case accepted
        /// It was sent a moment ago.
        case waiting
        /// The broker has said nothing for longer than `patience`, or there is no connection to it.
        case unanswered
        /// The broker has acknowledged it and can't say whether it took it (MQTT 3.1.1), nor does it come back.
        case unconfirmed
        /// The broker's rules do not allow it.
        case refused
    }

    private var wanted: [UInt8]
    /// Since when what is wanted is not what was confirmed last.
    private var openSince: MonotonicInstant?
    package private(set) var confirmed: [UInt8]?
    package private(set) var refusal: String?
    private var isAcknowledged = false
    private var lastSent: MonotonicInstant?

    package init(_ payload: [UInt8], at now: MonotonicInstant) {
        wanted = payload
        openSince = now
    }

    /// The command that holds from now on, whether it can be sent or not.
    package mutating func want(_ payload: [UInt8], at now: MonotonicInstant) {
        guard payload != wanted else { return }
        wanted = payload
        isAcknowledged = false
        openSince = payload == confirmed ? nil : openSince ?? now
    }

    package mutating func sent(at now: MonotonicInstant) { lastSent = now }

    /// - Returns: whether people are to be told at once.
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

    /// The broker has it, and sends it to those who read.
    package mutating func confirm(_ payload: [UInt8]) {
        confirmed = payload
        refusal = nil
        if payload == wanted { openSince = nil }
    }

    package func state(at now: MonotonicInstant) -> State {
        if refusal != nil { return .refused }
        guard let openSince else { return .accepted }
        guard now - openSince > Self.patience else { return .waiting }
        return isAcknowledged ? .unconfirmed : .unanswered
    }

    /// Whether it is to be sent although nothing about it is new: it never was, or the broker refused it a while ago.
    ///
    /// After a restart a room is decided upon only once its sensors were heard, when the first thing after the connection
    /// has long gone out, and its level is then the one from before.
    package func isRetryDue(at now: MonotonicInstant) -> Bool {
        guard let lastSent else { return true }
        return refusal != nil && now - lastSent >= Self.retryInterval
    }
}

/// The commands of a building, by topic.
package struct CommandBook: Sendable {
    private var commands: [String: Command] = [:]
    private var told: [String: Command.State] = [:]

    package init() {}

    package mutating func want(_ topic: String, _ payload: [UInt8], at now: MonotonicInstant) {
        commands[topic, default: Command(payload, at: now)].want(payload, at: now)
    }

    package mutating func sent(_ topic: String, at now: MonotonicInstant) { commands[topic]?.sent(at: now) }

    package mutating func answered(_ topic: String, _ payload: [UInt8], _ outcome: MQTTPublishOutcome) -> Bool {
        commands[topic]?.answered(payload, outcome) ?? false
    }

    /// A command has come back from the broker.
    package mutating func echoed(_ topic: String, _ payload: [UInt8]) { commands[topic]?.confirm(payload) }

    package func isRetryDue(_ topic: String, at now: MonotonicInstant) -> Bool {
        commands[topic]?.isRetryDue(at: now) ?? false
    }

    package func isRetryDue(withPrefix prefix: String, at now: MonotonicInstant) -> Bool {
        commands.contains { $0.key.hasPrefix(prefix) && $0.value.isRetryDue(at: now) }
    }

    package func report(_ topic: String, at now: MonotonicInstant) -> CommandReport? {
        commands[topic].map { CommandReport(topic: topic, $0, at: now) }
    }

    /// Those about which people have to do something, by topic.
    package func troubles(at now: MonotonicInstant) -> [CommandReport] {
        commands.keys.sorted().compactMap { report($0, at: now) }.filter { $0.problem != nil }
    }

    /// What is to be told since the last time this was asked: commands that can't be confirmed, and those that are again.
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

/// How a command is, for people and for other programs.
package struct CommandReport: Sendable, Hashable {
    package var topic: String
    package var state: Command.State
    /// The payload that the broker took last.
    package var confirmed: [UInt8]?
    /// What is wrong, and what to do; `nil` while nothing is.
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
                    + "it is. Let the gateway's user write to /actuators/# on the broker; the command is then sent again by "
                    + "itself."
            case .unanswered:
                "The broker has not acknowledged the command on \(topic): the device may stay as it is. Is the gateway "
                    + "connected to the broker, and is the broker overloaded?"
            case .unconfirmed:
                "The broker speaks MQTT 3.1.1, which can't say whether it took the command on \(topic), and the command "
                    + "does not come back. Let the gateway's user read and write /actuators/# on the broker."
            }
    }

    /// How good what depends on the command can be at best.
    var quality: Quality {
        switch state {
        case .accepted, .waiting: .good
        case .unanswered, .unconfirmed: .degraded
        case .refused: .failed
        }
    }
}
