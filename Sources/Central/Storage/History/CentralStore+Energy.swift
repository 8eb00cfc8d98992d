internal import Building
package import CivilTime
internal import Postgres

extension CentralStore {
    /// Returns the energy used by the subsystems of a building, by calendar bucket; `nil` if there is no such building.
    ///
    /// Energy is average power × covered hours, computed per meter and then summed. The covered time is counted in
    /// quarter-hours: one with readings counts with their average, one without readings counts with the last reading
    /// before it, as long as the meter's usual interval says that the next one was not due (`MeterHold`). Any other
    /// time is a gap and adds nothing. A quarter-hour that the range or the current time cuts counts with its share, so
    /// that the parts of a range add up to the whole.
    package func energy(_ question: EnergyParameters) async throws -> EnergyTable? {
        try await read { connection in
            let hotels = try connection.query(
                "SELECT time_zone, slug FROM hotels WHERE id = $1", [.int(question.hotel)])
            guard let hotel = hotels.first else { return nil }
            let calendar: LocalCalendar = try hotel.value(0)
            let building: String = try hotel.value(1)
            let meters = try EnergyQuery.meters(of: question, connection)
            guard
                let range = try question.range(calendar)
                    ?? EnergyQuery.extent(of: meters, question, calendar, connection)
            else {
                return EnergyTable(
                    calendar: calendar, building: building, starts: [], columns: [], shares: [], meters: [])
            }
            try question.requireLength(range)
            let row = CalendarBuckets(question.unit, calendar: calendar).row(
                from: range.lowerBound.whole, before: range.upperBound.wholeUp)
            let past = range.lowerBound..<max(range.lowerBound, min(range.upperBound, question.now))
            let columns = try question.subsystems.map { subsystem in
                try EnergyQuery.column(of: meters[subsystem] ?? [], row, past, connection)
            }
            let counts = try question.subsystems.map { subsystem in
                question.countsMeters
                    ? try EnergyQuery.meters(meters[subsystem] ?? [], tellingIn: row, past, connection) : []
            }
            let all = columns.reduce(0) { $0 + $1.meters }
            return EnergyTable(
                calendar: calendar, building: building, starts: row.starts, columns: columns.map(\.energy),
                shares: columns.map(\.shares), meters: counts, coverage: columns.map(\.share),
                overallCoverage: all == 0
                    ? 0 : columns.reduce(0) { $0 + $1.share * Double($1.meters) } / Double(all))
        }
    }
}

/// The parameters of an energy query.
package struct EnergyParameters: Sendable {
    /// The building's id.
    package var hotel: Int
    /// The names of the subsystems in the order of the columns.
    package var subsystems: [String]
    /// The length of a bucket.
    package var unit: CalendarBuckets.Unit
    /// The longest range in seconds, which limits a range with open bounds.
    package var longest: Double
    /// Returns the bounds in the building's time zone, in seconds since 1970, inclusive and exclusive; `nil` for an
    /// open bound.
    package var bounds: @Sendable (LocalCalendar) throws -> (start: Double?, end: Double?)
    /// Checks the length of the range, in seconds since 1970, and throws if it is too long.
    package var requireLength: @Sendable (Range<Double>) throws -> Void
    /// The current time in seconds since 1970.
    package var now: Double
    /// A Boolean value that indicates whether the meters with data in each bucket are counted as well.
    package var countsMeters: Bool

    /// Creates the parameters of a query; by default it accepts every length and counts no meters.
    package init(
        hotel: Int, subsystems: [String], unit: CalendarBuckets.Unit, longest: Double, now: Double,
        countsMeters: Bool = false,
        requireLength: @escaping @Sendable (Range<Double>) throws -> Void = { _ in },
        bounds: @escaping @Sendable (LocalCalendar) throws -> (start: Double?, end: Double?)
    ) {
        self.hotel = hotel
        self.subsystems = subsystems
        self.unit = unit
        self.longest = longest
        self.now = now
        self.countsMeters = countsMeters
        self.requireLength = requireLength
        self.bounds = bounds
    }

    /// Returns the range if both bounds are given.
    fileprivate func range(_ calendar: LocalCalendar) throws -> Range<Double>? {
        guard case (let start?, let end?) = try bounds(calendar) else { return nil }
        return start..<end
    }
}

