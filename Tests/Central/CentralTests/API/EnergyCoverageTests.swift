import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// However often a meter tells its power, its energy is what it told, and what is not known is said.
@Suite(.withDatabaseServer, .database, .serialized) struct EnergyCoverageTests {
    private struct House {
        let scene: RestTests.Scene
        let hotel: Int
        let slug: String

        init(_ slug: String) async throws {
            self.slug = slug
            scene = try await RestTests.Scene(slug)
            hotel = try await scene.ids(slug).hotel
        }

        /// Meter 1 tells its power from the midnight that begins a day of 2024, in Berlin, for 24 hours.
        ///
        /// - Parameters:
        ///   - step: as an interval of SQL.
        ///   - power: kW, of `n`, the number of the reading.
        ///   - gap: an SQL condition on `hour`, the hours since midnight, where it is silent.
        func fill(_ day: String, each step: String, power: String = "10", meter: Int = 1, gap: String = "false")
            async throws
        {
            try await Replica().run(
                """
                INSERT INTO raw_data (datetime, device_id, datapoint, value)
                SELECT moment, '\(slug)/building/power_meter_\(meter)', 'power_kw', (\(power))::text
                FROM (
                    SELECT moment, row_number() OVER (ORDER BY moment) - 1 AS n,
                        extract(epoch FROM moment - timestamptz '2024-\(day) 00:00+01') / 3600 AS hour
                    FROM generate_series(timestamptz '2024-\(day) 00:00+01',
                        timestamptz '2024-\(day) 00:00+01' + interval '24 hours' - interval '1 second',
                        interval '\(step)') AS moment
                ) AS told
                WHERE NOT (\(gap))
                """)
        }

        func answer(_ query: String, accept: String? = nil) async throws -> CentralProcess.Answer {
            let answer = try await scene.service.call(
                "/hotels/\(hotel)/energy_summary/?" + query, token: scene.ops,
                headers: accept.map { [("Accept", $0)] } ?? [])
            guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
            return answer
        }

        /// The fields of each row.
        func rows(_ query: String) async throws -> [[String]] {
            try await answer(query).text.split(separator: "\n").dropFirst()
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        }

        /// Of meter 1 over some hours of a day: the energy, and how much of the time is covered.
        func day(
            _ day: String, from start: String = "00:00", to end: String = "24:00"
        ) async throws -> (energy: Double, coverage: Double) {
            let (first, last) = (Self.clock(day, start), Self.clock(day, end))
            let answer = try await answer("resolution=1day&subsystem=ac&start_time=\(first)&end_time=\(last)")
            let row = answer.text.split(separator: "\n")[1].split(separator: ",", omittingEmptySubsequences: false)
            let header = answer.headers["hearth-coverage"] ?? ""
            return (Double(row[1]) ?? .nan, Double(header.replacing("ac=", with: "")) ?? .nan)
        }

        private static func clock(_ day: String, _ time: String) -> String {
            guard time == "24:00" else { return "2024-\(day)T\(time)" }
            let next = Int(day.suffix(2))! + 1
            return "2024-\(day.prefix(3))\(next < 10 ? "0" : "")\(next)"
        }
    }

    /// Every cadence on a day of its own: the meter may change its habit.
    static let cadences = [
        ("01-05", "1 second"), ("01-10", "1 minute"), ("01-15", "10 minutes"), ("01-20", "15 minutes"),
        ("01-25", "20 minutes"), ("02-05", "30 minutes"), ("02-10", "1 hour"), ("02-15", "2 hours"),
        ("02-20", "3 hours"),
    ]

    @Test func `a constant 10 kW is 240 kWh a day whether it is told each second or each two hours`() async throws {
        let house = try await House("cadence")
        for (day, step) in Self.cadences { try await house.fill(day, each: step) }
        for (day, step) in Self.cadences {
            let (energy, coverage) = try await house.day(day)
            #expect(abs(energy - 240) < 1e-6 && coverage == 1, "each \(step): \(energy) kWh, \(coverage)")
            // A range that begins and ends anywhere has its share.
            let part = try await house.day(day, from: "05:07", to: "17:37")
            #expect(abs(part.energy - 125) < 1e-6 && part.coverage == 1, "each \(step): \(part)")
        }
        await house.scene.service.process.terminate()
    }

