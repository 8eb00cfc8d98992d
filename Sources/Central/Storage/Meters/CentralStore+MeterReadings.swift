package import Building
internal import Postgres

extension CentralStore {
    /// The registers of smart meters.
    ///
    /// - Parameters:
    ///   - hotel: only this building's.
    ///   - muid: only this meter's.
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

    /// Whether there is a building with this id.
    package func hasHotel(_ id: Int) async throws -> Bool {
        try await run { try !$0.query("SELECT FROM hotels WHERE id = $1", [.int(id)]).isEmpty }
    }

    /// The times of the oldest and the newest reading of these registers; `nil` where there is none.
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

    /// Readings, oldest first, those of the same time by their register's OBIS code.
    ///
    /// - Returns: a page of them, and how many there are in all.
    package func meterReadings(
        _ question: MeterQuestion, limit: Int, offset: Int
    ) async throws -> (page: [StoredMeterReading], total: Int) {
        try await read { connection in
            // Counted week by week, so that a page far behind the beginning need not sort all that lies before it.
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

    /// Sums over hours, days, weeks from Monday, or months, oldest first; of registers of the same kind together.
    ///
    /// - Returns: a page of them, and how many there are in all.
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

    /// Sums by hour of the day and day of the week.
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

/// A register of a smart meter as interfaces need it.
package struct MeterRegisterEntry: Hashable, Sendable {
    package var id: Int
    package var register: MeterRegister
    package var muid: String
    /// The building's id.
    package var hotelID: Int?
}

/// Which readings of smart meters are meant.
package struct MeterQuestion: Sendable {
    package enum Days: String, Sendable {
        case all
        /// Monday to Friday.
        case weekdays
        case weekends
    }

    /// Ids of registers.
    package var registers: [Int]
    package var from: Timestamp
    /// Not included.
    package var until: Timestamp
    package var days: Days
    /// The IANA name of the time zone of days and hours. Must be a valid one.
    package var timeZone: String

    package init(registers: [Int], from: Timestamp, until: Timestamp, days: Days, timeZone: String) {
        self.registers = registers
        self.from = from
        self.until = until
        self.days = days
        self.timeZone = timeZone
    }

    /// Milliseconds.
    fileprivate static let week: Int64 = 604_800_000

    fileprivate var parameters: [Parameter] {
        [
            .integers(registers), .bigint(from.millisecondsSince1970), .bigint(until.millisecondsSince1970),
            .text(timeZone), .text(days.rawValue),
        ]
    }
}

package struct StoredMeterReading: Hashable, Sendable {
    package var time: Timestamp
    package var registerID: Int
    package var kilowattHours: Double
    package var quality: String
}

/// Lengths of time over which readings are summed, as PostgreSQL's `date_trunc` calls them.
package enum MeterBucketUnit: String, Sendable {
    case hour
    case day
    case week
    case month
}

/// Energies, summed up.
package struct EnergySum: Hashable, Sendable {
    /// Readings, 1 or more.
    package var count: Int
    /// kWh
    package var total: Double
    /// kWh of the smallest reading.
    package var minimum: Double
    /// kWh of the largest reading.
    package var maximum: Double

    package init(count: Int, total: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.total = total
        self.minimum = minimum
        self.maximum = maximum
    }

    package var average: Double { total / Double(count) }

    package static func + (left: EnergySum, right: EnergySum) -> EnergySum {
        EnergySum(
            count: left.count + right.count, total: left.total + right.total,
            minimum: min(left.minimum, right.minimum), maximum: max(left.maximum, right.maximum))
    }
}

package struct MeterBucket: Hashable, Sendable {
    package var start: Timestamp
    package var register: MeterRegister
    package var sum: EnergySum
}

/// The readings of one hour of one day of the week, of all weeks together.
package struct MeterProfileCell: Hashable, Sendable {
    package var register: MeterRegister
    /// 0 is Sunday.
    package var dayOfWeek: Int
    /// 0…23
    package var hour: Int
    package var sum: EnergySum
    package var first: Timestamp
    package var last: Timestamp
}
