internal import Building
internal import Postgres

/// The outcome of an import.
package struct ImportOutcome: Sendable {
    /// The number of readings stored.
    package var added = 0
    /// The number of readings that were stored before with the same value.
    package var unchanged = 0
    /// The readings that differ from the stored value of the same series and time. They are not stored.
    package var conflicts: [Conflict] = []

    /// A reading that differs from the stored value.
    package struct Conflict: Sendable {
        /// The index of the row.
        package var index: Int
        /// The stored value as text.
        package var stored: String
    }
}

extension CentralStore {
    /// Stores unnumbered readings from a file, except those of a series and time that is stored already. Importing the
    /// same readings again, even after a partial import, changes nothing.
    ///
    /// - Parameter readings: The readings; their store and numbers are not used.
    /// - Throws: `StoreError.unavailable`, `outcomeUnknown`; the same readings may then be imported again.
    package func importReadings(
        _ readings: IncomingReadings, building: BuildingReference
    ) async throws -> ImportOutcome {
        let now = now()
        let cache = seriesCache
        let (outcome, learnt) = try await transaction { connection in
            // Imports for the same building are serialized, so that each sees the rows of the one before.
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

    /// The first number of the advisory lock; the second is the building's id. Any number works that nothing else uses.
    private static let importLock = 0x4865_6172
}

/// The comparison of imported rows with stored ones.
private struct ImportComparison {
    private struct Key: Hashable {
        var series: Int32
        var milliseconds: Int64
    }

    /// The indices of the rows to store, ascending.
    private(set) var places: [Int] = []
    private(set) var outcome = ImportOutcome()

    private let readings: IncomingReadings
    private let series: [Int32]
    /// The index of the first row of each series and time.
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

    /// Returns the stored values for the series and times of `places`, by index.
    private func stored(on connection: Connection) throws -> [Int: [ReadingValue]] {
        let times = places.map { readings.rows[$0].eventTime.storable.millisecondsSince1970 }
        guard let first = times.min(), let last = times.max() else { return [:] }
        let range: [Parameter] = [.integers(Set(series).map { Int($0) }), .bigint(first), .bigint(last)]
        // Most files have only new readings, which this finds out with one lookup per series.
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
    /// The value as the database returns it.
    fileprivate var storable: ReadingValue {
        let (number, text) = columns
        return number.map(ReadingValue.number) ?? .text(text ?? "")
    }
}