    @Test func `what a meter that tells each half hour or each two hours said counts until it says something else`()
        async throws
    {
        let house = try await House("steps")
        try await house.fill("01-05", each: "30 minutes", power: "n")
        try await house.fill("01-10", each: "2 hours", power: "n")
        // 0 to 47 kW for half an hour each, 0 to 11 for two hours each.
        #expect(try await house.day("01-05").energy == 47.0 * 48 / 2 / 2)
        #expect(try await house.day("01-10").energy == 11.0 * 12 / 2 * 2)
        // The parts of a range add up to the whole, whatever the resolution.
        for day in ["01-05", "01-10"] {
            let range = "start_time=2024-\(day)T03:10:20&end_time=2024-\(day)T21:43:07&subsystem=ac"
            let whole = try await house.rows("resolution=1day&" + range).compactMap { Double($0[1]) }.reduce(0, +)
            for resolution in ["15min", "1hour", "1month"] {
                let parts = try await house.rows("resolution=\(resolution)&" + range).compactMap { Double($0[1]) }
                #expect(abs(parts.reduce(0, +) - whole) < 1e-6, "\(resolution)")
            }
            var sum = 0.0
            for (start, end) in [("03:10:20", "07:00:01"), ("07:00:01", "07:00:02"), ("07:00:02", "21:43:07")] {
                sum += try await house.day(day, from: start, to: end).energy
            }
            #expect(abs(sum - whole) < 1e-6)
        }
        await house.scene.service.process.terminate()
    }

    @Test func `a gap adds nothing, and is shown in its bucket and in the header`() async throws {
        let house = try await House("gaps")
        try await house.fill("01-05", each: "30 minutes", gap: "hour > 10 AND hour < 14")
        // The reading of 10:00 stands for three times half an hour.
        let half = try await house.day("01-05")
        #expect(abs(half.energy - 215) < 1e-6 && half.coverage == 0.8958, "\(half)")
        let range = "&start_time=2024-01-05&end_time=2024-01-06&subsystem=ac&columns=coverage"
        let hours = try await house.rows("resolution=1hour" + range)
        #expect(hours[10] == ["2024-01-05 10:00:00", "10", "1"])
        #expect(hours[11] == ["2024-01-05 11:00:00", "5", "0.5"])
        #expect(hours[12] == ["2024-01-05 12:00:00", "", "0"])
        #expect(hours[13] == ["2024-01-05 13:00:00", "", "0"])
        #expect(hours[14] == ["2024-01-05 14:00:00", "10", "1"])

        // One that tells each second is missed at once; the quarter in which it fell silent counts whole.
        try await house.fill("01-15", each: "1 second", gap: "hour >= 10.1167 AND hour < 12")
        let second = try await house.day("01-15")
        #expect(abs(second.energy - 222.5) < 1e-6 && second.coverage == 0.927, "\(second)")

        // One that tells each two hours may leave out one, and is missed after six.
        try await house.fill("01-25", each: "2 hours", gap: "hour = 6 OR hour > 12 AND hour < 22")
        let two = try await house.day("01-25")
        #expect(abs(two.energy - 200) < 1e-6 && two.coverage == 0.8333, "\(two)")

        // Two readings make no habit: each counts for its quarter.
        try await house.fill("02-05", each: "12 hours")
        let rare = try await house.day("02-05")
        #expect(abs(rare.energy - 5) < 1e-6 && rare.coverage == 0.0208, "\(rare)")
        await house.scene.service.process.terminate()
    }

