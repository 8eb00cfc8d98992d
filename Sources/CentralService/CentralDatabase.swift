internal import Building
internal import CentralStore
internal import Foundation
internal import Logging
internal import Postgres

/// The way to the database, as configured.
struct CentralDatabase {
    let store: CentralStore
    let migrator: Migrator
    private let pool: ConnectionPool

    init(_ configuration: CentralConfiguration.Database, logger: Logger) {
        let settings = ConnectionSettings(
            url: configuration.url, applicationName: "hearth-central", connectTimeout: configuration.connectTimeout,
            statementTimeout: configuration.statementTimeout)
        pool = ConnectionPool(
            settings: settings,
            limits: .init(connections: configuration.connections, longestWait: configuration.longestWait))
        store = CentralStore(pool: pool, logger: logger) {
            Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        }
        migrator = Migrator(settings: settings, logger: logger)
    }

    func close() { pool.close() }
}
