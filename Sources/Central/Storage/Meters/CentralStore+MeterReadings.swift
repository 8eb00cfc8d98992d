package import Building
package import CivilTime
internal import Postgres

extension CentralStore {
    /// Returns the registers of smart meters, ordered by id.
    ///
    /// - Parameters:
    ///   - hotel: The only building to include; `nil` for all.
    ///   - muid: The only meter to include; `nil` for all.
    package func meterRegisters(hotel: Int? = nil, muid: String? = nil) async throws -> [MeterRegisterEntry] {
        try await read { connection in
            let rows = try connection.query(
                """
                SELECT meter_register.id, meter_register.obis, devices.slug, devices.hotel_id
                FROM meter_register JOIN devices ON devices.id = meter_register.device
                WHERE ($1::bigint IS NULL OR devices.hotel_id = $1) AND ($2::text IS NULL OR devices.slug = $2)
                ORDER BY meter_register.id
                """, [.int(hotel), .text(muid)])
            return try (0..<rows.count).compactMap { index in
                let row = rows[index]
                guard let register = MeterRegister(rawValue: try row.value(1)) else { return nil }
                return MeterRegisterEntry(
                    id: try row.value(0), register: register, muid: try row.value(2), hotelID: try row.optional(3))
            }
        }
    }

    /// Returns whether there is a building with this id.
    package func hasHotel(_ id: Int) async throws -> Bool {
        try await run { try !$0.query("SELECT FROM hotels WHERE id = $1", [.int(id)]).isEmpty }
    }

    /// Returns the times of the oldest and newest readings of the registers; `nil` if there are none.
    package func extent(ofMeterRegisters registers: [Int]) async throws -> ClosedRange<Timestamp>? {
        try await read { connection in
            let row = try connection.query(
                """
                SELECT milliseconds(min(oldest)), milliseconds(max(newest))
                FROM unnest($1::integer[]) AS register_id,
                    LATERAL (SELECT min(time) AS oldest, max(time) AS newest FROM meter_reading
                        WHERE meter_reading.register_id = register_id.register_id) AS extent
                """, [.integers(registers)])[0]
            guard let oldest = try row.optional(0, as: Int64.self), let newest = try row.optional(1, as: Int64.self)
            else { return nil }
            return Timestamp(millisecondsSince1970: oldest)...Timestamp(millisecondsSince1970: newest)
        }
    }

    /// Returns readings, oldest first, those of the same time ordered by OBIS code.
    ///
    /// - Returns: A page of readings, and the total number.
    package func meterReadings(
        _ question: MeterQuestion, limit: Int, offset: Int
    ) async throws -> (page: [StoredMeterReading], total: Int) {
        try await read { connection in
            // Readings are counted by week, so that a page far from the start need not sort everything before it.
            let weeks = try connection.query(
                """
                SELECT milliseconds(date_bin(INTERVAL '7 days', time, TIMESTAMPTZ '1970-01-01 00:00:00+00')) AS week,
                    count(*)
                FROM meter_reading
                WHERE register_id = ANY($1::integer[]) AND time >= to_timestamp($2::bigint / 1000.0)
                    AND time < to_timestamp($3::bigint / 1000.0)
                    AND ($5::text = 'all' OR (date_part('isodow', time AT TIME ZONE $4) < 6) = ($5 = 'weekdays'))
                GROUP BY 1 ORDER BY 1
                """, question.parameters
            ).map { (start: try $0.value(0, as: Int64.self), count: try $0.value(1, as: Int.self)) }
            var page = question
            var total = 0
            var before = 0
            for week in weeks {
                if total + week.count <= offset {
                    before += week.count
                } else if total < offset + limit {
                    if before == total {
                        page.from = max(question.from, Timestamp(millisecondsSince1970: week.start))
                    }
                    page.until = min(
                        question.until, Timestamp(millisecondsSince1970: week.start + MeterQuestion.week))
                }
                total += week.count
            }
            guard offset < total else { return ([], total) }
            let rows = try connection.query(
                """
                SELECT milliseconds(time), register_id, kwh, quality
                FROM meter_reading JOIN meter_register ON meter_register.id = register_id
                WHERE register_id = ANY($1::integer[]) AND time >= to_timestamp($2::bigint / 1000.0)
                    AND time < to_timestamp($3::bigint / 1000.0)
                    AND ($5::text = 'all' OR (date_part('isodow', time AT TIME ZONE $4) < 6) = ($5 = 'weekdays'))
                ORDER BY time, obis, register_id LIMIT $6 OFFSET $7
                """, page.parameters + [.int(limit), .int(offset - before)]
            ).map { row in
                StoredMeterReading(
                    time: Timestamp(millisecondsSince1970: try row.value(0)), registerID: try row.value(1),
                    kilowattHours: try row.value(2), quality: try row.value(3))
            }
            return (rows, total)
        }
    }

