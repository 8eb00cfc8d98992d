import Building
import Logging
import MQTT
import Synchronization

/// Sends commands to valves, batteries and cars, and keeps book of what became of them.
final class CommandDesk: Sendable {
    /// What all of them have in their topics.
    static let prefix = "/actuators/"
    private static let storagePrefix = "\(prefix)\(Slug.building)/"

    /// A broker that can't say what it took shows it: what it has comes back.
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

    func want(_ topic: String, _ payload: [UInt8]) { book.withLock { $0.want(topic, payload, at: clock.monotonic()) } }

    /// - Parameter tell: called where the broker has begun to refuse, or no longer does.
    func send(_ topic: String, _ payload: [UInt8], by client: MQTTClient, telling tell: @escaping @Sendable () -> Void)
    {
        book.withLock { $0.sent(topic, at: clock.monotonic()) }
        client.publish(MQTTMessage(topic: topic, payload: payload, isRetained: true)) { [self] outcome in
            if book.withLock({ $0.answered(topic, payload, outcome) }) { tell() }
        }
    }

    func isRetryDue(_ topic: String) -> Bool { book.withLock { $0.isRetryDue(topic, at: clock.monotonic()) } }
    var isStorageRetryDue: Bool {
        book.withLock { $0.isRetryDue(withPrefix: Self.storagePrefix, at: clock.monotonic()) }
    }

    /// A command of ours that comes back from the broker.
    func take(_ message: MQTTMessage) { book.withLock { $0.echoed(message.topic, message.payload) } }

    func report(_ topic: String) -> CommandReport? { book.withLock { $0.report(topic, at: clock.monotonic()) } }
    var troubles: [CommandReport] { book.withLock { $0.troubles(at: clock.monotonic()) } }

    /// Logs what has changed since the last call.
    ///
    /// - Returns: the topics that it is about.
    func tellNews() -> Set<String> {
        let news = book.withLock { $0.news(at: clock.monotonic()) }
        // A broker that goes away concerns all rooms at once: one line is enough.
        for (state, reports) in Dictionary(grouping: news, by: \.state).sorted(by: { $0.key.rawValue < $1.key.rawValue }
        ) {
            var metadata: Logger.Metadata = ["topic": "\(reports[0].topic)", "commands": "\(reports.count)"]
            if let problem = reports[0].problem {
                metadata["state"] = "\(state.rawValue)"
                metadata["problem"] = "\(problem)"
                logger.error("commands are not confirmed by the broker", metadata: metadata)
            } else {
                logger.notice("commands are confirmed again by the broker", metadata: metadata)
            }
        }
        return Set(news.map(\.topic))
    }
}
