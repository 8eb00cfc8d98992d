internal import Building
internal import Postgres

/// What became of imported readings.
package struct ImportOutcome: Sendable {
    package var added = 0
    /// Those that are there already, with the same value.
    package var unchanged = 0
    /// Those that say something else than what is there for their series and time; they are not stored.
    package var conflicts: [Conflict] = []

    package struct Conflict: Sendable {
        /// Of the row.
        package var index: Int
        /// What is there.
        package var stored: String
    }
}

extension CentralStore {
    /// Stores readings that come without numbers, from a file: those of a series and time that nothing is known about
    /// yet. Giving the same ones again, also after only some of them were stored, changes nothing.
    ///
    /// - Parameter readings: their store and numbers do not matter.
    /// - Throws: `StoreError.unavailable`, `outcomeUnknown`; then the same readings may be given again.
    package func importReadings(
        _ readings: IncomingReadings, building: BuildingReference
    ) async throws -> ImportOutcome {
        let now = now()
        let cache = seriesCache
        let (outcome, learnt) = try await transaction { connection in
            // Two imports for one building take turns, so that each sees what the other stored.
            try connection.query(
                "SELECT pg_advisory_xact_lock($1::integer, $2::integer)",
                [.int(Self.importLock), .int(building.id)])
            let resolution = try SeriesResolution(
                of: readings.series, building: building, cache: cache, on: connection)
            var comparison = ImportComparison(readings, series: resolution.numbers)
            try comparison.compare(on: connection)
            if !comparison.places.isEmpty {
                let rows = NewRows(readings, only: comparison.places)
                try ResolvedRows.store(
                    [ResolvedRows(rows: rows, numbers: resolution.numbers, names: resolution.names)], now: now,
                    on: connection)
            }
            return (comparison.outcome, resolution.learnt)
        }
        cache.remember(learnt, inBuilding: building.id)
        if outcome.added > 0 { announcer.announce(building: building.id) }
        return outcome
    }

    /// The first of the two numbers of the lock; the second is the building's id. Any will do that nobody else uses.
    private static let importLock = 0x4865_6172
}

/// Which rows of an import are new.
private struct ImportComparison {
    private struct Key: Hashable {
        var series: Int32
        var milliseconds: Int64
    }

    /// Indices of the rows to store, ascending.
    private(set) var places: [Int] = []
    private(set) var outcome = ImportOutcome()

    private let readings: IncomingReadings
    private let series: [Int32]
    /// The first row of each series and time.
    private var first: [Key: Int] = [:]

    init(_ readings: IncomingReadings, series: [Int32]) {
        self.readings = readings
        self.series = series
        first.reserveCapacity(readings.rows.count)
    }

    mutating func compare(on connection: Connection) throws {
        for (index, row) in readings.rows.enumerated() {
            let key = Key(series: series[row.seriesIndex], milliseconds: row.eventTime.storable.millisecondsSince1970)
            guard let earlier = first[key] else {
                first[key] = index
                places.append(index)
                continue
            }
            judge(index, against: readings.rows[earlier].value)
        }
        let known = try stored(on: connection)
        guard !known.isEmpty else {
            outcome.added = places.count
            return
        }
        places = places.filter { index in
            guard let values = known[index] else { return true }
            if values.contains(readings.rows[index].value.storable) {
                outcome.unchanged += 1
            } else {
                judge(index, against: values[0])
            }
            return false
        }
        outcome.added = places.count
    }

    private mutating func judge(_ index: Int, against value: ReadingValue) {
        if readings.rows[index].value.storable == value.storable {
            outcome.unchanged += 1
        } else {
            outcome.conflicts.append(.init(index: index, stored: value.text))
        }
    }

    /// What is stored for the series and times of `places`, by place.
    private func stored(on connection: Connection) throws -> [Int: [ReadingValue]] {
        let times = places.map { readings.rows[$0].eventTime.storable.millisecondsSince1970 }
        guard let first = times.min(), let last = times.max() else { return [:] }
        let range: [Parameter] = [.integers(Set(series).map { Int($0) }), .bigint(first), .bigint(last)]
        // Most files bring what is not there yet, which this finds out with one look per series.
        let isEmpty: Bool = try connection.query(
            """
            SELECT NOT EXISTS (
                SELECT FROM reading WHERE series_id = ANY($1::integer[])
                    AND time >= TIMESTAMPTZ 'epoch' + $2 * INTERVAL '1 millisecond'
                    AND time <= TIMESTAMPTZ 'epoch' + $3 * INTERVAL '1 millisecond')
            """, range)[0].value(0)
        if isEmpty { return [:] }
        let rows = try connection.query(
            """
            SELECT given.place, reading.number, reading.text
            FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS given (place, series_id, time_ms)
            JOIN reading ON reading.series_id = given.series_id
                AND reading.time = TIMESTAMPTZ 'epoch' + given.time_ms * INTERVAL '1 millisecond'
            WHERE reading.series_id = ANY($1::integer[])
                AND reading.time >= TIMESTAMPTZ 'epoch' + $2 * INTERVAL '1 millisecond'
                AND reading.time <= TIMESTAMPTZ 'epoch' + $3 * INTERVAL '1 millisecond'
            """,
            range + [
                .integers(places), .integers(places.map { Int(series[readings.rows[$0].seriesIndex]) }),
                .bigints(times),
            ])
        var known: [Int: [ReadingValue]] = [:]
        for index in 0..<rows.count {
            let row = rows[index]
            let value: ReadingValue =
                if let number = try row.optional(1, as: Double.self) { .number(number) } else {
                    .text(try row.optional(2) ?? "")
                }
            known[try row.value(0), default: []].append(value)
        }
        return known
    }
}

extension ReadingValue {
    /// As it comes back from the database.
    fileprivate var storable: ReadingValue {
        let (number, text) = columns
        return number.map(ReadingValue.number) ?? .text(text ?? "")
    }
}
