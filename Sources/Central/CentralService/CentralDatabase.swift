internal import Building
internal import Foundation
internal import Logging
internal import Postgres
internal import Storage
internal import Telemetry

/// The configured connections to the database. Storing, long reads and short work that must wait for neither have
/// separate pools.
struct CentralDatabase {
    let store: CentralStore
    let migrator: Migrator
    /// The connection to the primary.
    let settings: ConnectionSettings
    let meter: PoolMeter
    private let pools: [(name: String, pool: ConnectionPool)]

    /// The number of connections for announcements, live rooms and the metrics.
    private static let asideConnections = 2

    init(
        _ configuration: CentralConfiguration.Database, storage: StoragePolicy? = nil,
        shares: BuildingShares = BuildingShares(), logger: Logger
    ) {
        let slow = LabelledCounter(
            "hearth_database_slow_statements_total",
            "Statements slower than database.slowStatementMilliseconds."
        )
        var settings = configuration.connection
        if let threshold = configuration.slowStatement {
            settings.watch = StatementWatch(threshold: threshold) { statement in
                slow.add()
                // The values are people's data and are not logged.
                logger.warning(
                    "Slow statement",
                    metadata: [
                        "seconds": "\(statement.duration / .seconds(1))", "statement": "\(statement.text)",
                        "failure": "\(statement.failure ?? "none")",
                    ])
            }
        }
        var reading = settings
        reading.statementTimeout = configuration.readTimeout
        func pool(_ settings: ConnectionSettings, _ connections: Int) -> ConnectionPool {
            ConnectionPool(
                settings: settings, limits: .init(connections: connections, longestWait: configuration.longestWait))
        }
        let primary = pool(settings, configuration.connections)
        let reads = pool(reading, configuration.readConnections)
        let aside = pool(settings, Self.asideConnections)
        var pools = [(name: "primary", pool: primary), (name: "reads", pool: reads), (name: "aside", pool: aside)]
        var replica: ConnectionPool?
        if let url = configuration.readURL {
            reading.url = url
            let pool = pool(reading, configuration.readConnections)
            replica = pool
            pools.append((name: "replica", pool: pool))
        }
        store = CentralStore(
            pool: primary, reads: reads, replica: replica, aside: aside, shares: shares, logger: logger
        ) {
            Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        }
        migrator = Migrator(settings: settings, storage: storage, logger: logger)
        self.settings = settings
        self.pools = pools
        meter = PoolMeter(pools: pools, slowStatements: slow)
    }

    func close() {
        for (_, pool) in pools { pool.close() }
    }
}

extension CentralConfiguration.Database {
    /// The connection to the primary.
    var connection: ConnectionSettings {
        var settings = ConnectionSettings(
            url: url, applicationName: "hearth-central", connectTimeout: connectTimeout,
            statementTimeout: statementTimeout)
        settings.passwordFile = passwordFile
        return settings
    }
}