    /// Returns sums by hour, day, week (from Monday) or month, oldest first. Registers with the same OBIS code are
    /// combined.
    ///
    /// - Returns: A page of buckets, and the total number.
    package func meterBuckets(
        _ question: MeterQuestion, by unit: MeterBucketUnit, limit: Int, offset: Int
    ) async throws -> (page: [MeterBucket], total: Int) {
        try await read { connection in
            let rows = try connection.query(
                """
                WITH part AS MATERIALIZED (
                    SELECT date_trunc($8, time, $4) AS start, register_id, count(*) AS count, sum(kwh) AS total,
                        min(kwh) AS minimum, max(kwh) AS maximum
                    FROM meter_reading
                    WHERE register_id = ANY($1::integer[]) AND time >= to_timestamp($2::bigint / 1000.0)
                        AND time < to_timestamp($3::bigint / 1000.0)
                        AND ($5::text = 'all' OR (date_part('isodow', time AT TIME ZONE $4) < 6) = ($5 = 'weekdays'))
                    GROUP BY 1, 2
                ), bucket AS MATERIALIZED (
                    SELECT start, obis, sum(count)::bigint AS count, sum(total) AS total, min(minimum) AS minimum,
                        max(maximum) AS maximum
                    FROM part JOIN meter_register ON meter_register.id = register_id
                    GROUP BY 1, 2
                )
                SELECT whole.count, milliseconds(page.start), page.obis, page.count, page.total, page.minimum,
                    page.maximum
                FROM (SELECT count(*) FROM bucket) AS whole
                LEFT JOIN (SELECT * FROM bucket ORDER BY start, obis LIMIT $6 OFFSET $7) AS page ON true
                ORDER BY page.start, page.obis
                """, question.parameters + [.int(limit), .int(offset), .text(unit.rawValue)])
            var page: [MeterBucket] = []
            for index in 0..<rows.count {
                let row = rows[index]
                guard let start = try row.optional(1, as: Int64.self),
                    let register = MeterRegister(rawValue: try row.value(2))
                else { continue }
                page.append(
                    MeterBucket(
                        start: Timestamp(millisecondsSince1970: start), register: register,
                        sum: EnergySum(
                            count: try row.value(3), total: try row.value(4), minimum: try row.value(5),
                            maximum: try row.value(6))))
            }
            return (page, try rows[0].value(0))
        }
    }

    /// Returns sums by hour of the day and day of the week.
    package func meterProfile(_ question: MeterQuestion) async throws -> [MeterProfileCell] {
        try await read { connection in
            let rows = try connection.query(
                """
                WITH part AS MATERIALIZED (
                    SELECT register_id, date_part('dow', time AT TIME ZONE $4) AS day,
                        date_part('hour', time AT TIME ZONE $4) AS hour, count(*) AS count, sum(kwh) AS total,
                        min(kwh) AS minimum, max(kwh) AS maximum, min(time) AS oldest, max(time) AS newest
                    FROM meter_reading
                    WHERE register_id = ANY($1::integer[]) AND time >= to_timestamp($2::bigint / 1000.0)
                        AND time < to_timestamp($3::bigint / 1000.0)
                        AND ($5::text = 'all' OR (date_part('isodow', time AT TIME ZONE $4) < 6) = ($5 = 'weekdays'))
                    GROUP BY 1, 2, 3
                )
                SELECT obis, day::integer, hour::integer, sum(count)::bigint, sum(total), min(minimum), max(maximum),
                    milliseconds(min(oldest)), milliseconds(max(newest))
                FROM part JOIN meter_register ON meter_register.id = register_id
                GROUP BY 1, 2, 3
                """, question.parameters)
            return try (0..<rows.count).compactMap { index in
                let row = rows[index]
                guard let register = MeterRegister(rawValue: try row.value(0)) else { return nil }
                return MeterProfileCell(
                    register: register, dayOfWeek: try row.value(1), hour: try row.value(2),
                    sum: EnergySum(
                        count: try row.value(3), total: try row.value(4), minimum: try row.value(5),
                        maximum: try row.value(6)),
                    first: Timestamp(millisecondsSince1970: try row.value(7)),
                    last: Timestamp(millisecondsSince1970: try row.value(8)))
            }
        }
    }
}

