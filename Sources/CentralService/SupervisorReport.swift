internal import Observability
internal import ServiceLifecycle

/// Tells systemd that the service lives and what it is doing.
struct SupervisorReport: Service {
    let notifier: SystemdNotifier
    let readiness: Readiness
    let address: @Sendable () -> String?

    private static let statusPeriod: Duration = .seconds(10)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var ticker = Ticker(every: notifier.watchdogPeriod ?? Self.statusPeriod, clock: ContinuousClock())
            while !Task.isCancelled {
                // A database that is away is no reason to restart us.
                notifier.watchdog()
                if let address = address() {
                    let obstacle = await readiness.obstacle()
                    notifier.status(obstacle.map { "\(address): \($0)" } ?? "\(address): ready")
                }
                do { try await ticker.tick() } catch { return }
            }
        }
        notifier.stopping()
    }
}
