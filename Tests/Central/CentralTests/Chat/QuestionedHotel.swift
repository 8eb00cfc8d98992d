import Foundation
import HTTPClient
import Postgres
import Rig
import ServiceRig

/// A hotel with two weeks of readings, and what SQL says about those of room-101.
struct QuestionedHotel {
    let scene: RestTests.Scene
    let slug: String
    private let replica = Replica()

    /// Every 5 minutes, the newest 150 s ago, so that none lies on a border while a test runs. Room-102 is 50 warmer in
    /// everything. Yesterday from 14:00 to 15:00 a window of room-101 was open; on the day before, its air sensor was
    /// silent from 10:00 to 12:00.
    init(_ slug: String) async throws {
        self.slug = slug
        scene = try await RestTests.Scene(
            slug, settings: ["chat.provider=built-in", "chat.requestsPerMinute=10000", "mcp.callsPerMinute=10000"])
        try await replica.run(
            """
            CREATE TEMPORARY TABLE moment AS
            SELECT time, extract(hour FROM time AT TIME ZONE 'Europe/Berlin') AS hour,
                (now() AT TIME ZONE 'Europe/Berlin')::date - day AS days_ago
            FROM generate_series(now() - interval '14 days 150 seconds', now(), '5 minutes') AS time,
                LATERAL (SELECT (time AT TIME ZONE 'Europe/Berlin')::date AS day) AS dated;
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT time, '\(slug)/' || room || '/' || place, datapoint,
                round((base + more + sin(extract(epoch FROM time) / 9000) * swing
                    - CASE WHEN datapoint = 'temperature' AND days_ago = 1 AND hour = 14 THEN 4 ELSE 0 END)::numeric,
                    2)::text
            FROM moment, (VALUES ('room-101', 0), ('room-102', 50)) AS rooms (room, more),
                (VALUES ('iaq', 'temperature', 22.0, 0.8), ('iaq', 'humidity', 40.0, 5.0), ('iaq', 'co2', 900.0, 250.0),
                    ('sensor-1', 'temperature', 22.4, 0.7), ('valve', 'valve_level', 30.0, 20.0)
                ) AS series (place, datapoint, base, swing)
            WHERE NOT (place = 'iaq' AND days_ago = 2 AND hour IN (10, 11));
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT time, '\(slug)/' || room || '/life_being', 'presence_state',
                CASE WHEN hour BETWEEN 9 AND 16 THEN 'unoccupied' ELSE 'occupied' END
            FROM moment, (VALUES ('room-101'), ('room-102')) AS rooms (room);
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT time, '\(slug)/' || room || '/climate', datapoint, value
            FROM moment, (VALUES ('room-101', 0), ('room-102', 50)) AS rooms (room, more), LATERAL (VALUES
                ('setpoint', (CASE WHEN hour BETWEEN 6 AND 21 THEN 22 ELSE 21.5 END + more)::text),
                ('temperature', round((22.2 + more + sin(extract(epoch FROM time) / 9000) * 0.7)::numeric, 2)::text),
                ('valve_level', (12 + more)::text)
            ) AS report (datapoint, value);
            -- As the gateway does it: with each move of the valve alone.
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moved, '\(slug)/room-101/climate', datapoint, value
            FROM (SELECT ((now() AT TIME ZONE 'Europe/Berlin')::date - 1 + time '14:02') AT TIME ZONE 'Europe/Berlin')
                    AS yesterday (opened),
                LATERAL (VALUES
                    (opened - interval '3 hours', 'mode', 'eco'),
                    (opened - interval '3 hours', 'reason', 'holding target=20 cause=eco_schedule'),
                    (opened, 'mode', 'window_open'), (opened, 'reason', 'window_open since=14:02'),
                    (opened + interval '70 minutes', 'mode', 'comfort'),
                    (opened + interval '70 minutes', 'reason', 'heating below=0.4 setpoint=22')
                ) AS said (moved, datapoint, value);
            UPDATE devices SET class = 'room_controller' WHERE device_id ~ '^\(slug)/room-10[12]/climate$';
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT time, '\(slug)/building/power_meter_' || meter, 'power_kw',
                round((meter + 0.5 * sin(extract(epoch FROM time) / 20000))::numeric, 3)::text
            FROM moment, generate_series(1, 6) AS meter;
            DROP TABLE moment;
            """)
    }

