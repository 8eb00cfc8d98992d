package import Building
internal import Postgres

extension CentralStore {
    /// The room with this id; `nil` where there is none.
    package func address(ofRoom room: Int) async throws -> RoomAddress? {
        try await rooms(room, slug: nil, building: nil, limit: 1).first
    }

    /// The rooms with this slug, at most two, in all buildings or the one named.
    package func addresses(ofRoom slug: String, building: String?) async throws -> [RoomAddress] {
        guard !slug.utf8.contains(0), building?.utf8.contains(0) != true else { return [] }
        return try await rooms(nil, slug: slug, building: building, limit: 2)
    }

    /// Rooms of all buildings, by building and floor.
    ///
    /// - Parameter limit: at most so many.
    package func addresses(limit: Int) async throws -> [RoomAddress] {
        try await rooms(nil, slug: nil, building: nil, limit: limit)
    }

    private func rooms(_ id: Int?, slug: String?, building: String?, limit: Int) async throws -> [RoomAddress] {
        try await read { connection in
            try connection.query(
                """
                SELECT rooms.id, rooms.slug, rooms.name, hotels.id, hotels.slug, hotels.name, floors.name,
                    hotels.time_zone
                FROM rooms JOIN floors ON floors.id = rooms.floor_id JOIN hotels ON hotels.id = floors.hotel_id
                WHERE ($1::bigint IS NULL OR rooms.id = $1) AND ($2::text IS NULL OR rooms.slug = $2)
                    AND ($3::text IS NULL OR hotels.slug = $3)
                ORDER BY hotels.slug, floors.level, floors.slug, rooms.slug LIMIT $4
                """, [.int(id), .text(slug), .text(building), .int(limit)]
            ).map { row in
                RoomAddress(
                    room: try row.value(0), slug: try row.value(1), name: try row.value(2), hotel: try row.value(3),
                    building: try row.value(4), buildingName: try row.value(5), floorName: try row.value(6),
                    timeZone: try row.value(7))
            }
        }
    }

    /// What the numbers of some series were in a range; `nil` where there are none.
    ///
    /// Whole quarters of an hour are answered from the rollups, what the range cuts from the readings.
    package func statistics(of series: RoomSeries, in range: Range<Timestamp>) async throws -> RoomStatistics? {
        guard let range = series.visible.clamped(range) else { return nil }
        return try await read { connection in
            let quarters = Quarters(range)
            let rows = try connection.query(
                """
                WITH part AS (
                    SELECT count::bigint AS count, sum, minimum, maximum FROM rollup_quarter
                    WHERE series_id = ANY ($1::bigint[])
                        AND bucket >= to_timestamp($2::bigint / 1000.0) AND bucket < to_timestamp($3::bigint / 1000.0)
                    UNION ALL
                    SELECT 1, number, number, number FROM reading
                    WHERE series_id = ANY ($1::bigint[]) AND number BETWEEN -1e290 AND 1e290
                        AND (time >= to_timestamp($4::bigint / 1000.0) AND time < to_timestamp($2::bigint / 1000.0)
                            OR time >= to_timestamp($3::bigint / 1000.0) AND time < to_timestamp($5::bigint / 1000.0))
                )
                SELECT sum(count)::bigint, sum(sum), min(minimum), max(maximum) FROM part
                """,
                [
                    .integers(series.series), .bigint(quarters.wholeStart), .bigint(quarters.wholeEnd),
                    .bigint(range.lowerBound.millisecondsSince1970), .bigint(range.upperBound.millisecondsSince1970),
                ])
            guard let row = rows.first, let count: Int = try row.optional(0), count > 0 else { return nil }
            let (minimum, maximum): (Double, Double) = (try row.value(2), try row.value(3))
            let last = try StatisticsQuery.last(of: series.series, in: range, connection)
            let start = range.lowerBound
            return RoomStatistics(
                count: count, sum: try row.value(1), minimum: minimum, maximum: maximum, last: last?.number ?? maximum,
                minimumTime: try StatisticsQuery.time(of: minimum, series.series, range, connection) ?? start,
                maximumTime: try StatisticsQuery.time(of: maximum, series.series, range, connection) ?? start,
                lastTime: last?.time ?? start,
                quality: try StatisticsQuery.worst(of: series.series, in: range, connection))
        }
    }

