internal import Building
internal import Postgres

/// Stores the rows that the database accepts and finds those it refuses, by bisection.
struct PoisonRowIsolation {
    /// A poison row: its index in the readings, and the database's error.
    struct Refusal {
        var row: Int
        var error: PostgresError
    }

    private(set) var refused: [Refusal] = []
    private let readings: IncomingReadings
    private let building: BuildingReference
    private let now: Timestamp
    private let share: SeriesShare

    init(_ readings: IncomingReadings, building: BuildingReference, share: SeriesShare, now: Timestamp) {
        self.share = share
        self.readings = readings
        self.building = building
        self.now = now
    }

    /// Stores the rows and collects the poison rows. The series cache is not used, because rolling back to a savepoint
    /// may undo what it would remember.
    mutating func store(_ rows: NewRows, on connection: Connection) throws {
        var numbers = [Int32?](repeating: nil, count: readings.series.count)
        var refusedSeries: [Int: PostgresError] = [:]
        let names = readings.series.map { SeriesName($0, building: building.slug) }
        try Self.halve(0..<readings.series.count, on: connection) { series in
            let resolution = try SeriesResolution(
                of: Array(readings.series[series]), building: building, cache: SeriesCache(), share: share,
                isRepeated: true, on: connection)
            for (index, number) in zip(series, resolution.numbers) { numbers[index] = number }
        } refused: {
            refusedSeries[$0] = $1
        }

        var places: [Int] = []
        for index in rows.indices.joined() {
            if let error = refusedSeries[readings.rows[index].seriesIndex] {
                refused.append(Refusal(row: index, error: error))
            } else {
                places.append(index)
            }
        }
        // The ids of refused series are never used.
        let known = numbers.map { $0 ?? 0 }
        func part(_ places: [Int]) -> [ResolvedRows] {
            [ResolvedRows(rows: NewRows(readings, only: places), numbers: known, names: names)]
        }
        func refusals(_ attempt: ([ResolvedRows]) throws -> Void) throws -> [Int: PostgresError] {
            var refused: [Int: PostgresError] = [:]
            try Self.halve(0..<places.count, on: connection) { range in
                try attempt(part(Array(places[range])))
            } refused: {
                refused[places[$0]] = $1
            }
            return refused
        }
        var refusedRows: [Int: PostgresError] = [:]
        do {
            // The order is that of all other writers: all rows first, then the newest ones in their order. Otherwise
            // two transactions could deadlock.
            try connection.savepoint { connection in
                refusedRows = try refusals { try ResolvedRows.copy($0, on: connection) }
                try LatestReadings(part(places.filter { refusedRows[$0] == nil }), now: now).store(on: connection)
            }
        } catch let error as PostgresError where error.isRefusalOfData {
            // A row is refused only as the newest of its series: test each in the latest readings as well.
            refusedRows = try refusals { part in
                try ResolvedRows.copy(part, on: connection)
                try LatestReadings(part, now: now).store(on: connection)
            }
        }
        refused += refusedRows.sorted { $0.key < $1.key }.map { Refusal(row: $0.key, error: $0.value) }
        try QuarterRollups(part(places.filter { refusedRows[$0] == nil })).store(on: connection)
    }

    /// Attempts `range` as a whole; if its data are refused, each half, down to single elements.
    private static func halve(
        _ range: Range<Int>, on connection: Connection, _ attempt: (Range<Int>) throws -> Void,
        refused: (Int, PostgresError) -> Void
    ) throws {
        guard !range.isEmpty else { return }
        do {
            try connection.savepoint { _ in try attempt(range) }
        } catch let error as PostgresError where error.isRefusalOfData {
            guard range.count > 1 else { return refused(range.lowerBound, error) }
            let middle = range.lowerBound + range.count / 2
            try halve(range.lowerBound..<middle, on: connection, attempt, refused: refused)
            try halve(middle..<range.upperBound, on: connection, attempt, refused: refused)
        }
    }
}
