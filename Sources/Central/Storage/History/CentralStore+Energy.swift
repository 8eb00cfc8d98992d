internal import Building
package import Foundation
internal import Postgres

extension CentralStore {
    /// What the parts of a building used, as buckets of its calendar; `nil` where there is no such building.
    ///
    /// Energy is average power × run hours, per meter and then summed; run hours are the time that is covered, to the
    /// quarter of an hour: a quarter that holds readings counts with their average, and a quarter that holds none with
    /// the last reading before it, as long as the meter's habit says that the next one was not due (`MeterHold`). What
    /// lies beyond is a gap and adds nothing. Of a quarter that the range or the present moment cuts, its share counts,
    /// so that the parts of a range add up to the whole.
    package func energy(_ question: EnergyParameters) async throws -> EnergyTable? {
        try await read { connection in
            let hotels = try connection.query(
                "SELECT time_zone, slug FROM hotels WHERE id = $1", [.int(question.hotel)])
            guard let hotel = hotels.first else { return nil }
            let zone = TimeZone(identifier: try hotel.value(0)) ?? .gmt
            let building: String = try hotel.value(1)
            let meters = try EnergyQuery.meters(of: question, connection)
            guard let range = try question.range(zone) ?? EnergyQuery.extent(of: meters, question, zone, connection)
            else { return EnergyTable(zone: zone, building: building, starts: [], columns: [], shares: [], meters: []) }
            try question.requireLength(range)
            let row = CalendarBuckets(question.unit, zone: zone).row(
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
                zone: zone, building: building, starts: row.starts, columns: columns.map(\.energy),
                shares: columns.map(\.shares), meters: counts, coverage: columns.map(\.share),
                overallCoverage: all == 0
                    ? 0 : columns.reduce(0) { $0 + $1.share * Double($1.meters) } / Double(all))
        }
    }
}

/// Which energy is asked for.
package struct EnergyParameters: Sendable {
    package var hotel: Int
    /// In the order of the columns.
    package var subsystems: [String]
    package var unit: CalendarBuckets.Unit
    /// The longest range in seconds, by which what is left open is bounded.
    package var longest: Double
    /// Seconds since 1970, inclusive and exclusive, by the building's time zone where the caller left that open; `nil`
    /// where there is no bound.
    package var bounds: @Sendable (TimeZone) throws -> (start: Double?, end: Double?)
    /// Throws where the range, in seconds since 1970, is longer than the caller answers for.
    package var requireLength: @Sendable (Range<Double>) throws -> Void
    /// Seconds since 1970.
    package var now: Double
    /// Whether the meters of each bucket are counted as well.
    package var countsMeters: Bool

    package init(
        hotel: Int, subsystems: [String], unit: CalendarBuckets.Unit, longest: Double, now: Double,
        countsMeters: Bool = false,
        requireLength: @escaping @Sendable (Range<Double>) throws -> Void = { _ in },
        bounds: @escaping @Sendable (TimeZone) throws -> (start: Double?, end: Double?)
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

    /// Where both bounds are given.
    fileprivate func range(_ zone: TimeZone) throws -> Range<Double>? {
        guard case (let start?, let end?) = try bounds(zone) else { return nil }
        return start..<end
    }
}

/// Energy in kWh by bucket and subsystem.
package struct EnergyTable: Sendable {
    package var zone: TimeZone
    /// The building's slug.
    package var building: String
    /// When each bucket begins, in seconds since 1970.
    package var starts: [Int64]
    /// As asked for, each as long as `starts`; `nil` where nothing was measured. Empty where `starts` is.
    package var columns: [[Double?]]
    /// How much of the time of each bucket that lies in the range and has passed is covered, over all meters of the
    /// subsystem, 0…1; `nil` if none has passed. Like `columns`.
    package var shares: [[Double?]]
    /// How many meters of the subsystem told something in each bucket. Like `columns`, where it was asked for.
    package var meters: [[Int]]
    /// The same as `shares` over the whole range, by subsystem; empty where there is no range.
    package var coverage: [Double] = []
    /// The same over all meters of all subsystems.
    package var overallCoverage = 0.0
}

private enum EnergyQuery {
    /// The series of each subsystem's meters.
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

    /// What is left open reaches as far as there are data, but not into the future. Where the beginning is open as well,
    /// the latest data count that fit into the longest range. `nil` where there are none.
    static func extent(
        of meters: [String: [Int]], _ question: EnergyParameters, _ zone: TimeZone, _ connection: Connection
    ) throws -> Range<Double>? {
        let bounds = try question.bounds(zone)
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

    /// What one subsystem used, and how much of it is known.
    struct Column {
        var energy: [Double?]
        var shares: [Double?]
        var share: Double
        var meters: Int
    }

    /// - Parameter range: what of the question's range has passed.
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
        // Where no quarter is empty there is nothing to fill.
        if sum.seconds < Double(series.count) * (range.upperBound - range.lowerBound) - 1e-3 {
            for hold in try MeterHold.all(of: series, range, connection) {
                sum.add(kilowatts: hold.kilowatts, meters: 1, hold.span.clamped(to: range))
            }
        }
        return sum.column(meters: series.count)
    }

    /// How many of the meters told something, by bucket.
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

    /// The energy of whole quarters and how many of them hold data, over all meters, with the place of the bucket that
    /// they belong to.
    private static func whole(
        of series: [Int], _ row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> [(place: Int, energy: Double, quarters: Int)] {
        let bounds = (row.starts + [row.end]).map { min(max(Double($0), range.lowerBound), range.upperBound) }
        guard row.starts.count * quartersOfLongBucket > Int((range.upperBound - range.lowerBound) / 900) else {
            // Few long buckets: one look into the index for each of them and each meter is the least work, and the
            // server needs no estimate of anything to find that out.
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

    /// Buckets of so many quarters are long.
    private static let quartersOfLongBucket = 16

    /// What of the range lies in quarters that it does not cover.
    private static func cuts(of range: Range<Double>, _ firstWhole: Double, _ lastWhole: Double) -> [Range<Double>] {
        if firstWhole > lastWhole { return [range] }
        return [range.lowerBound..<firstWhole, lastWhole..<range.upperBound].filter { !$0.isEmpty }
    }

    /// The average power of the quarter that a moment is in, over all meters that told of it, kW; and their number.
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

/// Energy and covered time as they add up, by bucket.
private struct BucketSums {
    private let row: CalendarBuckets.Row
    private let range: Range<Double>
    private var energy: [Double?]
    private var covered: [Double]
    /// Covered in all, over all meters.
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

    /// A constant power of so many meters together, over each bucket that the span is in.
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

    /// The bucket that a moment is in.
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
    /// Whole seconds, downwards and upwards.
    fileprivate var whole: Int64 { Int64(rounded(.down)) }
    fileprivate var wholeUp: Int64 { Int64(rounded(.up)) }
}
