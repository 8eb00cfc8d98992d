import Building
import DatabaseRig
import Foundation
import Logging
import MeterLoader
import Postgres
import Storage

/// A store on the suite's database, with a building.
struct MeterStore {
    let store: CentralStore
    let building: BuildingReference
    private let pool: ConnectionPool

    static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    init(_ building: String) async throws {
        _ = try await Migrator(settings: TestDatabase.settings, logger: Self.logger).migrate()
        pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 4))
        store = CentralStore(pool: pool, logger: Self.logger) {
            Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        }
        try await store.apply(
            Inventory(
                building: .init(slug: Slug(building)!, name: building, kind: "home", timeZone: "Europe/Zurich"),
                floors: [], devices: []))
        self.building = try await store.building(named: Slug(building)!).reference
    }

    func run(_ script: String) async throws { try await pool.withConnection { try $0.execute(script: script) } }

    /// `obis time kwh quality` of a meter.
    func readings(of muid: String) async throws -> [String] {
        try await pool.withConnection { connection in
            try connection.query(
                """
                SELECT obis || ' ' || to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || kwh || ' ' || quality
                FROM meter_reading JOIN meter_register ON meter_register.id = register_id
                JOIN devices ON devices.id = device WHERE devices.slug = $1 ORDER BY 1
                """, [.text(muid)]
            ).map { try $0.value(0, as: String.self) }
        }
    }

    func count(of muid: String) async throws -> Int {
        try await pool.withConnection { connection in
            try connection.query(
                """
                SELECT count(*) FROM meter_reading JOIN meter_register ON meter_register.id = register_id
                JOIN devices ON devices.id = device WHERE devices.slug = $1
                """, [.text(muid)])[0].value(0)
        }
    }

    /// How often the server broke a deadlock in this suite's database.
    var deadlocks: Int {
        get async throws {
            try await pool.withConnection { connection in
                try connection.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0]
                    .value(0)
            }
        }
    }

    func loader(_ source: FakeSource, _ muids: [String], period: Duration = .seconds(900)) -> MeterLoader {
        MeterLoader(
            store: store, sources: [.init(url: source.url, muids: muids, building: building.slug)], period: period,
            logger: Self.logger)
    }
}
