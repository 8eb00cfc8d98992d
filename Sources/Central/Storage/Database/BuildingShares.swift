internal import Building
internal import Postgres
internal import Synchronization

/// The amounts one building may add to the database, so that no gateway's token fills it for all others.
package struct BuildingShares: Sendable {
    /// The largest number of stores its gateways ever register. A gateway begins a new store if its buffer was damaged
    /// or moved.
    package var stores: Int
    /// The largest number of series. Readings of further series go to quarantine.
    package var series: Int
    /// The number of new series per hour, which is also the burst. Further ones are told to try again later.
    package var newSeriesPerHour: Int

    /// Creates the shares of a building.
    package init(stores: Int = 1000, series: Int = 200_000, newSeriesPerHour: Int = 50_000) {
        self.stores = stores
        self.series = series
        self.newSeriesPerHour = newSeriesPerHour
    }
}

/// Holds buildings to their share of series. It counts within this process, and asks the database now and then.
final class SeriesShare: Sendable {
    fileprivate struct Entry {
        /// The number of series in the database, as far as known.
        var count: Int
        var counted: ContinuousClock.Instant
        /// The number of new series allowed now, 0…`newSeriesPerHour`.
        var allowance: Double
        var filled: ContinuousClock.Instant
    }

    private let shares: BuildingShares
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[Int: Entry]>([:])

    /// The time for which a building's number of series is not queried again.
    private static let memory = Duration.seconds(60)
    /// The SQL state of `raise_exception`: the readings are refused, not the batch.
    private static let refusal = "P0001"

    init(_ shares: BuildingShares, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.shares = shares
        self.now = now
    }

    /// Counts series that are about to be created.
    ///
    /// - Parameter isRepeated: Whether the series were counted before, in a group of which others were refused.
    /// - Throws: `PostgresError` of refused data if the building has its full number of series;
    ///   `StoreError.tooManySeries` if they come too fast.
    func take(
        _ number: Int, of building: BuildingReference, isRepeated: Bool, on connection: Connection
    ) throws {
        let count = try count(of: building.id, on: connection)
        let now = now()
        try entries.withLock { entries in
            var entry =
                entries[building.id]
                ?? Entry(count: count, counted: now, allowance: Double(shares.newSeriesPerHour), filled: now)
            guard entry.count + number <= shares.series else {
                entries[building.id] = entry
                throw PostgresError(
                    sqlState: Self.refusal,
                    message:
                        "The building “\(building.slug)” has \(entry.count) series; the limit is \(shares.series)."
                )
            }
            if !isRepeated { try entry.take(number, of: building, perHour: shares.newSeriesPerHour, at: now) }
            entry.count += number
            entries[building.id] = entry
        }
    }

    private func count(of building: Int, on connection: Connection) throws -> Int {
        let now = now()
        let known = entries.withLock { $0[building] }
        if let known, now - known.counted < Self.memory { return known.count }
        let rows = try connection.query(
            "SELECT count(*) FROM series JOIN devices ON devices.id = series.device WHERE devices.hotel_id = $1",
            [.int(building)])
        let count = try rows[0].value(0, as: Int.self)
        entries.withLock { entries in
            guard var entry = entries[building] else { return }
            (entry.count, entry.counted) = (count, now)
            entries[building] = entry
        }
        return count
    }
}

extension SeriesShare.Entry {
    fileprivate mutating func take(
        _ number: Int, of building: BuildingReference, perHour: Int, at now: ContinuousClock.Instant
    ) throws(StoreError) {
        let rate = Double(perHour) / 3600
        allowance = min(Double(perHour), allowance + rate * max(0, (now - filled) / .seconds(1)))
        filled = now
        let missing = Double(number) - allowance
        // A burst of more than an hour's share would otherwise never be allowed. It is taken if the allowance is full.
        guard missing <= 0 || allowance >= Double(perHour) else {
            throw .tooManySeries(
                building: building.slug.text, seconds: Int(saturating: min(3600, max(1, (missing / rate).rounded(.up))))
            )
        }
        allowance = max(0, allowance - Double(number))
    }
}
