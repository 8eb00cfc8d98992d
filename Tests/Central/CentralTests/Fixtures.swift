import Building
import DatabaseRig
import Foundation
import Logging
import Postgres
import Storage
import WireFormat

/// A store on the suite's database, as one replica of the service has it.
struct Replica {
    let pool: ConnectionPool
    let store: CentralStore

    /// - Parameter now: the calendar; by default the real one.
    init(
        now: @escaping @Sendable () -> Timestamp = { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
    ) {
        pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 4))
        store = CentralStore(pool: pool, logger: Self.logger, now: now)
    }

    /// Migrates the suite's database and gives a store on it.
    static func migrated() async throws -> Replica {
        _ = try await migrator.migrate()
        return Replica()
    }

    static var migrator: Migrator {
        Migrator(settings: TestDatabase.settings, logger: logger)
    }

    /// Says nothing.
    static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    /// A building with a gateway, known by its slug only.
    func building(_ slug: String) async throws -> BuildingReference {
        let secret = try await TokenAdministration(store).addGateway(building: Slug(slug)!, kind: "hotel", label: nil)
        guard case .gateway(let building) = try await TokenAuthenticator(store).caller(holding: secret)?.scope else {
            throw PostgresError(message: "the new token is not a gateway's")
        }
        return building
    }

    /// The rows of a query, each as its columns joined by `|`.
    func rows(_ sql: StaticString, _ parameters: [Parameter] = [], columns: Int = 1) async throws -> [String] {
        try await pool.withConnection { connection in
            try connection.query(sql, parameters).map { row in
                try (0..<columns).map { try row.optional($0, as: String.self) ?? "NULL" }.joined(separator: "|")
            }
        }
    }

    func run(_ script: String) async throws {
        try await pool.withConnection { try $0.execute(script: script) }
    }
}

/// 2024-12-27 00:00 UTC, the moment of the examples.
let midnight: Int64 = 1_735_257_600_000

/// Readings of one sensor, one per second from `midnight`; the value is the reading's number.
func readings(
    _ numbers: Range<Int64>, of store: StoreID, sensor: String = "sensor-1", at start: Int64 = midnight
) -> IncomingReadings {
    let key = SeriesKey(
        room: Slug("room-101")!, device: sensor, deviceClass: .temperatureSensor, datapoint: .temperature)
    let rows = numbers.map { number in
        let time = Timestamp(millisecondsSince1970: start + number * 1000)
        return row(.number(Double(number)), at: time)
    }
    return IncomingReadings(store: store, firstNumber: numbers.lowerBound, series: [key], rows: rows)
}

func row(
    _ value: ReadingValue, at time: Timestamp, received: Timestamp? = nil, trusted: Bool = true, series: Int = 0
) -> IncomingReadings.Row {
    IncomingReadings.Row(
        seriesIndex: series, eventTime: time, receivedTime: received ?? time, clockTrusted: trusted, quality: .good,
        value: value)
}

/// A small hotel's inventory.
func inventory(
    _ slug: String, floors: [String: [String]] = ["1": ["room-101", "room-102"]],
    devices: [Inventory.Device] = [.init(id: "sensor-1", deviceClass: .temperatureSensor)],
    meters: [Inventory.Device] = [.init(id: "power_meter_1", deviceClass: .powerMeter, subsystem: "ac")]
) -> Inventory {
    Inventory(
        building: .init(slug: Slug(slug)!, name: "Hotel \(slug)", kind: "hotel", timeZone: "Europe/Berlin"),
        floors: floors.sorted { $0.key < $1.key }.map { floor, rooms in
            Inventory.Floor(
                slug: Slug(floor)!, name: "Floor \(floor)", level: Int(floor) ?? 0,
                rooms: rooms.map { .init(slug: Slug($0)!, name: "The \($0)", devices: devices) })
        }, devices: meters)
}

/// One reading per entry, all at `midnight`.
func batch(
    _ entries: [(room: String, device: String, DeviceClass?, Datapoint, ReadingValue)], store: StoreID = StoreID(),
    first: Int64 = 1, at start: Int64 = midnight
) -> ReadingBatch {
    let time = Timestamp(millisecondsSince1970: start)
    return ReadingBatch(
        store: store, firstNumber: first,
        series: entries.map {
            SeriesKey(room: Slug($0.room)!, device: $0.device, deviceClass: $0.2, datapoint: $0.3)
        },
        rows: entries.indices.map {
            ReadingBatch.Row(
                seriesIndex: $0, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                value: entries[$0].4)
        })
}
