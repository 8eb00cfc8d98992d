internal import Building
public import Foundation
internal import Postgres

extension CentralStore {
    /// What the parts of a building used, as buckets of its calendar; `nil` where there is no such building.
    ///
    /// Energy is average power × run hours, per meter and quarter of an hour that holds data, then summed: a quarter in
    /// which a meter said nothing adds nothing. Of a quarter that the range cuts, the readings inside of it count.
    public func energy(_ question: EnergyQuestion) async throws -> EnergyTable? {
        try await read { connection in
            let hotels = try connection.query(
                "SELECT time_zone, slug FROM hotels WHERE id = $1", [.int(question.hotel)])
            guard let hotel = hotels.first else { return nil }
            let zone = TimeZone(identifier: try hotel.value(0)) ?? .gmt
            let meters = try EnergyQuery.meters(of: question, connection)
            guard let range = try question.range(zone) ?? EnergyQuery.extent(of: meters, question, zone, connection)
            else { return EnergyTable(zone: zone, building: try hotel.value(1), starts: [], columns: []) }
            try question.requireLength(range)
            let row = CalendarBuckets(question.unit, zone: zone).row(
                from: range.lowerBound.whole, before: range.upperBound.wholeUp)
            let columns = try question.subsystems.map { subsystem in
                try EnergyQuery.column(of: meters[subsystem] ?? [], row, range, connection)
            }
            return EnergyTable(zone: zone, building: try hotel.value(1), starts: row.starts, columns: columns)
        }
    }
}

/// Which energy is asked for.
public struct EnergyQuestion: Sendable {
    public var hotel: Int
    /// In the order of the columns.
    public var subsystems: [String]
    public var unit: CalendarBuckets.Unit
    /// The longest range in seconds, by which what is left open is bounded.
    public var longest: Double
    /// Seconds since 1970, inclusive and exclusive, by the building's time zone where the caller left that open; `nil`
    /// where there is no bound.
    public var bounds: @Sendable (TimeZone) throws -> (start: Double?, end: Double?)
    /// Throws where the range, in seconds since 1970, is longer than the caller answers for.
    public var requireLength: @Sendable (Range<Double>) throws -> Void
    /// Seconds since 1970.
    public var now: Double

    public init(
        hotel: Int, subsystems: [String], unit: CalendarBuckets.Unit, longest: Double, now: Double,
        requireLength: @escaping @Sendable (Range<Double>) throws -> Void = { _ in },
        bounds: @escaping @Sendable (TimeZone) throws -> (start: Double?, end: Double?)
    ) {
        self.hotel = hotel
        self.subsystems = subsystems
        self.unit = unit
        self.longest = longest
        self.now = now
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
public struct EnergyTable: Sendable {
    public var zone: TimeZone
    /// The building's slug.
    public var building: String
    /// When each bucket begins, in seconds since 1970.
    public var starts: [Int64]
    /// As asked for, each as long as `starts`; `nil` where nothing was measured. Empty where `starts` is.
    public var columns: [[Double?]]
}

private enum EnergyQuery {
    /// The series of each subsystem's meters.
    static func meters(of question: EnergyQuestion, _ connection: Connection) throws -> [String: [Int]] {
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
        of meters: [String: [Int]], _ question: EnergyQuestion, _ zone: TimeZone, _ connection: Connection
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

    /// The energy of one subsystem.
    static func column(
        of series: [Int], _ row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> [Double?] {
        var column = [Double?](repeating: nil, count: row.starts.count)
        guard !series.isEmpty else { return column }
        let firstWhole = (range.lowerBound / 900).rounded(.up) * 900
        let lastWhole = (range.upperBound / 900).rounded(.down) * 900
        if firstWhole < lastWhole {
            for (start, energy) in try whole(of: series, row, firstWhole..<lastWhole, connection) {
                column[start] = (column[start] ?? 0) + energy
            }
        }
        for cut in cuts(of: range, firstWhole, lastWhole) {
            guard let energy = try energy(of: series, in: cut, connection) else { continue }
            let place = row.starts.lastIndex { Double($0) <= cut.lowerBound } ?? 0
            column[place] = (column[place] ?? 0) + energy
        }
        return column
    }

    /// The energy of whole quarters, with the place of the bucket that it belongs to.
    private static func whole(
        of series: [Int], _ row: CalendarBuckets.Row, _ range: Range<Double>, _ connection: Connection
    ) throws -> [(place: Int, energy: Double)] {
        let bounds = (row.starts + [row.end]).map { min(max(Double($0), range.lowerBound), range.upperBound) }
        guard row.starts.count * quartersOfLongBucket > Int((range.upperBound - range.lowerBound) / 900) else {
            // Few long buckets: one look into the index for each of them and each meter is the least work, and the
            // server needs no estimate of anything to find that out.
            return try connection.query(
                """
                SELECT place, energy
                FROM unnest($2::double precision[], $3::double precision[]) WITH ORDINALITY
                        AS asked (start, past, place),
                    LATERAL (
                        SELECT sum(meter.energy) / 4 AS energy
                        FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                            SELECT sum(sum / count) AS energy FROM rollup_quarter
                            WHERE series_id = wanted.id
                                AND bucket >= to_timestamp(asked.start) AND bucket < to_timestamp(asked.past)
                        ) AS meter
                    ) AS bucket
                WHERE energy IS NOT NULL
                """, [.integers(series), .doubles(bounds.dropLast()), .doubles(Array(bounds.dropFirst()))]
            ).map { (place: try $0.value(0) - 1, energy: try $0.value(1)) }
        }
        var place = 0
        return try connection.query(
            """
            SELECT extract(epoch FROM bucket)::bigint, sum(sum / count) / 4
            FROM rollup_quarter
            WHERE series_id = ANY ($1::bigint[]) AND bucket >= to_timestamp($2) AND bucket < to_timestamp($3)
            GROUP BY bucket ORDER BY bucket
            """, [.integers(series), .double(range.lowerBound), .double(range.upperBound)]
        ).map { quarter in
            let start: Int64 = try quarter.value(0)
            while place + 1 < row.starts.count, row.starts[place + 1] <= start { place += 1 }
            return (place: place, energy: try quarter.value(1))
        }
    }

    /// Buckets of so many quarters are long.
    private static let quartersOfLongBucket = 16

    /// What of the range lies in quarters that it does not cover.
    private static func cuts(of range: Range<Double>, _ firstWhole: Double, _ lastWhole: Double) -> [Range<Double>] {
        if firstWhole > lastWhole { return [range] }
        return [range.lowerBound..<firstWhole, lastWhole..<range.upperBound].filter { !$0.isEmpty }
    }

    /// Of less than a quarter, from the readings: what was measured stands for the quarter.
    private static func energy(
        of series: [Int], in cut: Range<Double>, _ connection: Connection
    ) throws -> Double? {
        try connection.query(
            """
            SELECT sum(average) / 4 FROM (
                SELECT avg(number) AS average FROM reading
                WHERE series_id = ANY ($1::bigint[]) AND number BETWEEN -1e290 AND 1e290
                    AND time >= to_timestamp($2) AND time < to_timestamp($3)
                GROUP BY series_id
            ) AS meter
            """, [.integers(series), .double(cut.lowerBound), .double(cut.upperBound)])[0].optional(0)
    }
}

extension Double {
    /// Whole seconds, downwards and upwards.
    fileprivate var whole: Int64 { Int64(rounded(.down)) }
    fileprivate var wholeUp: Int64 { Int64(rounded(.up)) }
}
