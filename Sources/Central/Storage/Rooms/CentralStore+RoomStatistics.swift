package import Building
internal import Postgres

extension CentralStore {
    /// Returns the room with this id; `nil` if there is none.
    package func address(ofRoom room: Int) async throws -> RoomAddress? {
        try await rooms(room, slug: nil, building: nil, limit: 1).first
    }

    /// Returns the rooms with this slug, at most two, in all buildings or in one.
    package func addresses(ofRoom slug: String, building: String?) async throws -> [RoomAddress] {
        guard !slug.utf8.contains(0), building?.utf8.contains(0) != true else { return [] }
        return try await rooms(nil, slug: slug, building: building, limit: 2)
    }

    /// Returns rooms of all buildings, ordered by building and floor.
    ///
    /// - Parameter limit: The largest number of rooms.
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
                    calendar: try row.value(7))
            }
        }
    }

    /// Returns the statistics of the numbers of some series in a range; `nil` if there are none.
    ///
    /// Whole quarter-hours come from the rollups, the rest of the range from the readings.
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

    /// Returns the share of time that a state held in a range; `nil` if there is no state. A state holds until the next
    /// one, but for at most 15 minutes.
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

    /// Returns the share of a range's quarter-hours that have data of any of the series, 0…1. If the range is visible
    /// only in part, it refers to the visible part.
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

    /// Returns a room's climate for every quarter-hour that has a temperature, oldest first.
    package func climate(
        temperature: RoomSeries, setpoint: RoomSeries, in range: Range<Timestamp>
    ) async throws -> [ClimateQuarter] {
        guard let range = temperature.visible.clamped(range) else { return [] }
        return try await read { connection in
            let quarters = Quarters(range)
            // A quarter-hour that began before the visible range includes data that is not visible.
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

    /// Returns the worst quality of the readings of some series in the last 31 days of a range.
    package func worstQuality(of series: RoomSeries, in range: Range<Timestamp>) async throws -> Quality {
        guard let range = series.visible.clamped(range) else { return .good }
        return try await read { try StatisticsQuery.worst(of: series.series, in: range, $0) }
    }
}

/// The quarter-hours that a range overlaps and those it contains, in milliseconds since 1970.
struct Quarters {
    let firstStart: Int64
    let lastEnd: Int64
    /// The start of the contained quarter-hours. If there are none, both bounds are the end of the range.
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

/// The statements of statistics.
enum StatisticsQuery {
    /// The longest time for which the quality of every reading is read, in milliseconds; more would take too long.
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

    /// Returns the first time of a number that is the minimum or maximum of the range: the rollups lead to its
    /// quarter-hour.
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
