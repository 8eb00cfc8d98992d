package import Logging
package import Postgres
internal import ServiceLifecycle
package import Storage
internal import Synchronization
package import Telemetry

/// Hears from the database in which buildings something is new, readings or wishes, whichever replica or tool wrote it,
/// and passes it on.
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

    /// - Parameters:
    ///   - settings: of the primary.
    ///   - observers: told of readings. Called on the listener's thread; must not wait. After a gap, in which something
    ///     may have been missed, they are told that something is new everywhere.
    ///   - desiredStateObservers: told of wishes and of what gateways report; else the same.
    package init(
        settings: ConnectionSettings, logger: Logger, observers: [@Sendable (LatestChange) -> Void],
        desiredStateObservers: [@Sendable (LatestChange) -> Void] = []
    ) {
        self.settings = settings
        self.logger = logger
        self.observers = observers
        self.desiredStateObservers = desiredStateObservers
    }

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
            if hasBeenLost { logger.notice("Live feed is back") }
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
                logger.warning("Live feed lost its connection, trying again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func tell(_ observers: [@Sendable (LatestChange) -> Void], _ change: LatestChange) {
        for observer in observers { observer(change) }
    }

    package func metrics() async -> [MetricFamily] {
        let state = state.withLock(\.self)
        return [
            MetricFamily(
                .gauge, "hearth_live_feed_connected", "Whether the database's notifications are heard (1) or not (0).",
                state.isListening ? 1 : 0),
            MetricFamily(
                .counter, "hearth_live_feed_notifications_total", "Notifications of the database that were heard.",
                state.notifications),
            MetricFamily(
                .counter, "hearth_live_feed_losses_total",
                "Times that the connection for notifications was lost, or could not be made.", state.losses),
        ]
    }
}
