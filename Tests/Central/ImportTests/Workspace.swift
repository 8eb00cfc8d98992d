import Building
import DatabaseRig
import Foundation
import Import
import Logging
import Postgres
import ReadingFiles
import Rig
import Storage

/// A store on the suite's database, a building, and a folder for files.
struct Workspace {
    let store: CentralStore
    let folder = TemporaryFolder()
    let building: String
    private let pool: ConnectionPool

    init(_ building: String, zone: String = "Europe/Berlin", rooms: [String] = ["room-101", "room-102"]) async throws {
        let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        _ = try await Migrator(settings: TestDatabase.settings, logger: logger).migrate()
        pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 4))
        store = CentralStore(pool: pool, logger: logger) { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
        self.building = building
        let devices = [
            Inventory.Device(id: "air", deviceClass: .iaq), .init(id: "life_being", deviceClass: .lifeBeing),
        ]
        let floor = Inventory.Floor(
            slug: Slug("1")!, name: "1", level: 1,
            rooms: rooms.map { .init(slug: Slug($0)!, name: $0, devices: devices) })
        try await store.apply(
            Inventory(
                building: .init(slug: Slug(building)!, name: building, kind: "hotel", timeZone: zone),
                floors: rooms.isEmpty ? [] : [floor], devices: []))
    }

    /// Imports files of the given contents, by their names.
    func run(
        _ form: FileForm, _ files: [(name: String, text: String)],
        _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws -> ImportSummary {
        var options = ImportOptions(building: building)
        change(&options)
        let paths = try files.map { try folder.write($0.name, $0.text) }
        return try await ReadingsImport(form, into: store, options: options).run(paths) { _ in }
    }

    /// The readings of the building, as `device datapoint time value`.
    func readings() async throws -> [String] {
        try await pool.withConnection { [building] connection in
            try connection.query(
                """
                SELECT split_part(device_id, '/', 2) || '/' || split_part(device_id, '/', 3) || ' ' || datapoint || ' '
                    || to_char(datetime AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || value
                FROM raw_data WHERE device_id LIKE $1 || '/%' ORDER BY device_id, datapoint, datetime
                """, [.text(building)]
            ).map { try $0.value(0, as: String.self) }
        }
    }

    /// The rows of a query about the building, columns joined by `|`.
    func rows(_ sql: StaticString, columns: Int) async throws -> [String] {
        try await pool.withConnection { [building] connection in
            try connection.query(sql, [.text(building)]).map { row in
                try (0..<columns).map { try row.optional($0, as: String.self) ?? "NULL" }.joined(separator: "|")
            }
        }
    }

    /// What the rollups say beside what the readings say: nothing where they agree.
    func rollupFaults() async throws -> [String] {
        try await rows(
            """
            WITH mine AS (SELECT series.id FROM series JOIN devices ON devices.id = device WHERE device_id LIKE $1 || '/%'),
            fresh AS (
                SELECT series_id, quarter_of(time) AS bucket, count(*)::integer AS count, round(sum(number)::numeric, 6) AS sum,
                    min(number) AS low, max(number) AS high
                FROM reading WHERE series_id IN (SELECT id FROM mine) AND number IS NOT NULL GROUP BY 1, 2
            ), kept AS (
                SELECT series_id, bucket, count, round(sum::numeric, 6) AS sum, minimum AS low, maximum AS high
                FROM rollup_quarter WHERE series_id IN (SELECT id FROM mine)
            )
            (SELECT 'missing', series_id::text, bucket::text FROM (TABLE fresh EXCEPT TABLE kept) AS missing)
            UNION ALL
            (SELECT 'surplus', series_id::text, bucket::text FROM (TABLE kept EXCEPT TABLE fresh) AS surplus)
            """, columns: 3)
    }
}
