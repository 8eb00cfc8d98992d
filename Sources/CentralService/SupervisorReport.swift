internal import Logging
internal import Observability
internal import ServiceLifecycle

/// Tells systemd that the service lives and what it is doing, and the log when its database goes and comes.
struct SupervisorReport: Service {
    let notifier: SystemdNotifier
    let readiness: Readiness
    let address: @Sendable () -> String?
    let logger: Logger

    private static let statusPeriod: Duration = .seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let period = min(notifier.watchdogPeriod ?? Self.statusPeriod, Self.statusPeriod)
            var ticker = Ticker(every: period, clock: ContinuousClock())
            // `nil` before the start is complete, which `DatabaseStartup` tells of.
            var wasReady: Bool?
            while !Task.isCancelled {
                // A database that is away is no reason to restart us.
                notifier.watchdog()
                let obstacle = await readiness.obstacle()
                report(obstacle, wasReady: wasReady)
                if wasReady != nil || obstacle == nil { wasReady = obstacle == nil }
                do { try await ticker.tick() } catch { return }
            }
        }
        notifier.stopping()
    }

    private func report(_ obstacle: Obstacle?, wasReady: Bool?) {
        if let obstacle, wasReady == true {
            logger.warning(
                "Database not available: callers are told to come again", metadata: ["reason": "\(obstacle.detail)"])
        } else if obstacle == nil, wasReady == false {
            logger.notice("Database is back")
        }
        if let address = address() {
            notifier.status(obstacle.map { "\(address): \($0.detail)" } ?? "\(address): ready")
        }
    }
}
