package import Logging
package import Postgres
internal import ServiceLifecycle
package import Storage
internal import Synchronization
package import Telemetry

/// Listens for the database's notifications of new readings and set-points, whichever replica or tool wrote them, and
/// passes the buildings on.
package final class ChangeListener: Service, MetricSource {
    private let settings: ConnectionSettings
    private let logger: Logger
    private let observers: [@Sendable (LatestChange) -> Void]
    private let desiredStateObservers: [@Sendable (LatestChange) -> Void]
    private let state = Mutex(State())

    private struct State {
        var isListening = false
        var notifications = 0
        var losses = 0
    }

    /// Creates a listener.
    ///
    /// - Parameters:
    ///   - settings: The connection to the primary.
    ///   - observers: Called with changes of readings, on the listener's thread; they must not block. After a gap, in
    ///     which notifications may have been missed, they get a change everywhere.
    ///   - desiredStateObservers: Called in the same way with changes of desired and reported states.
    package init(
        settings: ConnectionSettings, logger: Logger, observers: [@Sendable (LatestChange) -> Void],
        desiredStateObservers: [@Sendable (LatestChange) -> Void] = []
    ) {
        self.settings = settings
        self.logger = logger
        self.observers = observers
        self.desiredStateObservers = desiredStateObservers
    }

    /// Listens until a graceful shutdown, and reconnects after failures.
    package func run() async {
        let channels = [CentralStore.latestChannel, CentralStore.desiredStateChannel]
        let listener = NotificationListener(settings: settings, channels: channels) { [self] event in take(event) }
        await cancelWhenGracefulShutdown { await listener.run() }
    }

    private func take(_ event: NotificationListener.Event) {
        switch event {
        case .listening:
            let hasBeenLost = state.withLock { state in
                state.isListening = true
                return state.losses > 0
            }
            if hasBeenLost { logger.notice("Live feed restored") }
            tell(observers + desiredStateObservers, .everywhere)
        case .notification(let channel, let payload):
            state.withLock { $0.notifications += 1 }
            let isDesiredState = channel == "\(CentralStore.desiredStateChannel)"
            tell(isDesiredState ? desiredStateObservers : observers, LatestChange(payload: payload))
        case .lost(let error):
            let wasListening = state.withLock { state in
                defer {
                    state.isListening = false
                    state.losses += 1
                }
                return state.isListening
            }
            if wasListening {
                logger.warning("Live feed lost its connection, retrying", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tell(_ observers: [@Sendable (LatestChange) -> Void], _ change: LatestChange) {
        for observer in observers { observer(change) }
    }

    /// Returns the state of the connection, and the number of notifications and losses.
    package func metrics() async -> [MetricFamily] {
        let state = state.withLock(\.self)
        return [
            MetricFamily(
                .gauge, "hearth_live_feed_connected", "1 if the service receives the database's notifications, else 0.",
                state.isListening ? 1 : 0),
            MetricFamily(
                .counter, "hearth_live_feed_notifications_total", "Database notifications received.",
                state.notifications),
            MetricFamily(
                .counter, "hearth_live_feed_losses_total",
                "Lost or failed connections for database notifications.", state.losses),
        ]
    }
}
