internal import Building
internal import Logging
internal import Postgres
internal import ProcessSupport
internal import ServiceLifecycle
internal import Storage
internal import Synchronization
internal import Telemetry

/// The metrics of the connection pools.
struct PoolMeter: MetricSource {
    /// The pools by their purpose.
    let pools: [(name: String, pool: ConnectionPool)]
    let slowStatements: LabelledCounter

    func metrics() async -> [MetricFamily] {
        let all = pools.map { ($0.name, $0.pool.statistics) }
        func family(
            _ kind: MetricFamily.Kind, _ name: String, _ help: String, _ value: (PoolStatistics) -> Int
        ) -> MetricFamily {
            MetricFamily(
                kind, "hearth_database_" + name, help,
                all.map { .init(Double(value($0.1)), [(name: "pool", value: $0.0)]) })
        }
        return [
            family(.gauge, "connections_limit", "Maximum number of connections of a pool.", \.limit),
            family(.gauge, "connections_open", "Open connections of a pool.", \.open),
            family(.gauge, "connections_in_use", "Connections in use.", \.inUse),
            family(.gauge, "callers_waiting", "Callers waiting for a connection.", \.waiting),
            family(.counter, "waits_total", "Callers that had to wait for a connection.", \.waits),
            family(.counter, "callers_turned_away_total", "Callers that got no connection in time.", \.turnedAway),
            family(.counter, "connect_failures_total", "Connections that could not be established.", \.failedToConnect),
            family(
                .counter, "connections_lost_total", "Connections that broke or could not be reused.", \.lost),
            family(.counter, "errors_total", "Uses of a connection that ended with a database error.", \.errors),
            slowStatements.family,
        ]
    }
}

/// The metrics from the database, which are read periodically, so that a scrape never waits for it.
final class DatabaseMeter: Service, MetricSource {
    private let store: CentralStore
    private let readiness: Readiness
    private let logger: Logger
    private let seen = Mutex<Seen?>(nil)
    private let failures = LabelledCounter(
        "hearth_gateway_look_failures_total",
        "Failures to read the state of the gateways from a responding database: hearth_gateway_… is missing."
    )

    private struct Seen {
        var isReady: Bool
        var gateways: [GatewayState]?
        var time: ContinuousClock.Instant
    }

    private static let period: Duration = .seconds(10)
    /// The age above which the metrics are not shown.
    private static let longestAge: Duration = .seconds(60)

    init(store: CentralStore, readiness: Readiness, logger: Logger) {
        self.store = store
        self.readiness = readiness
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown { [self] in
            var ticker = Ticker(every: Self.period, clock: ContinuousClock())
            repeat { await look() } while (try? await ticker.tick()) != nil
        }
    }

    private func look() async {
        let isReady = await readiness.obstacle() == nil
        var gateways: [GatewayState]?
        if isReady {
            do {
                gateways = try await store.gatewayStates()
            } catch StoreError.unavailable(let reason) {
                logger.debug("Gateways could not be queried", metadata: ["reason": "\(reason)"])
            } catch {
                failures.add()
                logger.error(
                    "Gateways could not be queried: their metrics are missing", metadata: ["error": "\(error)"])
            }
        }
        seen.withLock { $0 = Seen(isReady: isReady, gateways: gateways, time: .now) }
    }

    func metrics() async -> [MetricFamily] {
        let build = MetricFamily(
            .gauge, "hearth_build_info", "The version of this service; always 1.",
            [.init(1, [(name: "version", value: HearthVersion.current)])])
        guard let seen = seen.withLock(\.self), ContinuousClock.now - seen.time < Self.longestAge else {
            return [build, failures.family]
        }
        let age = (ContinuousClock.now - seen.time) / .seconds(1)
        let ready = MetricFamily(
            .gauge, "hearth_ready", "1 if the database responds and is migrated, else 0.", seen.isReady ? 1 : 0
        )
        return [build, ready, failures.family] + Self.families(seen.gateways ?? [], age: age)
    }

    private static func families(_ gateways: [GatewayState], age: Double) -> [MetricFamily] {
        func family(
            _ name: String, _ help: String, _ samples: (GatewayState) -> [(value: Double, reason: String?)]
        ) -> MetricFamily {
            MetricFamily(
                .gauge, "hearth_gateway_" + name, help,
                gateways.flatMap { gateway in
                    samples(gateway).map { sample in
                        let labels = [(name: "building", value: gateway.building)]
                        return .init(
                            sample.value, labels + (sample.reason.map { [(name: "reason", value: $0)] } ?? []))
                    }
                })
        }
        return [
            family("last_seen_age_seconds", "Time since the last message from the building's gateways.") {
                [($0.secondsSinceSeen + age, nil)]
            },
            family("waiting_readings", "Readings waiting on the building's gateways at their last report.") {
                [(Double($0.waiting), nil)]
            },
            family("lost_readings", "Readings declared lost by the building's gateways and not received.") { gateway in
                DeclaredLoss.Reason.allCases.map { (Double(gateway.lost[$0.rawValue] ?? 0), $0.rawValue) }
            },
            family("quarantined_readings", "Readings of the building that the database rejected.") {
                [(Double($0.quarantined), nil)]
            },
            family(
                "refused_entries",
                "Permanently refused parts of the gateways' messages; see the table uplink_refusal."
            ) {
                [(Double($0.refused), nil)]
            },
        ]
    }
}