    func end() async { await scene.service.process.terminate() }

    func ask(_ message: String, as token: String? = nil, language: String = "en") async throws -> ChatTests.Reply {
        let body = try JSONEncoder().encode(["message": message])
        let answer = try await scene.service.call(
            "/chat", method: .post, token: token ?? scene.guest, type: "application/json", body: Array(body),
            headers: [("Accept", "application/json"), ("Accept-Language", language)])
        return try ChatTests.Reply(answer)
    }

    // MARK: What SQL says

    /// The numbers of a datapoint of room-101 in a range.
    struct Numbers {
        var average: Double
        var minimum: Double
        var maximum: Double
        /// On the wall: `20 Nov 14:05`, `20.11. 14:05`.
        var minimumTime: (english: String, german: String)
        var maximumTime: (english: String, german: String)
        /// Of the quarters of an hour, %.
        var coverage: Double
    }

    /// - Parameter devices: those that measure it; a regular expression.
    func numbers(_ datapoint: String, of devices: String, in range: Range<Date>) async throws -> Numbers {
        let row = try await replica.rows(
            """
            WITH said AS (
                SELECT value::float8 AS value, datetime AT TIME ZONE 'Europe/Berlin' AS wall,
                    floor(extract(epoch FROM datetime) / 900) AS quarter
                FROM raw_data
                WHERE device_id ~ ('^' || $1 || '/room-101/(' || $2 || ')$') AND datapoint = $3
                    AND datetime >= to_timestamp($4) AND datetime < to_timestamp($5)
            ), least_one AS (SELECT min(wall) AS wall FROM said WHERE value = (SELECT min(value) FROM said)),
            greatest_one AS (SELECT min(wall) AS wall FROM said WHERE value = (SELECT max(value) FROM said))
            SELECT avg(value)::text, min(value)::text, max(value)::text,
                (SELECT to_char(wall, 'FMDD Mon HH24:MI;FMDD.FMMM. HH24:MI') FROM least_one),
                (SELECT to_char(wall, 'FMDD Mon HH24:MI;FMDD.FMMM. HH24:MI') FROM greatest_one),
                (count(DISTINCT quarter) * 100.0 / (ceil($5::float8 / 900) - floor($4::float8 / 900)))::text
            FROM said
            """,
            [
                .text(slug), .text(devices), .text(datapoint), .double(range.lowerBound.timeIntervalSince1970),
                .double(range.upperBound.timeIntervalSince1970),
            ], columns: 6)[0].split(separator: "|").map(String.init)
        func times(_ text: String) -> (String, String) {
            let parts = text.split(separator: ";").map(String.init)
            return (parts[0], parts[1])
        }
        return Numbers(
            average: Double(row[0])!, minimum: Double(row[1])!, maximum: Double(row[2])!, minimumTime: times(row[3]),
            maximumTime: times(row[4]), coverage: Double(row[5])!)
    }

    /// The newest value of a device of room-101.
    func newest(_ datapoint: String, of device: String) async throws -> String {
        try await replica.rows(
            """
            SELECT value FROM raw_data WHERE device_id = $1 || '/room-101/' || $2 AND datapoint = $3
            ORDER BY datetime DESC LIMIT 1
            """, [.text(slug), .text(device), .text(datapoint)])[0]
    }

    func newestNumber(_ datapoint: String, of device: String) async throws -> Double {
        Double(try await newest(datapoint, of: device)) ?? .nan
    }

    /// The share of a range in which room-101 was occupied, %: each state holds until the next.
    func occupied(in range: Range<Date>) async throws -> Double {
        Double(
            try await replica.rows(
                """
                SELECT (100 * sum(extract(epoch FROM until - since)) FILTER (WHERE value = 'occupied')
                    / sum(extract(epoch FROM until - since)))::text
                FROM (
                    SELECT value, datetime AS since,
                        coalesce(lead(datetime) OVER (ORDER BY datetime), to_timestamp($3)) AS until
                    FROM raw_data
                    WHERE device_id = $1 || '/room-101/life_being' AND datetime >= to_timestamp($2)
                        AND datetime < to_timestamp($3)
                ) AS state
                """,
                [
                    .text(slug), .double(range.lowerBound.timeIntervalSince1970),
                    .double(range.upperBound.timeIntervalSince1970),
                ])[0])!
    }