/// A register of a smart meter as the APIs show it.
package struct MeterRegisterEntry: Hashable, Sendable {
    /// The id of the register.
    package var id: Int
    /// The OBIS code.
    package var register: MeterRegister
    /// The meter's name at its source.
    package var muid: String
    /// The building's id; `nil` if the device has none.
    package var hotelID: Int?
}

/// The selection of smart meter readings.
package struct MeterQuestion: Sendable {
    /// The days of the week to include.
    package enum Days: String, Sendable {
        /// Every day.
        case all
        /// Monday to Friday.
        case weekdays
        /// Saturday and Sunday.
        case weekends
    }

    /// The ids of the registers.
    package var registers: [Int]
    /// The start of the range, inclusive.
    package var from: Timestamp
    /// The end of the range, exclusive.
    package var until: Timestamp
    /// The days of the week to include.
    package var days: Days
    /// That of days and hours.
    package var calendar: LocalCalendar

    package init(registers: [Int], from: Timestamp, until: Timestamp, days: Days, calendar: LocalCalendar) {
        self.registers = registers
        self.from = from
        self.until = until
        self.days = days
        self.calendar = calendar
    }

    /// The length of a week in milliseconds.
    fileprivate static let week: Int64 = 604_800_000

    fileprivate var parameters: [Parameter] {
        [
            .integers(registers), .bigint(from.millisecondsSince1970), .bigint(until.millisecondsSince1970),
            .text(calendar.zoneName), .text(days.rawValue),
        ]
    }
}

/// A stored reading of a smart meter.
package struct StoredMeterReading: Hashable, Sendable {
    /// The time that the meter gave to the interval.
    package var time: Timestamp
    /// The id of the register.
    package var registerID: Int
    /// The energy of the interval, kWh.
    package var kilowattHours: Double
    /// The quality in the source's terms.
    package var quality: String
}

/// The length of time over which readings are summed, named as in PostgreSQL's `date_trunc`.
package enum MeterBucketUnit: String, Sendable {
    case hour
    case day
    case week
    case month
}

/// The sum of several energies with their extremes.
package struct EnergySum: Hashable, Sendable {
    /// The number of readings, at least 1.
    package var count: Int
    /// The sum of the readings, kWh.
    package var total: Double
    /// The smallest reading, kWh.
    package var minimum: Double
    /// The largest reading, kWh.
    package var maximum: Double

    /// Creates a sum.
    package init(count: Int, total: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.total = total
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The mean reading, kWh.
    package var average: Double { total / Double(count) }

    /// Combines two sums.
    package static func + (left: EnergySum, right: EnergySum) -> EnergySum {
        EnergySum(
            count: left.count + right.count, total: left.total + right.total,
            minimum: min(left.minimum, right.minimum), maximum: max(left.maximum, right.maximum))
    }
}

/// The readings of registers of one kind in a bucket of time.
package struct MeterBucket: Hashable, Sendable {
    /// The start of the bucket.
    package var start: Timestamp
    /// The OBIS code of the registers.
    package var register: MeterRegister
    /// The sum of the readings.
    package var sum: EnergySum
}

/// The readings of one hour of one day of the week, over all weeks.
package struct MeterProfileCell: Hashable, Sendable {
    /// The OBIS code of the registers.
    package var register: MeterRegister
    /// The day of the week, 0…6; 0 is Sunday.
    package var dayOfWeek: Int
    /// The hour of the day, 0…23.
    package var hour: Int
    /// The sum of the readings.
    package var sum: EnergySum
    /// The time of the first reading.
    package var first: Timestamp
    /// The time of the last reading.
    package var last: Timestamp
}
