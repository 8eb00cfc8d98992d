package import Building
internal import Postgres

extension CentralStore {
    /// The current time of this service.
    package var currentTime: Timestamp { now() }

    /// Returns the series of a datapoint in a room; `nil` if there is no such room.
    ///
    /// - Parameters:
    ///   - device: The id of the only device to include, unique in the whole system. It must be in the room.
    ///   - visible: The range of readings that later queries of the series may return.
    package func series(
        of datapoint: String, inRoom room: Int, device: String?, visible: VisibleRange
    ) async throws -> RoomSeries? {
        try await read { connection in
            let rows = try connection.query(
                """
                SELECT hotels.time_zone, series.id, series.datapoint, devices.class = 'room_controller',
                    devices.device_id, latest.number IS NULL AND latest.value IS NOT NULL
                        AND NOT EXISTS (SELECT FROM rollup_quarter WHERE rollup_quarter.series_id = series.id)
                FROM rooms
                JOIN floors ON floors.id = rooms.floor_id
                JOIN hotels ON hotels.id = floors.hotel_id
                LEFT JOIN (devices JOIN series ON series.device = devices.id) ON devices.room_id = rooms.id
                LEFT JOIN latest_reading AS latest
                    ON latest.device_id = devices.device_id AND latest.datapoint = series.datapoint
                WHERE rooms.id = $1
                ORDER BY devices.device_id, series.datapoint
                """, [.int(room)])
            guard let first = rows.first else { return nil }
            var answer = RoomSeries(
                calendar: try first.value(0), series: [], isText: false, visible: visible, datapoints: [])
            var reported: [Int] = []
            var texts: Set<Int> = []
            var datapoints: Set<String> = []
            for index in 0..<rows.count {
                let row = rows[index]
                guard let id: Int = try row.optional(1) else { continue }
                let name: String = try row.value(2)
                datapoints.insert(name)
                guard name == datapoint, try device == nil || row.value(4) == device else { continue }
                if try row.optional(3) ?? false { reported.append(id) } else { answer.series.append(id) }
                if try row.value(5) { texts.insert(id) }
            }
            if answer.series.isEmpty { answer.series = reported }
            answer.isText = !answer.series.isEmpty && texts.isSuperset(of: answer.series)
            answer.datapoints = datapoints.sorted()
            return answer
        }
    }

    /// Returns the count, sum, minimum, maximum and last value of each bucket with numbers, oldest first.
    ///
    /// - Parameters:
    ///   - buckets: The buckets. Quarter-hours and longer come from the rollups, minutes from the readings.
    ///   - first: A moment in the first bucket, in seconds since 1970.
    ///   - end: The time before which buckets begin, in seconds since 1970.
    ///   - limit: The largest number of buckets.
    package func history(
        of series: RoomSeries, in buckets: CalendarBuckets, from first: Int64, before end: Int64, limit: Int
    ) async throws -> [HistoryBucket] {
        let first = max(first, series.visible.start / 1000)
        guard first < end else { return [] }
        return try await read { connection in
            try Self.collect(buckets, from: first, before: end, limit: limit) { row in
                try HistoryQuery.buckets(of: series, row, finerThanQuarters: buckets.unit == .minute, connection)
            } next: { moment in
                buckets.unit == .minute
                    ? try HistoryQuery.nextReading(of: series.series, from: moment, before: end, connection)
                    : try HistoryQuery.nextQuarter(of: series.series, from: moment, before: end, connection)
            }
        }
    }

    /// Returns the last state and the number of states of each bucket that has any, oldest first.
    package func textHistory(
        of series: RoomSeries, in buckets: CalendarBuckets, from first: Int64, before end: Int64, limit: Int
    ) async throws -> [(start: Int64, count: Int, last: String)] {
        let first = max(first, series.visible.start / 1000)
        guard first < end else { return [] }
        return try await read { connection in
            try Self.collect(buckets, from: first, before: end, limit: limit) { row in
                try HistoryQuery.texts(of: series, row, connection)
            } next: { moment in
                try HistoryQuery.nextReading(of: series.series, from: moment, before: end, connection)
            }
        }
    }