    /// The share of the quarters of an hour that were within 1 K of the set-point that held at their end, %.
    func comfortable(in range: Range<Date>) async throws -> Double {
        Double(
            try await replica.rows(
                """
                SELECT (100.0 * count(*) FILTER (WHERE abs(celsius - wanted) <= 1) / count(*))::text
                FROM (
                    SELECT floor(extract(epoch FROM datetime) / 900) AS quarter, avg(value::float8) AS celsius
                    FROM raw_data
                    WHERE device_id ~ ('^' || $1 || '/room-101/(iaq|sensor-1)$') AND datapoint = 'temperature'
                        AND datetime >= to_timestamp($2) AND datetime < to_timestamp($3)
                    GROUP BY 1
                ) AS warmth, LATERAL (
                    SELECT value::float8 AS wanted FROM raw_data
                    WHERE device_id = $1 || '/room-101/climate' AND datapoint = 'setpoint'
                        AND datetime < to_timestamp(quarter * 900 + 900)
                    ORDER BY datetime DESC LIMIT 1
                ) AS setpoint
                """,
                [
                    .text(slug), .double(range.lowerBound.timeIntervalSince1970),
                    .double(range.upperBound.timeIntervalSince1970),
                ])[0])!
    }

    /// kWh of the building: the mean power of each quarter of an hour, times a quarter of an hour.
    func energy(meters: ClosedRange<Int>, in range: Range<Date>) async throws -> Double {
        Double(
            try await replica.rows(
                """
                SELECT sum(energy)::text FROM (
                    SELECT avg(value::float8) / 4 AS energy FROM raw_data
                    WHERE device_id ~ ('^' || $1 || '/building/power_meter_[' || $2 || '-' || $3 || ']$')
                        AND datetime >= to_timestamp($4) AND datetime < to_timestamp($5)
                    GROUP BY device_id, floor(extract(epoch FROM datetime) / 900)
                ) AS quarter
                """,
                [
                    .text(slug), .text(String(meters.lowerBound)), .text(String(meters.upperBound)),
                    .double(range.lowerBound.timeIntervalSince1970), .double(range.upperBound.timeIntervalSince1970),
                ])[0])!
    }
}

/// Ranges by the clocks of the hotel.
struct HotelTime {
    let now: Date
    private let calendar: Calendar

    init(_ now: Date = Date()) {
        self.now = now
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(identifier: "Europe/Berlin")!
        self.calendar = calendar
    }

    /// - Parameter hour: 24 and more are on the next day.
    func moment(daysAgo: Int, hour: Int = 0) -> Date {
        let day = calendar.date(byAdding: .day, value: hour / 24 - daysAgo, to: calendar.startOfDay(for: now))!
        return calendar.date(bySettingHour: hour % 24, minute: 0, second: 0, of: day)!
    }

    func hours(_ from: Int, _ to: Int, daysAgo: Int = 1) -> Range<Date> {
        moment(daysAgo: daysAgo, hour: from)..<min(moment(daysAgo: daysAgo, hour: to), now)
    }

    func day(_ daysAgo: Int) -> Range<Date> { hours(0, 24, daysAgo: daysAgo) }
    var lastNight: Range<Date> { hours(22, 30) }
    func lastHours(_ count: Int) -> Range<Date> { now.addingTimeInterval(Double(-3600 * count))..<now }

    /// From Monday to Monday.
    var lastWeek: Range<Date> {
        let monday = calendar.dateInterval(of: .weekOfYear, for: now)!.start
        return calendar.date(byAdding: .day, value: -7, to: monday)!..<monday
    }

    /// A day as people write it: `EEEE`, `d MMMM`, `dd.MM.`
    func written(_ format: String, daysAgo: Int, _ language: String = "en") -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: language == "de" ? "de_DE" : "en_GB")
        formatter.timeZone = calendar.timeZone
        formatter.dateFormat = format
        return formatter.string(from: moment(daysAgo: daysAgo, hour: 12))
    }
}
