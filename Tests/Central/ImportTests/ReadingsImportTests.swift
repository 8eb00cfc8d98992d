import DatabaseRig
import Foundation
import Import
import ReadingFiles
import Rig
import Testing

@Suite(.withDatabaseServer, .database) struct ReadingsImportTests {
    static let wide = """
        datetime,power_kw_power_meter_1,power_kw_power_meter_2
        2024-11-07 00:00:00.00,4.83,4.77
        2024-11-07 00:01:00.00,4.66,4.58

        """

    @Test func `imports the wide form of power meters, and changes nothing the second time`() async throws {
        let workspace = try await Workspace("wide")
        let first = try await workspace.run(.powerMeters, [("meters.csv", Self.wide)])
        #expect(first.rows == 2)
        #expect(first.added == 4)
        #expect(first.problems.total == 0)
        // Berlin is an hour ahead of UTC in winter.
        let expected = [
            "building/power_meter_1 power_kw 2024-11-06 23:00 4.83",
            "building/power_meter_1 power_kw 2024-11-06 23:01 4.66",
            "building/power_meter_2 power_kw 2024-11-06 23:00 4.77",
            "building/power_meter_2 power_kw 2024-11-06 23:01 4.58",
        ]
        #expect(try await workspace.readings() == expected)
        #expect(
            try await workspace.rows(
                "SELECT class, value FROM latest_reading JOIN devices USING (device_id) WHERE device_id LIKE $1 || '/%' ORDER BY 2",
                columns: 2) == ["power_meter|4.58", "power_meter|4.66"])
        let second = try await workspace.run(.powerMeters, [("meters.csv", Self.wide)])
        #expect((second.added, second.unchanged) == (0, 4))
        #expect(try await workspace.readings() == expected)
        #expect(try await workspace.rollupFaults() == [])
    }

    @Test func `marks what can't be so, and refuses what is no temperature`() async throws {
        let workspace = try await Workspace("marked")
        let file = """
            datetime,temperature
            2024-11-07T00:00:00Z,20
            2024-11-07T00:01:00Z,-273.15
            2024-11-07T00:02:00Z,-400
            2099-01-01T00:00:00Z,20

            """
        let outcome = try await workspace.run(.readings, [("air_room-101.csv", file)]) {
            ($0.room, $0.device) = ("room-101", "air")
        }
        #expect(outcome.added == 2)
        #expect(outcome.problems.counts == ["a temperature that is not above absolute zero": 2])
        #expect(
            try await workspace.rows(
                """
                SELECT quality::text FROM reading JOIN series ON series.id = series_id JOIN devices ON devices.id = device
                WHERE device_id LIKE $1 || '/%' ORDER BY time
                """, columns: 1) == ["0", "1"])
    }

    @Test func `stores the rest of a file of which only a part was stored`() async throws {
        let workspace = try await Workspace("rest")
        let lines = (0..<5000).map { minute in
            let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(minute) * 60)
            return "\(time.formatted(.iso8601)),\(Double(minute % 50) / 10)"
        }
        func file(_ count: Int) -> String { "datetime,power_kw\n" + lines.prefix(count).joined(separator: "\n") + "\n" }
        #expect(try await workspace.run(.powerMeters, [("power_meter_7.csv", file(1777))]).added == 1777)
        // Later than the end of the part, and earlier than its beginning.
        #expect(
            try await workspace.run(
                .powerMeters, [("power_meter_7.csv", "datetime,power_kw\n" + lines[4000] + "\n")]
            ).added == 1)
        let whole = try await workspace.run(.powerMeters, [("power_meter_7.csv", file(5000))])
        #expect((whole.added, whole.unchanged, whole.problems.total) == (3222, 1778, 0))
        #expect(try await workspace.readings().count == 5000)
        #expect(try await workspace.rollupFaults() == [])
    }

    @Test func `imports two files at the same time as if one came after the other`() async throws {
        let workspace = try await Workspace("race")
        let added = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask { try await workspace.run(.powerMeters, [("\(number).csv", Self.wide)]).added }
            }
            return try await group.reduce(0, +)
        }
        #expect(added == 4)
        #expect(try await workspace.readings().count == 4)
        #expect(try await workspace.rollupFaults() == [])
    }

    @Test func `tells what is wrong with which line, and stores the rest`() async throws {
        let workspace = try await Workspace("wrong")
        let text = """
            datetime,power_kw_power_meter_1,power_kw_power_meter_2
            2024-11-07 00:00:00,abc,1
            yesterday,2,3
            2024-11-07 00:02:00,4
            2024-11-07 00:03:00,,5
            2024-03-31 02:30:00,6,7
            2024-11-07 00:05:00,nan,1e400
            2024-11-07 00:03:00,,8
            1962-11-07 00:05:00,1,2

            """
        let summary = try await workspace.run(.powerMeters, [("bad.csv", text)]) { $0.problemsKept = 4 }
        #expect(summary.rows == 8)
        #expect(summary.added == 2)
        #expect(
            try await workspace.readings() == [
                "building/power_meter_2 power_kw 2024-11-06 23:00 1",
                "building/power_meter_2 power_kw 2024-11-06 23:03 5",
            ])
        #expect(
            summary.problems.counts == [
                "not a number": 3, "not a valid time": 1, "a different number of fields from the header": 1,
                "a local time skipped by daylight saving": 1, "a different value is already stored for this time": 1,
                "a time that is not between 1970 and 2100": 1,
            ])
        #expect(summary.problems.total == 8)
        let texts = summary.problems.first.map {
            $0.description.replacing(workspace.folder.path + "/", with: "")
        }
        #expect(
            texts == [
                "bad.csv:2, column 2 (power_kw_power_meter_1): “abc”: not a number",
                "bad.csv:3, column 1 (datetime): “yesterday”: not a valid time",
                "bad.csv:4: a different number of fields from the header: 2 instead of 3",
                "bad.csv:6, column 1 (datetime): “2024-03-31 02:30:00”: a local time skipped by daylight saving: "
                    + "it does not exist in Europe/Berlin",
            ])
    }

    @Test func `keeps what is there where a file says something else`() async throws {
        let workspace = try await Workspace("kept")
        _ = try await workspace.run(.powerMeters, [("a.csv", Self.wide)])
        let changed = try await workspace.run(
            .powerMeters, [("b.csv", Self.wide.replacing("4.83", with: "9.99"))])
        #expect((changed.added, changed.unchanged) == (0, 3))
        #expect(
            changed.problems.first.first?.description.hasSuffix(
                "b.csv:2, column 2 (power_kw_power_meter_1): “9.99”: a different value is already stored for this time: 4.83"
            )
                == true)
    }

    @Test func `reads one file per meter, with semicolons and decimal commas`() async throws {
        let workspace = try await Workspace("each")
        let summary = try await workspace.run(
            .powerMeters,
            [
                ("power_meter_3.csv", "\u{FEFF}datetime;power_kw\r\n2024-11-07 00:00:00;4,83\r\n"),
                ("PowerMeter4 november.csv", "\"datetime\",\"power_kw\"\n\"2024-11-07T00:00:00+00:00\",\"1e-1\"\n"),
                (
                    "all.csv",
                    "timestamp,device_id,power_kw\n1730937600,power_meter_5,7\n1730937600123,power_meter_6,8\n"
                ),
            ])
        #expect(summary.problems.total == 0, "\(summary.problems)")
        #expect(
            try await workspace.readings() == [
                "building/power_meter_3 power_kw 2024-11-06 23:00 4.83",
                "building/power_meter_4 power_kw 2024-11-07 00:00 0.1",
                "building/power_meter_5 power_kw 2024-11-07 00:00 7",
                "building/power_meter_6 power_kw 2024-11-07 00:00 8",
            ])
        let nameless = await #expect(throws: FileError.self) {
            try await workspace.run(.powerMeters, [("data.csv", "datetime,power_kw\n2024-11-07 00:00:00,1\n")])
        }
        #expect(nameless?.description.contains("--meter") == true)
        let named = try await workspace.run(
            .powerMeters, [("data.csv", "datetime,power_kw\n2024-11-07 00:00:00,1\n")]
        ) { $0.device = "power_meter_9" }
        #expect(named.added == 1)
    }

    @Test func `imports air quality and presence of the room that the file's name speaks of`() async throws {
        let workspace = try await Workspace("forms")
        let summary = try await workspace.run(
            .readings,
            [
                (
                    "sample_iaq_data_Room101.csv",
                    "datetime,temperature,humidity,co2\n2024-12-27 00:00:00.00,24.5,55.0,488.8\n"
                ),
                (
                    "sample_presence_sensor_data_Room102.csv",
                    "datetime,online_status,sensitivity,presence_state\n2024-12-03 00:00:00.00,online,100.0,unoccupied\n"
                ),
            ]
        ) { $0.timeZone = "UTC" }
        #expect(summary.problems.total == 0)
        #expect(
            try await workspace.readings() == [
                "room-101/air co2 2024-12-27 00:00 488.8", "room-101/air humidity 2024-12-27 00:00 55",
                "room-101/air temperature 2024-12-27 00:00 24.5",
                "room-102/life_being online_status 2024-12-03 00:00 online",
                "room-102/life_being presence_state 2024-12-03 00:00 unoccupied",
                "room-102/life_being sensitivity 2024-12-03 00:00 100",
            ])
        let lost = await #expect(throws: FileError.self) {
            try await workspace.run(.readings, [("iaq.csv", "datetime,co2\n2024-12-27 00:00:00,1\n")])
        }
        #expect(lost?.description.contains("Use --room: forms has room-101, room-102.") == true)
        let told = try await workspace.run(.readings, [("iaq.csv", "datetime,co2\n2024-12-27 00:00:00,1\n")]) {
            $0.room = "attic"
        }
        #expect(told.added == 1)
        #expect(try await workspace.readings()[0] == "attic/iaq co2 2024-12-26 23:00 1")
    }

    @Test func `imports one reading in each row, as raw_data shows them`() async throws {
        let workspace = try await Workspace("long")
        let text = """
            timestamp,datetime,device_id,datapoint,value
            1735257600,2024-12-27 00:00:00+00,long/room-101/iaq,temperature,24.5
            1735257600,2024-12-27 00:00:00+00,iaq_sensor_Room102,presence_state,occupied
            ,2024-12-27 02:00:00,power_meter_1,power_kw,3
            1735257600,2024-12-27 00:00:00+00,other/room-101/iaq,temperature,24.5
            1735257600,2024-12-27 00:00:00+00,somewhere,temperature,24.5
            1735257600,2024-12-27 00:00:00+00,long/room-101,temperature,24.5
            1735257600,2024-12-27 00:00:00+00,long/room-101/iaq,tempera ture,24.5

            """
        let summary = try await workspace.run(.readings, [("export.csv", text)])
        #expect(
            try await workspace.readings() == [
                "building/power_meter_1 power_kw 2024-12-27 01:00 3", "room-101/iaq temperature 2024-12-27 00:00 24.5",
                "room-102/iaq_sensor_Room102 presence_state 2024-12-27 00:00 occupied",
            ])
        #expect(
            summary.problems.counts == [
                "a device of another building": 1, "a device whose room is unknown": 1, "not a valid datapoint": 1,
                "not a valid device id": 1,
            ])
    }

    @Test func `keeps both hours that clocks show in autumn`() async throws {
        let workspace = try await Workspace("autumn")
        let times = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
        let text =
            "datetime,power_kw_power_meter_1\n"
            + times.enumerated().map { "2024-10-27 \($1):00,\($0)\n" }.joined()
        for added in [6, 0] {
            let summary = try await workspace.run(.powerMeters, [("m.csv", text)])
            #expect((summary.added, summary.problems.total) == (added, 0))
        }
        #expect(
            try await workspace.readings().map { $0.suffix(7) } == [
                "23:30 0", "00:00 1", "00:30 2", "01:00 3", "01:30 4", "02:00 5",
            ])
    }

    @Test(arguments: [
        "", "a,b\n1,2\n", "datetime\n2024-01-01 00:00\n", "datetime,datetime,power_kw\n", "datetime,temperature\n",
    ])
    func `refuses a file whose header is not one of a power meter's`(text: String) async throws {
        let workspace = try await Workspace("header")
        let error = await #expect(throws: FileError.self) {
            try await workspace.run(.powerMeters, [("power_meter_1.csv", text)])
        }
        #expect(error?.kind == .data)
        #expect(error?.description.contains("power_meter_1.csv") == true)
    }
}

@Suite(.withDatabaseServer, .database, .serialized) struct ImportBuildingTests {
    @Test func `makes the first building by its name, and no second one`() async throws {
        let workspace = try await Workspace("only", zone: "Europe/Berlin", rooms: [])
        func importing(_ building: String?) async throws -> ImportSummary {
            try await workspace.run(.powerMeters, [("a.csv", ReadingsImportTests.wide)]) { $0.building = building }
        }
        #expect(try await importing(nil).added == 4)
        #expect(try await importing("only").unchanged == 4)
        let unknown = await #expect(throws: ImportError.self) { try await importing("onyl") }
        #expect(unknown?.description.contains("Existing: only.") == true)
        _ = try await Workspace("second")
        let which = await #expect(throws: ImportError.self) { try await importing(nil) }
        #expect(which?.description.contains("only, second. Use --building <slug>.") == true)
        await #expect(throws: ImportError.self) { try await importing("a b") }
        let zone = await #expect(throws: ImportError.self) {
            try await workspace.run(.powerMeters, [("a.csv", ReadingsImportTests.wide)]) { $0.timeZone = "Berlin" }
        }
        #expect(zone?.description.contains("Europe/Berlin") == true)
    }
}