    @Test func `says how much is covered by column, counts the meters, and gives the same as JSON`() async throws {
        let house = try await House("columns-of-coverage")
        try await house.fill("01-05", each: "15 minutes")
        try await house.fill("01-05", each: "15 minutes", meter: 2, gap: "hour >= 6")
        try await house.fill("01-05", each: "15 minutes", meter: 4, gap: "hour < 18")
        let query = "start_time=2024-01-05&end_time=2024-01-06"
        let plain = try await house.answer("resolution=1day&" + query)
        // Meter 2 told until 05:45, which stands for three quarters of an hour.
        #expect(plain.text == "timestamp,ac,lighting,plug_load\n2024-01-05 00:00:00,305,60,\n")
        #expect(plain.headers["hearth-coverage"] == "ac=0.6354, lighting=0.25, plug_load=0")
        for columns in ["columns=coverage,meters,offset", "columns=offset&columns=meters,coverage"] {
            #expect(
                try await house.answer("resolution=1day&\(query)&\(columns)").text == """
                    timestamp,ac,lighting,plug_load,ac_coverage,lighting_coverage,plug_load_coverage,ac_meters,\
                    lighting_meters,plug_load_meters,offset
                    2024-01-05 00:00:00,305,60,,0.6354,0.25,0,2,1,0,+01:00

                    """)
        }
        let json = try await house.answer(
            "resolution=1day&\(query)&columns=coverage,meters,offset", accept: "application/json")
        #expect(json.headers["content-type"] == "application/json; charset=utf-8")
        #expect(json.headers["hearth-coverage"] == plain.headers["hearth-coverage"])
        #expect(
            json.text == """
                [{"timestamp":"2024-01-05T00:00:00+01:00","ac":305,"lighting":60,"plug_load":null,"ac_coverage":0.6354,\
                "lighting_coverage":0.25,"plug_load_coverage":0,"ac_meters":2,"lighting_meters":1,"plug_load_meters":0,\
                "offset":"+01:00"}]
                """)
        #expect(
            try await house.answer("resolution=1day&\(query)", accept: "text/csv, application/json;q=0.5").text
                == plain.text)
        let hours = try await house.rows("resolution=1hour&\(query)&subsystem=ac&columns=meters")
        #expect(hours.map(\.last) == Array(repeating: "2", count: 6) + Array(repeating: "1", count: 18))
        await house.scene.service.process.terminate()
    }

    @Test func `counts nothing beyond now, and judges only what has passed`() async throws {
        let house = try await House("present")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'present/building/power_meter_1', 'power_kw', '10'
            FROM generate_series(date_trunc('hour', now()) - interval '3 hours', now(), '1 minute') AS moment
            """)
        let hour = Int(Date().timeIntervalSince1970) / 3600 * 3600
        let (start, end) = (hour - 3 * 3600, hour + 5 * 3600)
        let rows = try await house.rows(
            "resolution=1hour&subsystem=ac&columns=coverage&start_time=\(start)&end_time=\(end)")
        let passed = (Date().timeIntervalSince1970 - Double(start)) / 360
        let energy = rows.compactMap { Double($0[1]) }.reduce(0, +)
        #expect(abs(energy - passed) < 0.5 && energy <= passed, "\(energy) of \(passed)")
        #expect(rows.first?.last == "1" && rows.last == [rows.last![0], "", ""])
        let header = try await house.answer("resolution=1day&subsystem=ac&start_time=\(start)&end_time=\(end)")
            .headers["hearth-coverage"]
        #expect(header == "ac=1")
        await house.scene.service.process.terminate()
    }

    @Test func `the assistant says that part of the energy is not known`() async throws {
        let slug = "told"
        let scene = try await RestTests.Scene(slug, settings: ["chat.provider=built-in"])
        // A meter that was silent all day but for the last two hours.
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, '\(slug)/building/power_meter_1', 'power_kw', '10'
            FROM generate_series((now() AT TIME ZONE 'Europe/Berlin')::date::timestamp AT TIME ZONE 'Europe/Berlin'
                    - interval '2 hours',
                (now() AT TIME ZONE 'Europe/Berlin')::date::timestamp AT TIME ZONE 'Europe/Berlin'
                    - interval '1 minute', '1 minute') AS moment
            """)
        let answer = try await scene.service.call(
            "/chat", method: .post, token: scene.guest, type: "application/json",
            body: Array(#"{"message":"How much energy did the hotel use yesterday?"}"#.utf8),
            headers: [("Accept", "application/json"), ("Accept-Language", "en")])
        #expect(answer.text.contains("There is data for 8 % of that time"), "\(answer.text)")
        await scene.service.process.terminate()
    }
}
