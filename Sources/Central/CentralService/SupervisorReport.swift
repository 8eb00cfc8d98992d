internal import Logging
internal import ProcessSupport
internal import ServiceLifecycle

/// Reports to systemd that the service is alive and what it is doing, and logs when its database goes down and comes
/// back.
struct SupervisorReport: Service {
    let notifier: SystemdNotifier
    let readiness: Readiness
    let address: @Sendable () -> String?
    let logger: Logger

    private static let statusPeriod: Duration = .seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The watchdog is independent of the database: if that is down or hangs, a restart of the service does not
            // help.
            async let feeding: Void = feedWatchdog()
            var ticker = Ticker(every: Self.statusPeriod, clock: ContinuousClock())
            // `nil` before the start is complete, which `DatabaseStartup` logs.
            var wasReady: Bool?
            while !Task.isCancelled {
                let obstacle = await readiness.obstacle()
                report(obstacle, wasReady: wasReady)
                if wasReady != nil || obstacle == nil { wasReady = obstacle == nil }
                do { try await ticker.tick() } catch { break }
            }
            await feeding
        }
        notifier.stopping()
    }

    private func feedWatchdog() async {
        guard let period = notifier.watchdogPeriod else { return }
        var ticker = Ticker(every: min(period, Self.statusPeriod), clock: ContinuousClock())
        repeat { notifier.watchdog() } while (try? await ticker.tick()) != nil
    }

    private func report(_ obstacle: ReadinessFailure?, wasReady: Bool?) {
        if let obstacle, wasReady == true {
            logger.warning(
                "Database not available: requests are rejected for retry", metadata: ["reason": "\(obstacle.detail)"])
        } else if obstacle == nil, wasReady == false {
            logger.notice("Database is available again")
        }
        if let address = address() {
            notifier.status(obstacle.map { "\(address): \($0.detail)" } ?? "\(address): ready")
        }
    }
}