    /// Queries as many buckets at a time as are needed and, if some are empty, continues at the next data: the work is
    /// bounded by the size of the answer.
    private static func collect<Entry>(
        _ buckets: CalendarBuckets, from first: Int64, before end: Int64, limit: Int,
        _ ask: (CalendarBuckets.Row) throws -> [Entry], next: (Int64) throws -> Int64?
    ) throws -> [Entry] {
        var entries: [Entry] = []
        var moment = first
        while true {
            let row = buckets.row(from: moment, before: end, atMost: limit)
            guard !row.starts.isEmpty else { return entries }
            entries += try ask(row)
            guard entries.count < limit, row.end < end, let later = try next(row.end) else {
                return Array(entries.prefix(limit))
            }
            moment = later
        }
    }

    /// Returns single readings, oldest first.
    ///
    /// - Parameters:
    ///   - skip: The number of readings at the time `first` to leave out, for continuing a list.
    ///   - end: The time before which readings are returned.
    package func readings(
        of series: RoomSeries, from first: ReadingTime, skip: Int, before end: ReadingTime, limit: Int
    ) async throws -> [RawReading] {
        let first = max(first, ReadingTime(series.visible.beginning ?? first.timestamp))
        return try await read { connection in
            try connection.query(
                """
                SELECT (extract(epoch FROM time) * 1000000)::bigint, number, text
                FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                    SELECT time, number, text FROM reading
                    WHERE series_id = wanted.id AND time >= TIMESTAMPTZ 'epoch' + $2 * INTERVAL '1 microsecond'
                        AND time < TIMESTAMPTZ 'epoch' + $3 * INTERVAL '1 microsecond'
                        AND (number IS NOT NULL OR text IS NOT NULL)
                    ORDER BY time, number, text LIMIT $4 + $5
                ) AS one
                ORDER BY time, wanted.id, number, text OFFSET $4 LIMIT $5
                """,
                [
                    .integers(series.series), .bigint(first.microsecondsSince1970), .bigint(end.microsecondsSince1970),
                    .int(skip), .int(limit),
                ]
            ).map { row in
                let number: Double? = try row.optional(1)
                return RawReading(
                    time: ReadingTime(microsecondsSince1970: try row.value(0)),
                    value: try number.map { .number($0) } ?? .text(try row.value(2)))
            }
        }
    }
}

/// A time in the database's resolution.
package struct ReadingTime: Hashable, Sendable, Comparable {
    /// The time in microseconds since 1970, UTC.
    package var microsecondsSince1970: Int64

    /// Creates a time.
    package init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

    /// Creates a time from one in milliseconds.
    package init(_ time: Timestamp) { microsecondsSince1970 = time.millisecondsSince1970 * 1000 }

    /// The time rounded to milliseconds, towards 1970.
    package var timestamp: Timestamp { Timestamp(millisecondsSince1970: microsecondsSince1970 / 1000) }

    /// Returns whether `left` is earlier than `right`.
    package static func < (left: ReadingTime, right: ReadingTime) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }
}

/// A single reading.
package struct RawReading: Hashable, Sendable {
    /// The time of the measurement.
    package var time: ReadingTime
    /// The value in the datapoint's unit.
    package var value: ReadingValue
}