    /// How long a state held in a range; `nil` where nothing is known of it. A state that was said holds until the next,
    /// but for no longer than a quarter of an hour.
    package func states(
        of series: RoomSeries, being state: String, in range: Range<Timestamp>
    ) async throws -> StateStatistics? {
        guard let range = series.visible.clamped(range) else { return nil }
        return try await read { connection in
            let rows = try connection.query(
                """
                SELECT count(*), sum(span) FILTER (WHERE text = $4) / nullif(sum(span), 0), sum(span),
                    (array_agg(text ORDER BY time DESC))[1], milliseconds(max(time)), max(quality)
                FROM (
                    SELECT time, text, quality, extract(epoch FROM least(
                        lead(time) OVER (PARTITION BY series_id ORDER BY time),
                        time + INTERVAL '15 minutes', to_timestamp($3::bigint / 1000.0)) - time)::double precision AS span
                    FROM reading
                    WHERE series_id = ANY ($1::bigint[]) AND text IS NOT NULL
                        AND time >= to_timestamp($2::bigint / 1000.0) AND time < to_timestamp($3::bigint / 1000.0)
                ) AS said
                """,
                [
                    .integers(series.series), .bigint(range.lowerBound.millisecondsSince1970),
                    .bigint(range.upperBound.millisecondsSince1970), .text(state),
                ])
            guard let row = rows.first, let last: String = try row.optional(3) else { return nil }
            let known: Double? = try row.optional(2)
            return StateStatistics(
                count: try row.value(0), share: known == nil ? nil : try row.optional(1) ?? 0, last: last,
                lastTime: Timestamp(millisecondsSince1970: try row.value(4)),
                quality: Quality(rawValue: try row.value(5)) ?? .degraded)
        }
    }

    /// How many of the quarters of an hour that a range touches hold data of any of the series, 0…1. Of a range that is
    /// visible only in part, the visible part counts.
    package func coverage(
        of series: RoomSeries, in range: Range<Timestamp>, areStates: Bool = false
    ) async throws -> Double {
        guard series.isKnown, let range = series.visible.clamped(range) else { return 0 }
        return try await read { connection in
            let quarters = Quarters(range)
            let held =
                areStates
                ? try connection.query(
                    """
                    SELECT count(DISTINCT quarter_of(time)) FROM reading
                    WHERE series_id = ANY ($1::bigint[])
                        AND time >= to_timestamp(greatest($2::bigint, $4::bigint) / 1000.0)
                        AND time < to_timestamp($3::bigint / 1000.0)
                    """,
                    [
                        .integers(series.series), .bigint(quarters.firstStart), .bigint(quarters.lastEnd),
                        .bigint(series.visible.start),
                    ])
                : try connection.query(
                    """
                    SELECT count(*) FROM (
                        SELECT bucket FROM rollup_quarter
                        WHERE series_id = ANY ($1::bigint[])
                            AND bucket >= to_timestamp(greatest($2::bigint, $5::bigint) / 1000.0)
                            AND bucket < to_timestamp($3::bigint / 1000.0)
                        UNION
                        SELECT quarter_of(time) FROM reading
                        WHERE series_id = ANY ($1::bigint[]) AND number BETWEEN -1e290 AND 1e290
                            AND time >= to_timestamp(greatest($2::bigint, $4::bigint) / 1000.0)
                            AND time < to_timestamp(least($3::bigint, $5::bigint) / 1000.0)
                    ) AS held
                    """,
                    [
                        .integers(series.series), .bigint(quarters.firstStart), .bigint(quarters.lastEnd),
                        .bigint(series.visible.start), .bigint(series.visible.firstWholeQuarter),
                    ])
            return min(Double(try held[0].value(0, as: Int.self)) / Double(max(quarters.count, 1)), 1)
        }
    }

    /// A room's climate by quarters of an hour, of those that hold a temperature, oldest first.
    package func climate(
        temperature: RoomSeries, setpoint: RoomSeries, in range: Range<Timestamp>
    ) async throws -> [ClimateQuarter] {
        guard let range = temperature.visible.clamped(range) else { return [] }
        return try await read { connection in
            let quarters = Quarters(range)
            // A quarter that began before the visible time holds what is not visible.
            return try connection.query(
                """
                SELECT milliseconds(temperature.bucket), sum / count, minimum, maximum, wanted.last_value, count, sum
                FROM (
                    SELECT bucket, sum(sum) AS sum, sum(count)::bigint AS count, min(minimum) AS minimum,
                        max(maximum) AS maximum
                    FROM rollup_quarter
                    WHERE series_id = ANY ($1::bigint[])
                        AND bucket >= to_timestamp(greatest($3::bigint, $5::bigint) / 1000.0)
                        AND bucket < to_timestamp($4::bigint / 1000.0)
                    GROUP BY bucket
                ) AS temperature
                LEFT JOIN LATERAL (
                    SELECT last_value FROM rollup_quarter
                    WHERE series_id = ANY ($2::bigint[]) AND bucket <= temperature.bucket
                        AND bucket > temperature.bucket - INTERVAL '2 days'
                        AND bucket >= to_timestamp($6::bigint / 1000.0)
                    ORDER BY bucket DESC LIMIT 1
                ) AS wanted ON true
                ORDER BY temperature.bucket
                """,
                [
                    .integers(temperature.series), .integers(setpoint.series), .bigint(quarters.firstStart),
                    .bigint(quarters.lastEnd), .bigint(temperature.visible.firstWholeQuarter),
                    .bigint(setpoint.visible.firstWholeQuarter),
                ]
            ).map { row in
                ClimateQuarter(
                    start: Timestamp(millisecondsSince1970: try row.value(0)), averageCelsius: try row.value(1),
                    minimumCelsius: try row.value(2), maximumCelsius: try row.value(3),
                    setpointCelsius: try row.optional(4), count: try row.value(5), sumCelsius: try row.value(6))
            }
        }
    }

