import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct EnergyTests {
    typealias Scene = RestTests.Scene

    func lines(_ scene: Scene, _ path: String, as token: String? = nil) async throws -> [String] {
        let answer = try await scene.get(path, as: token)
        guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: "\(path): \(answer.text)") }
        #expect(answer.headers["content-type"] == "text/csv; charset=utf-8")
        return answer.text.split(separator: "\n").map(String.init)
    }

    @Test func `is average power times the quarters that hold data, per meter, then summed`() async throws {
        let scene = try await Scene("energy")
        let hotel = try await scene.ids("energy").hotel
        // Meter 1 has one reading in its second quarter and none in the third; meter 6 begins late.
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT '2024-11-07 00:00+01'::timestamptz + n * INTERVAL '1 minute', 'energy/building/power_meter_' || meter,
                'power_kw', (meter + n % 2)::text
            FROM generate_series(0, 119) n, generate_series(1, 6) meter
            WHERE NOT (meter = 1 AND n BETWEEN 16 AND 44) AND NOT (meter = 6 AND n < 60)
            """)
        let path = "/hotels/\(hotel)/energy_summary/?resolution="
        // Quarters begin at an even or an odd minute: 8 readings of one kind and 7 of the other.
        let even = 7.0 / 15
        let odd = 8.0 / 15
        func ac(_ shares: [Double]) -> Double {
            shares.enumerated().reduce(0) { $0 + (Double($1.offset + 1) + $1.element) / 4 }
        }
        let first = [
            ac([even, even, even]), ac([1, odd, odd]), (2 + even + 3 + even) / 4, ac([odd, odd, odd]),
        ]
        let quarters = try await lines(scene, path + "15min&start_time=2024-11-07&end_time=2024-11-07T01:00")
        #expect(quarters.count == 5)
        #expect(quarters[0] == "timestamp,ac,lighting,plug_load")
        for (line, expected) in zip(quarters.dropFirst(), first) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            #expect(abs(Double(fields[1])! - expected) < 1e-9, "\(line)")
            #expect(fields[3] == "")
        }
        #expect(quarters[1].hasPrefix("2024-11-07 00:00:00,"))
        let hours = try await lines(scene, path + "1hour")
        #expect(hours.count == 3)
        #expect(abs(Double(hours[1].split(separator: ",")[1])! - first.reduce(0, +)) < 1e-8)
        #expect(hours[1].hasSuffix(","))
        // A day is the sum of its quarters, and a month of its days.
        let all = try await lines(scene, path + "15min").dropFirst().map { Double($0.split(separator: ",")[1])! }
        for resolution in ["1day", "1month", "1%20month"] {
            let sum = try await lines(scene, path + resolution)
            #expect(sum.count == 2)
            #expect(abs(Double(sum[1].split(separator: ",")[1])! - all.reduce(0, +)) < 1e-8)
        }
        #expect(try await lines(scene, path + "1month")[1].hasPrefix("2024-11-01 00:00:00,"))
        await scene.service.process.terminate()
    }

    @Test func `shows the columns that are asked for, and an empty bucket as an empty field`() async throws {
        let scene = try await Scene("columns")
        let hotel = try await scene.ids("columns").hotel
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                ('2024-11-07 00:00+01', 'columns/building/power_meter_1', 'power_kw', '4'),
                ('2024-11-07 00:00+01', 'columns/building/power_meter_4', 'power_kw', '0'),
                ('2024-11-07 03:00+01', 'columns/building/power_meter_1', 'power_kw', '8'),
                ('2024-11-07 00:00+01', 'columns/building/power_meter_7', 'power_kw', '1000'),
                ('2024-11-07 00:00+01', 'columns/building/heat_pump', 'power_kw', '1000'),
                ('2024-11-07 00:00+01', 'elsewhere/building/power_meter_1', 'power_kw', '1000');
            UPDATE devices SET metadata = '{"subsystem": "ac"}' WHERE device_id = 'columns/building/heat_pump';
            """)
        let path = "/hotels/\(hotel)/energy_summary?resolution=1hour"
        let header = "timestamp,ac,lighting,plug_load"
        #expect(
            try await lines(scene, path) == [
                header, "2024-11-07 00:00:00,251,0,", "2024-11-07 01:00:00,,,", "2024-11-07 02:00:00,,,",
                "2024-11-07 03:00:00,2,,",
            ])
        for asked in ["&subsystem=lighting&subsystem=plug_load", "&subsystem=plug_load,lighting"] {
            #expect(
                try await lines(scene, path + asked + "&end_time=2024-11-07T01:00")
                    == ["timestamp,lighting,plug_load", "2024-11-07 00:00:00,0,"])
        }
        #expect(
            try await lines(scene, path + "&start_time=2024-11-07T03:00&end_time=2024-11-07T05:00")
                == [header, "2024-11-07 03:00:00,2,,", "2024-11-07 04:00:00,,,"])
        #expect(try await lines(scene, path + "&start_time=2024-11-08") == [header])
        #expect(try await lines(scene, path + "&start_time=&end_time=").count == 5)
        // Rather no answer than one that leaves out what is there.
        for open in ["start_time=2010-01-01", "end_time=2035-01-01"] {
            let quarters = "/hotels/\(hotel)/energy_summary?resolution=15min&" + open
            #expect(try await scene.get(quarters).code == "range_too_large")
        }
        // Of a quarter that the range cuts, its share counts.
        #expect(
            try await lines(scene, path + "&start_time=2024-11-07T03:00:01&end_time=2024-11-07T04:00")
                == [header, "2024-11-07 03:00:00,1.997777778,,"])
        #expect(
            try await lines(scene, path + "&start_time=2024-11-07T02:59:59&end_time=2024-11-07T03:00:01")
                == [header, "2024-11-07 02:00:00,,,", "2024-11-07 03:00:00,0.002222222,,"])
        await scene.service.process.terminate()
    }

    @Test func `has days of 23 and 25 hours where the clocks are set`() async throws {
        let scene = try await Scene("seasons")
        let hotel = try await scene.ids("seasons").hotel
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'seasons/building/power_meter_6', 'power_kw', '1'
            FROM (VALUES ('2024-03-29 23:00+00'::timestamptz), ('2024-10-25 22:00+00')) AS day (start),
                generate_series(start, start + INTERVAL '71 hours', '15 minutes') AS moment
            """)
        let path = "/hotels/\(hotel)/energy_summary/?subsystem=plug_load&resolution="
        #expect(
            try await lines(scene, path + "1day&start_time=2024-03-30&end_time=2024-04-01") == [
                "timestamp,plug_load", "2024-03-30 00:00:00,24", "2024-03-31 00:00:00,23",
            ])
        #expect(
            try await lines(scene, path + "1day&start_time=2024-10-26&end_time=2024-10-28") == [
                "timestamp,plug_load", "2024-10-26 00:00:00,24", "2024-10-27 00:00:00,25",
            ])
        let hours = try await lines(scene, path + "1hour&start_time=2024-10-27&end_time=2024-10-28")
        #expect(hours.count == 26)
        #expect(hours.filter { $0.hasPrefix("2024-10-27 02:00:00,1") }.count == 2)
        await scene.service.process.terminate()
    }

    static let mistakes: [(query: String, code: String)] = [
        ("", "missing_parameter"), ("?resolution=1week", "bad_parameter"), ("?resolution=", "bad_parameter"),
        ("?resolution=1day&subsystem=heating", "bad_parameter"), ("?resolution=1day&subsystem=", "bad_parameter"),
        ("?resolution=1day&subsystem=ac,", "bad_parameter"), ("?resolution=1day&start_time=yesterday", "bad_time"),
        ("?resolution=1day&start_time=2024-01-02&end_time=2024-01-01", "bad_range"),
        ("?resolution=15min&start_time=2020-01-02&end_time=2024-01-01", "range_too_large"),
        ("?resolution=1day&columns=", "bad_parameter"), ("?resolution=1day&columns=coverage,cost", "bad_parameter"),
        ("?resolution=1day&resolution=1day", "repeated_parameter"), ("?resolution=1day&limit=5", "unknown_parameter"),
    ]

    @Test func `says clearly what cannot be answered, and keeps a guest to its hotel`() async throws {
        let scene = try await Scene("asked")
        let other = try await CentralProcess.token("gateway", "--building", "asked-other")
        #expect(try await scene.service.send(inventory("asked-other"), token: other).status == 204)
        let hotel = try await scene.ids("asked").hotel
        let foreign = try await scene.ids("asked-other").hotel
        for (query, code) in Self.mistakes {
            let answer = try await scene.get("/hotels/\(hotel)/energy_summary/\(query)")
            #expect(answer.status == 400, "\(query): \(answer.text)")
            #expect(answer.code == code, "\(query): \(answer.text)")
        }
        let query = "/energy_summary/?resolution=1day"
        #expect(try await lines(scene, "/hotels/\(hotel)" + query, as: scene.guest).count == 1)
        #expect(try await scene.get("/hotels/\(foreign)" + query, as: scene.guest).code == "unknown_hotel")
        #expect(try await scene.get("/hotels/999999" + query).code == "unknown_hotel")
        #expect(try await scene.get("/hotels/\(hotel)" + query, as: scene.gateway).status == 403)
        await scene.service.process.terminate()
    }

    /// Where the real meters' file is, on the machines that have it.
    static let sharedData = ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"]

    @Test(.enabled(if: sharedData != nil, "Set HEARTH_SHARED_DATA to the folder of the reference data."))
    func `of the reference file's first hour is as it is known to be`() async throws {
        let scene = try await Scene("reference")
        let hotel = try await scene.ids("reference").hotel
        let file = try String(
            contentsOfFile: (Self.sharedData ?? "") + "/hotel/sample_power_meter_data_2024-11-07_0000-0159.csv",
            encoding: .utf8)
        let rows = file.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
        let values = rows.flatMap { row in
            (1...6).map { meter in
                "('\(row[0])'::timestamp AT TIME ZONE 'Europe/Berlin', 'reference/building/power_meter_\(meter)', "
                    + "'power_kw', '\(row[meter])')"
            }
        }
        try await Replica().run(
            "INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES \(values.joined(separator: ","))")
        let hours = try await lines(scene, "/hotels/\(hotel)/energy_summary/?resolution=1hour")
        #expect(hours.count == 3)
        let first = hours[1].split(separator: ",")
        #expect(first[0] == "2024-11-07 00:00:00")
        for (field, known) in zip(first.dropFirst(), [10.3167, 4.2793, 1.6137]) {
            #expect(abs((Double(field) ?? 0) - known) < 0.00005, "\(hours[1])")
        }
        await scene.service.process.terminate()
    }
}
