import Building
import Logging
import MQTT
import Synchronization

/// A sender of commands to valves, batteries and cars that tracks the outcome of each.
final class CommandDesk: Sendable {
    /// The common prefix of all command topics.
    static let prefix = "/actuators/"
    private static let storagePrefix = "\(prefix)\(Slug.building)/"

    /// The subscriptions to our own commands. A broker that can't say what it accepted shows it: accepted commands come
    /// back.
    static let echoes = ["\(prefix)+", "\(storagePrefix)+"].map { filter in
        MQTTSettings.Subscription(filter: filter, qualityOfService: .atMostOnce, wantsRetained: true, version: .v311)
    }

    private let book = Mutex(CommandBook())
    private let clock: GatewayClock
    private let logger: Logger

    init(clock: GatewayClock, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// Sets the payload that is wanted on a topic from now on.
    func want(_ topic: String, _ payload: [UInt8]) { book.withLock { $0.want(topic, payload, at: clock.monotonic()) } }

    /// Publishes a command as a retained message.
    ///
    /// - Parameter tell: called if the broker begins to refuse the command, or no longer does.
    func send(_ topic: String, _ payload: [UInt8], by client: MQTTClient, telling tell: @escaping @Sendable () -> Void)
    {
        book.withLock { $0.sent(topic, at: clock.monotonic()) }
        client.publish(MQTTMessage(topic: topic, payload: payload, isRetained: true)) { [self] outcome in
            if book.withLock({ $0.answered(topic, payload, outcome) }) { tell() }
        }
    }

    /// Returns whether the unchanged command on a topic must be sent again.
    func isRetryDue(_ topic: String) -> Bool { book.withLock { $0.isRetryDue(topic, at: clock.monotonic()) } }
    /// A Boolean value that indicates whether any command to a battery or car must be sent again.
    var isStorageRetryDue: Bool {
        book.withLock { $0.isRetryDue(withPrefix: Self.storagePrefix, at: clock.monotonic()) }
    }

    /// Takes one of our own commands that has come back from the broker.
    func take(_ message: MQTTMessage) { book.withLock { $0.echoed(message.topic, message.payload) } }

    /// Returns the report on a topic's command; `nil` if there is none.
    func report(_ topic: String) -> CommandReport? { book.withLock { $0.report(topic, at: clock.monotonic()) } }
    /// Reports on the commands that need attention.
    var troubles: [CommandReport] { book.withLock { $0.troubles(at: clock.monotonic()) } }

    /// Logs the changes since the previous call.
    ///
    /// - Returns: the topics that have changed.
    func tellNews() -> Set<String> {
        let news = book.withLock { $0.news(at: clock.monotonic()) }
        // The loss of a broker concerns all rooms at once: one line is enough.
        for (state, reports) in Dictionary(grouping: news, by: \.state).sorted(by: { $0.key.rawValue < $1.key.rawValue }
        ) {
            var metadata: Logger.Metadata = ["topic": "\(reports[0].topic)", "commands": "\(reports.count)"]
            if let problem = reports[0].problem {
                metadata["state"] = "\(state.rawValue)"
                metadata["problem"] = "\(problem)"
                logger.error("the broker does not confirm commands", metadata: metadata)
            } else {
                logger.notice("the broker confirms commands again", metadata: metadata)
            }
        }
        return Set(news.map(\.topic))
    }
}