/// Energy in kWh by bucket and subsystem, with its coverage.
package struct EnergyTable: Sendable {
    package var calendar: LocalCalendar
    /// The building's slug.
    package var building: String
    /// The start of each bucket in seconds since 1970.
    package var starts: [Int64]
    /// The energy of each requested subsystem in kWh, per bucket; `nil` if nothing was measured. Empty if `starts` is.
    package var columns: [[Double?]]
    /// The share of each bucket's time that is covered, 0…1, over all meters of the subsystem. Only the time within the
    /// range that has passed counts; `nil` if none has. Shaped like `columns`.
    package var shares: [[Double?]]
    /// The number of meters of the subsystem with data in each bucket. Shaped like `columns`; empty lists if not
    /// requested.
    package var meters: [[Int]]
    /// The covered share of the whole range by subsystem, 0…1; empty if there is no range.
    package var coverage: [Double] = []
    /// The covered share of the whole range over all meters of all subsystems, 0…1.
    package var overallCoverage = 0.0
}

private enum EnergyQuery {
    /// Returns the series of each subsystem's meters.
    static func meters(of question: EnergyParameters, _ connection: Connection) throws -> [String: [Int]] {
        let rows = try connection.query(
            "SELECT subsystem, series_id FROM power_meter WHERE hotel_id = $1 AND subsystem = ANY ($2)",
            [.int(question.hotel), .texts(question.subsystems)])
        var meters: [String: [Int]] = [:]
        for index in 0..<rows.count {
            meters[try rows[index].value(0), default: []].append(try rows[index].value(1))
        }
        return meters
    }

    /// Returns the range, where open bounds extend to the data but not into the future. If the start is open, it is the
    /// last range of the longest length; `nil` if there are no data.
    static func extent(
        of meters: [String: [Int]], _ question: EnergyParameters, _ calendar: LocalCalendar, _ connection: Connection
    ) throws -> Range<Double>? {
        let bounds = try question.bounds(calendar)
        let series = meters.values.flatMap(\.self)
        let row = try connection.query(
            """
            SELECT extract(epoch FROM min(first.bucket))::double precision,
                extract(epoch FROM max(last.bucket))::double precision
            FROM unnest($1::bigint[]) AS wanted (id),
                LATERAL (SELECT bucket FROM rollup_quarter WHERE series_id = wanted.id ORDER BY bucket LIMIT 1) AS first,
                LATERAL (
                    SELECT bucket FROM rollup_quarter WHERE series_id = wanted.id AND bucket <= to_timestamp($2)
                    ORDER BY bucket DESC LIMIT 1
                ) AS last
            """, [.integers(series), .double(question.now)])[0]
        guard let first: Double = try row.optional(0), let last: Double = try row.optional(1) else { return nil }
        let end = bounds.end ?? last + 900
        let start = bounds.start ?? max(first, min(end, last + 900) - question.longest)
        return start < end ? start..<end : nil
    }

    /// The energy of one subsystem, and its coverage.
    struct Column {
        var energy: [Double?]
        var shares: [Double?]
        var share: Double
        var meters: Int
    }