    /// The worst quality of the readings of some series in a range; of a long range, in its last 31 days.
    package func worstQuality(of series: RoomSeries, in range: Range<Timestamp>) async throws -> Quality {
        guard let range = series.visible.clamped(range) else { return .good }
        return try await read { try StatisticsQuery.worst(of: series.series, in: range, $0) }
    }
}

/// The quarters of an hour that a range touches, and those that it holds whole; milliseconds since 1970.
struct Quarters {
    let firstStart: Int64
    let lastEnd: Int64
    /// Where the range holds no whole quarter, both are its end.
    let wholeStart: Int64
    let wholeEnd: Int64

    static let length: Int64 = 900_000

    init(_ range: Range<Timestamp>) {
        let (start, end) = (range.lowerBound.millisecondsSince1970, range.upperBound.millisecondsSince1970)
        func down(_ value: Int64) -> Int64 { value - (value % Self.length + Self.length) % Self.length }
        func up(_ value: Int64) -> Int64 { down(value + Self.length - 1) }
        firstStart = down(start)
        lastEnd = up(end)
        let hasWhole = up(start) < down(end)
        wholeStart = hasWhole ? up(start) : end
        wholeEnd = hasWhole ? down(end) : end
    }

    var count: Int { Int((lastEnd - firstStart) / Self.length) }
}

enum StatisticsQuery {
    /// Looking at the quality of every reading of a longer time takes too long.
    private static let longestForQuality: Int64 = 31 * 86_400_000

    static func last(
        of series: [Int], in range: Range<Timestamp>, _ connection: Connection
    ) throws -> (number: Double, time: Timestamp)? {
        let rows = try connection.query(
            """
            SELECT number, milliseconds(time)
            FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                SELECT number, time FROM reading
                WHERE series_id = wanted.id AND number BETWEEN -1e290 AND 1e290
                    AND time >= to_timestamp($2::bigint / 1000.0) AND time < to_timestamp($3::bigint / 1000.0)
                ORDER BY time DESC LIMIT 1
            ) AS newest
            ORDER BY time DESC, wanted.id DESC LIMIT 1
            """, bounds(series, range))
        guard let row = rows.first else { return nil }
        return (number: try row.value(0), time: Timestamp(millisecondsSince1970: try row.value(1)))
    }

    /// When a number that is the least or greatest of the range was first measured: the rollups lead to its quarter.
    static func time(
        of number: Double, _ series: [Int], _ range: Range<Timestamp>, _ connection: Connection
    ) throws -> Timestamp? {
        let rows = try connection.query(
            """
            SELECT milliseconds(min(reading.time))
            FROM rollup_quarter AS quarter JOIN reading ON reading.series_id = quarter.series_id
                AND reading.time >= quarter.bucket AND reading.time < quarter.bucket + INTERVAL '15 minutes'
                AND reading.number = $4
                AND reading.time >= to_timestamp($2::bigint / 1000.0)
                AND reading.time < to_timestamp($3::bigint / 1000.0)
            WHERE quarter.series_id = ANY ($1::bigint[]) AND $4 BETWEEN quarter.minimum AND quarter.maximum
                AND (quarter.minimum = $4 OR quarter.maximum = $4
                    OR quarter.bucket < to_timestamp($2::bigint / 1000.0)
                    OR quarter.bucket > to_timestamp($3::bigint / 1000.0) - INTERVAL '15 minutes')
                AND quarter.bucket > to_timestamp($2::bigint / 1000.0) - INTERVAL '15 minutes'
                AND quarter.bucket < to_timestamp($3::bigint / 1000.0)
            """, bounds(series, range) + [.double(number)])
        return try rows[0].optional(0, as: Int64.self).map(Timestamp.init(millisecondsSince1970:))
    }

    static func worst(of series: [Int], in range: Range<Timestamp>, _ connection: Connection) throws -> Quality {
        let end = range.upperBound.millisecondsSince1970
        let start = max(range.lowerBound.millisecondsSince1970, end - longestForQuality)
        let worst: Int? = try connection.query(
            """
            SELECT max(quality) FROM reading
            WHERE series_id = ANY ($1::bigint[])
                AND time >= to_timestamp($2::bigint / 1000.0) AND time < to_timestamp($3::bigint / 1000.0)
            """, [.integers(series), .bigint(start), .bigint(end)])[0].optional(0)
        return worst.map { UInt8(clamping: $0) }.map { Quality(rawValue: $0) ?? .degraded } ?? .good
    }

    private static func bounds(_ series: [Int], _ range: Range<Timestamp>) -> [Parameter] {
        [
            .integers(series), .bigint(range.lowerBound.millisecondsSince1970),
            .bigint(range.upperBound.millisecondsSince1970),
        ]
    }
}