private enum HistoryQuery {
    static func buckets(
        of series: RoomSeries, _ row: CalendarBuckets.Row, finerThanQuarters: Bool, _ connection: Connection
    ) throws -> [HistoryBucket] {
        let starts = row.starts.map(Double.init)
        let past = Array(starts.dropFirst()) + [Double(row.end)]
        let (beginning, wholeQuarter) = (
            Double(series.visible.start) / 1000, Double(series.visible.firstWholeQuarter) / 1000
        )
        let isCut = series.visible.beginning != nil && starts.first.map { $0 < wholeQuarter } == true
        let rows =
            finerThanQuarters
            ? try connection.query(
                """
                SELECT width_bucket(date_part('epoch', time), $2::double precision[]), count(*), sum(number),
                    min(number), max(number), (array_agg(number ORDER BY time DESC, series_id DESC))[1]
                FROM reading
                WHERE series_id = ANY ($1::bigint[]) AND number BETWEEN -1e290 AND 1e290
                    AND time >= to_timestamp(greatest(($2::double precision[])[1], $4)) AND time < to_timestamp($3)
                GROUP BY 1 ORDER BY 1
                """, [.integers(series.series), .doubles(starts), .double(Double(row.end)), .double(beginning)])
            : isCut
                // The quarter-hour in which the visible range begins also has other data: its visible part comes from
                // the readings.
                ? try connection.query(
                    """
                    SELECT place, count, sum, minimum, maximum, last
                    FROM unnest($2::double precision[], $3::double precision[]) WITH ORDINALITY
                            AS asked (start, past, place),
                        LATERAL (
                            SELECT sum(count)::bigint AS count, sum(sum) AS sum, min(minimum) AS minimum,
                                max(maximum) AS maximum,
                                (array_agg(last_value ORDER BY last_time DESC, series_id DESC))[1] AS last
                            FROM (
                                SELECT series_id, count::bigint AS count, sum, minimum, maximum, last_value, last_time
                                FROM rollup_quarter
                                WHERE series_id = ANY ($1::bigint[]) AND bucket >= to_timestamp(greatest(asked.start, $5))
                                    AND bucket < to_timestamp(asked.past)
                                UNION ALL
                                SELECT series_id, 1, number, number, number, number, time FROM reading
                                WHERE series_id = ANY ($1::bigint[]) AND number BETWEEN -1e290 AND 1e290
                                    AND time >= to_timestamp(greatest(asked.start, $4))
                                    AND time < to_timestamp(least(asked.past, $5))
                            ) AS visible
                        ) AS step
                    WHERE count IS NOT NULL ORDER BY place
                    """,
                    [
                        .integers(series.series), .doubles(starts), .doubles(past), .double(beginning),
                        .double(wholeQuarter),
                    ])
                : try connection.query(
                    """
                    SELECT place, count, sum, minimum, maximum, last
                    FROM unnest($2::double precision[], $3::double precision[]) WITH ORDINALITY
                            AS asked (start, past, place),
                        LATERAL (
                            SELECT sum(count) AS count, sum(sum) AS sum, min(minimum) AS minimum,
                                max(maximum) AS maximum,
                                (array_agg(last_value ORDER BY last_time DESC, series_id DESC))[1] AS last
                            FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                                SELECT * FROM rollup_quarter
                                WHERE series_id = wanted.id
                                    AND bucket >= to_timestamp(asked.start) AND bucket < to_timestamp(asked.past)
                            ) AS quarter
                        ) AS step
                    WHERE count IS NOT NULL ORDER BY place
                    """,
                    [.integers(series.series), .doubles(starts), .doubles(past)])
        return try rows.map { entry in
            HistoryBucket(
                start: row.starts[try entry.value(0) - 1], count: try entry.value(1), sum: try entry.value(2),
                minimum: try entry.value(3), maximum: try entry.value(4), last: try entry.value(5))
        }
    }

    static func texts(
        of series: RoomSeries, _ row: CalendarBuckets.Row, _ connection: Connection
    ) throws -> [(start: Int64, count: Int, last: String)] {
        try connection.query(
            """
            SELECT width_bucket(date_part('epoch', time), $2::double precision[]), count(*),
                (array_agg(text ORDER BY time DESC, series_id DESC))[1]
            FROM reading
            WHERE series_id = ANY ($1::bigint[]) AND text IS NOT NULL
                AND time >= to_timestamp(greatest(($2::double precision[])[1], $4)) AND time < to_timestamp($3)
            GROUP BY 1 ORDER BY 1
            """,
            [
                .integers(series.series), .doubles(row.starts.map(Double.init)), .double(Double(row.end)),
                .double(Double(series.visible.start) / 1000),
            ]
        ).map { (start: row.starts[try $0.value(0) - 1], count: try $0.value(1), last: try $0.value(2)) }
    }

    /// Returns the time of the next reading in whole seconds since 1970.
    static func nextReading(
        of series: [Int], from moment: Int64, before end: Int64, _ connection: Connection
    ) throws -> Int64? {
        try connection.query(
            """
            SELECT floor(extract(epoch FROM min(one.time)))::bigint
            FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                SELECT time FROM reading
                WHERE series_id = wanted.id AND time >= to_timestamp($2) AND time < to_timestamp($3)
                ORDER BY time LIMIT 1
            ) AS one
            """, [.integers(series), .double(Double(moment)), .double(Double(end))])[0].optional(0)
    }

    static func nextQuarter(
        of series: [Int], from moment: Int64, before end: Int64, _ connection: Connection
    ) throws -> Int64? {
        try connection.query(
            """
            SELECT extract(epoch FROM min(one.bucket))::bigint
            FROM unnest($1::bigint[]) AS wanted (id), LATERAL (
                SELECT bucket FROM rollup_quarter
                WHERE series_id = wanted.id AND bucket >= to_timestamp($2) AND bucket < to_timestamp($3)
                ORDER BY bucket LIMIT 1
            ) AS one
            """, [.integers(series), .double(Double(moment)), .double(Double(end))])[0].optional(0)
    }
}