    /// Returns the energy of one subsystem.
    ///
    /// - Parameter range: The part of the requested range that has passed, in seconds since 1970.
    static func column(
        of series: [Int], _ row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> Column {
        var sum = BucketSums(row, range)
        guard !series.isEmpty, !range.isEmpty else { return sum.column(meters: series.count) }
        let firstWhole = (range.lowerBound / 900).rounded(.up) * 900
        let lastWhole = (range.upperBound / 900).rounded(.down) * 900
        if firstWhole < lastWhole {
            for (place, energy, quarters) in try whole(of: series, row, firstWhole..<lastWhole, connection) {
                sum.add(energy, seconds: Double(quarters) * 900, to: place)
            }
        }
        for cut in cuts(of: range, firstWhole, lastWhole) {
            let (power, meters) = try power(of: series, at: cut.lowerBound, connection)
            sum.add(kilowatts: power, meters: meters, cut)
        }
        // Without empty quarter-hours there is nothing to fill.
        if sum.seconds < Double(series.count) * (range.upperBound - range.lowerBound) - 1e-3 {
            for hold in try MeterHold.all(of: series, range, connection) {
                sum.add(kilowatts: hold.kilowatts, meters: 1, hold.span.clamped(to: range))
            }
        }
        return sum.column(meters: series.count)
    }

    /// Returns the number of meters with data in each bucket.
    static func meters(
        _ series: [Int], tellingIn row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> [Int] {
        var counts = [Int](repeating: 0, count: row.starts.count)
        guard !series.isEmpty else { return counts }
        let bounds = (row.starts + [row.end]).map { min(max(Double($0), range.lowerBound), range.upperBound) }
        let rows = try connection.query(
            """
            SELECT place, count(*)
            FROM unnest($2::double precision[], $3::double precision[]) WITH ORDINALITY AS asked (start, past, place),
                unnest($1::bigint[]) AS wanted (id)
            WHERE asked.start < asked.past AND EXISTS (
                SELECT FROM rollup_quarter WHERE series_id = wanted.id
                    AND bucket > to_timestamp(asked.start - 900) AND bucket < to_timestamp(asked.past))
            GROUP BY place
            """, [.integers(series), .doubles(Array(bounds.dropLast())), .doubles(Array(bounds.dropFirst()))])
        for index in 0..<rows.count { counts[try rows[index].value(0, as: Int.self) - 1] = try rows[index].value(1) }
        return counts
    }

    /// Returns the energy in kWh of whole quarter-hours over all meters, the number of those with data, and the index
    /// of their bucket.
    private static func whole(
        of series: [Int], _ row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> [(place: Int, energy: Double, quarters: Int)] {
        let bounds = (row.starts + [row.end]).map { min(max(Double($0), range.lowerBound), range.upperBound) }
        guard row.starts.count * quartersOfLongBucket > Int((range.upperBound - range.lowerBound) / 900) else {
            // A few long buckets take the least work with one index lookup per bucket and meter, and the planner needs
            // no estimates to choose it.
            return try connection.query(
                """
                SELECT place, energy, quarters
                FROM unnest($2::double precision[], $3::double precision[]) WITH ORDINALITY
                        AS asked (start, past, place),
                    LATERAL (
                        SELECT sum(meter.energy) / 4 AS energy, sum(meter.quarters)::bigint AS quarters
                        FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                            SELECT sum(sum / count) AS energy, count(*) AS quarters FROM rollup_quarter
                            WHERE series_id = wanted.id
                                AND bucket >= to_timestamp(asked.start) AND bucket < to_timestamp(asked.past)
                        ) AS meter
                    ) AS bucket
                WHERE energy IS NOT NULL
                """, [.integers(series), .doubles(bounds.dropLast()), .doubles(Array(bounds.dropFirst()))]
            ).map { (place: try $0.value(0) - 1, energy: try $0.value(1), quarters: try $0.value(2)) }
        }
        var place = 0
        return try connection.query(
            """
            SELECT extract(epoch FROM bucket)::bigint, sum(sum / count) / 4, count(*)
            FROM rollup_quarter
            WHERE series_id = ANY ($1::bigint[]) AND bucket >= to_timestamp($2) AND bucket < to_timestamp($3)
            GROUP BY bucket ORDER BY bucket
            """, [.integers(series), .double(range.lowerBound), .double(range.upperBound)]
        ).map { quarter in
            let start: Int64 = try quarter.value(0)
            while place + 1 < row.starts.count, row.starts[place + 1] <= start { place += 1 }
            return (place: place, energy: try quarter.value(1), quarters: try quarter.value(2))
        }
    }

    /// The number of quarter-hours from which a bucket counts as long.
    private static let quartersOfLongBucket = 16

    /// Returns the parts of the range that lie in quarter-hours not wholly within it.
    private static func cuts(of range: Range<Double>, _ firstWhole: Double, _ lastWhole: Double) -> [Range<Double>] {
        if firstWhole > lastWhole { return [range] }
        return [range.lowerBound..<firstWhole, lastWhole..<range.upperBound].filter { !$0.isEmpty }
    }

    /// Returns the average power in kW, over all meters with data, of the quarter-hour that contains a moment, and
    /// their number.
    private static func power(
        of series: [Int], at moment: Double, _ connection: Connection
    ) throws -> (kilowatts: Double, meters: Int) {
        let row = try connection.query(
            """
            SELECT coalesce(sum(sum / count), 0), count(*) FROM rollup_quarter
            WHERE series_id = ANY ($1::bigint[]) AND bucket = to_timestamp($2)
            """, [.integers(series), .double((moment / 900).rounded(.down) * 900)])[0]
        return (try row.value(0), try row.value(1))
    }
}

/// The sums of energy and covered time by bucket.
private struct BucketSums {
    private let row: CalendarBuckets.Row
    private let range: Range<Double>
    private var energy: [Double?]
    private var covered: [Double]
    /// The covered time over all meters and buckets, in seconds.
    private(set) var seconds = 0.0

    init(_ row: CalendarBuckets.Row, _ range: Range<Double>) {
        self.row = row
        self.range = range
        energy = Array(repeating: nil, count: row.starts.count)
        covered = Array(repeating: 0, count: row.starts.count)
    }

    mutating func add(_ kilowattHours: Double, seconds: Double, to place: Int) {
        energy[place] = (energy[place] ?? 0) + kilowattHours
        covered[place] += seconds
        self.seconds += seconds
    }

    /// Adds the constant total power of several meters to each bucket that the span overlaps.
    mutating func add(kilowatts: Double, meters: Int, _ span: Range<Double>) {
        guard meters > 0, !span.isEmpty, let first = place(of: span.lowerBound) else { return }
        for place in first..<row.starts.count {
            let part = bounds(of: place).clamped(to: span)
            if Double(row.starts[place]) >= span.upperBound { break }
            let length = part.upperBound - part.lowerBound
            guard length > 0 else { continue }
            add(kilowatts * length / 3600, seconds: Double(meters) * length, to: place)
        }
    }

    private func bounds(of place: Int) -> Range<Double> {
        Double(row.starts[place])..<Double(place + 1 < row.starts.count ? row.starts[place + 1] : row.end)
    }

    /// Returns the index of the bucket that contains a moment; `nil` before the first.
    private func place(of moment: Double) -> Int? {
        var (low, high) = (0, row.starts.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(row.starts[middle]) <= moment { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    func column(meters: Int) -> EnergyQuery.Column {
        let shares = row.starts.indices.map { place -> Double? in
            let part = bounds(of: place).clamped(to: range)
            let length = part.upperBound - part.lowerBound
            guard length > 0 else { return nil }
            return meters == 0 ? 0 : min(1, covered[place] / (length * Double(meters)))
        }
        let length = range.upperBound - range.lowerBound
        let share = meters == 0 || length <= 0 ? 0 : min(1, seconds / (length * Double(meters)))
        return EnergyQuery.Column(energy: energy, shares: shares, share: share, meters: meters)
    }
}

extension Double {
    /// The value rounded down to whole seconds.
    fileprivate var whole: Int64 { Int64(rounded(.down)) }
    /// The value rounded up to whole seconds.
    fileprivate var wholeUp: Int64 { Int64(rounded(.up)) }
}
