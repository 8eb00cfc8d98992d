import Building
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct HistoryTests {
    typealias Scene = RestTests.Scene

    struct Entry: Decodable, Equatable {
        enum Value: Decodable, Equatable {
            case number(Double)
            case text(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                self =
                    if let number = try? container.decode(Double.self) { .number(number) } else {
                        .text(try container.decode(String.self))
                    }
            }
        }

        var timestamp: String
        var value: Value
        var minimum: Double?
        var maximum: Double?
        var count: Int
    }

    /// All parts of a history.
    func history(_ scene: Scene, _ path: String, as token: String? = nil) async throws -> [Entry] {
        var entries: [Entry] = []
        var next: String? = path
        while let path = next {
            let answer = try await scene.get(path, as: token)
            guard answer.status == 200 else {
                throw ManagedProcess.DidNotHappen(description: "\(path): \(answer.text)")
            }
            entries += try JSONDecoder().decode([Entry].self, from: Data(answer.body))
            next = answer.headers["link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        return entries
    }

    @Test func `has average, minimum, maximum and last of each step, over all devices`() async throws {
        let scene = try await Scene("steps")
        let (_, _, rooms) = try await scene.ids("steps")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                ('2024-12-27 00:00:10+00', 'steps/room-101/sensor-1', 'temperature', '20'),
                ('2024-12-27 00:00:20+00', 'steps/room-101/sensor-1', 'temperature', '21'),
                ('2024-12-27 00:00:30+00', 'steps/room-101/sensor-1', 'temperature', '22'),
                ('2024-12-27 00:00:15+00', 'steps/room-101/iaq', 'temperature', '29'),
                ('2024-12-27 00:14:59.999+00', 'steps/room-101/iaq', 'temperature', '18'),
                ('2024-12-27 00:15:00+00', 'steps/room-101/iaq', 'temperature', '10'),
                ('2024-12-27 00:00:30+00', 'steps/room-102/sensor-1', 'temperature', '90');
            """)
        let path = "/rooms/\(rooms[0])/history/?datapoint=temperature&start_time=2024-12-27T01:00&end_time=1735261200"
        let quarter = Entry(
            timestamp: "2024-12-27T01:00:00+01:00", value: .number(22), minimum: 18, maximum: 29, count: 5)
        let second = Entry(
            timestamp: "2024-12-27T01:15:00+01:00", value: .number(10), minimum: 10, maximum: 10, count: 1)
        #expect(try await history(scene, path) == [quarter, second])
        for (statistic, value) in [("average", 22.0), ("minimum", 18), ("maximum", 29), ("last", 18)] {
            let entries = try await history(scene, path + "&interval=15min&statistic=\(statistic)")
            #expect(entries.first?.value == .number(value), "\(statistic)")
            #expect(entries.first?.count == 5)
        }
        let minutes = try await history(scene, path + "&interval=1min")
        #expect(minutes.map(\.count) == [4, 1, 1])
        #expect(minutes.map(\.timestamp.localizedTime) == ["01:00:00", "01:14:00", "01:15:00"])
        let hour = try await history(scene, path + "&interval=1hour&statistic=last")
        #expect(hour == [Entry(timestamp: quarter.timestamp, value: .number(10), minimum: 10, maximum: 29, count: 6)])
        let raw = try await history(scene, path + "&interval=raw&limit=2")
        #expect(raw.map(\.value) == [20, 29, 21, 22, 18, 10].map { .number($0) })
        #expect(raw[4].timestamp == "2024-12-27T01:14:59.999+01:00")
        let device = try await history(scene, path + "&device_id=steps/room-101/iaq&interval=1hour")
        #expect(device.map(\.count) == [3])
        await scene.service.process.terminate()
    }

    @Test func `has days of 23 and 25 hours where the clocks are set`() async throws {
        let scene = try await Scene("clocks")
        let (_, _, rooms) = try await scene.ids("clocks")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'clocks/room-101/sensor-1', 'temperature', '20'
            FROM (VALUES ('2024-03-30 23:00+00'::timestamptz), ('2024-10-26 22:00+00')) AS day (start),
                generate_series(start - INTERVAL '2 hours', start + INTERVAL '27 hours', '5 minutes') AS moment
            """)
        for (day, hours, offset) in [("2024-03-31", 23, "+01:00"), ("2024-10-27", 25, "+02:00")] {
            let path = "/rooms/\(rooms[0])/history/?datapoint=temperature&start_time=\(day)&end_time=\(day)T23:59:59"
            let days = try await history(scene, path + "&interval=1day")
            #expect(days.map(\.count) == [hours * 12])
            #expect(days[0].timestamp == "\(day)T00:00:00\(offset)")
            let shown = try await history(scene, path + "&interval=1hour&limit=7")
            #expect(shown.map(\.count) == Array(repeating: 12, count: hours))
            #expect(Set(shown.map(\.timestamp)).count == hours)
            #expect(shown.contains { $0.timestamp == "\(day)T02:00:00+01:00" } == (hours == 25))
            #expect(try await history(scene, path).count == hours * 4)
        }
        await scene.service.process.terminate()
    }

    @Test func `leads through all of it page by page, over gaps, and with equal times`() async throws {
        let scene = try await Scene("gaps")
        let (_, _, rooms) = try await scene.ids("gaps")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT '2024-12-01 00:00+00'::timestamptz + n / 3 * INTERVAL '97 minutes',
                'gaps/room-101/sensor-' || n % 2, 'humidity', (n % 50)::text FROM generate_series(0, 89) n
            """)
        let path = "/rooms/\(rooms[0])/history/?datapoint=humidity&start_time=2024-12-01&end_time=2024-12-07"
        for limit in [1, 2, 7, 100] {
            #expect(try await history(scene, path + "&interval=raw&limit=\(limit)").count == 90, "\(limit)")
            #expect(
                try await history(scene, path + "&interval=1min&limit=\(limit)").map(\.count)
                    == Array(repeating: 3, count: 30))
            #expect(try await history(scene, path + "&limit=\(limit)").map(\.count) == Array(repeating: 3, count: 30))
        }
        await scene.service.process.terminate()
    }

    @Test func `shows states in words as they are, or the last of a step`() async throws {
        let scene = try await Scene("words")
        let (_, _, rooms) = try await scene.ids("words")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT '2024-12-27 00:00+00'::timestamptz + n * INTERVAL '10 minutes', 'words/room-101/life_being',
                'presence_state', CASE WHEN n % 4 < 2 THEN 'occupied' ELSE 'unoccupied' END
            FROM generate_series(0, 11) n
            """)
        let path = "/rooms/\(rooms[0])/history?datapoint=presence_state&start_time=2024-12-27&end_time=2024-12-28"
        let raw = try await history(scene, path + "&interval=raw")
        #expect(raw.count == 12)
        #expect(raw[2] == Entry(timestamp: "2024-12-27T01:20:00+01:00", value: .text("unoccupied"), count: 1))
        let hours = try await history(scene, path + "&interval=1hour&statistic=last")
        #expect(hours.map(\.value) == [.text("occupied"), .text("unoccupied")])
        #expect(hours.map(\.count) == [6, 6])
        let mean = try await scene.get(path)
        #expect(mean.status == 400)
        #expect(mean.code == "not_numeric")
        await scene.service.process.terminate()
    }

    @Test func `has averages of what was ever a number, whatever was said last`() async throws {
        let scene = try await Scene("lapse")
        let (_, _, rooms) = try await scene.ids("lapse")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                ('2024-12-27 00:00+00', 'lapse/room-101/radio', 'signal_db', '-60'),
                ('2024-12-27 00:05+00', 'lapse/room-101/radio', 'signal_db', 'lost'),
                ('2024-12-27 00:00+00', 'lapse/room-101/climate', 'reason', 'closed'),
                ('2024-12-27 00:00+00', 'lapse/room-101/shelf', 'reason', '5');
            UPDATE devices SET class = 'room_controller' WHERE device_id = 'lapse/room-101/climate';
            """)
        let path = "/rooms/\(rooms[0])/history/?start_time=2024-12-27&end_time=2024-12-28&datapoint="
        #expect(try await history(scene, path + "signal_db").map(\.value) == [.number(-60)])
        #expect(
            try await history(scene, path + "signal_db&interval=raw").map(\.value) == [.number(-60), .text("lost")])
        #expect(try await history(scene, path + "reason").map(\.value) == [.number(5)])
        await scene.service.process.terminate()
    }

    @Test func `counts what the gateway's own controller says only where nothing else measures`() async throws {
        let scene = try await Scene("control")
        let (_, _, rooms) = try await scene.ids("control")
        let readings: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
            ("room-101", "sensor-1", .temperatureSensor, .temperature, .number(20)),
            ("room-101", "climate", .roomController, .temperature, .number(30)),
            ("room-101", "climate", .roomController, .setpoint, .number(22)),
        ]
        #expect(try await scene.service.send(batch(readings), token: scene.gateway).status == 200)
        let path = "/rooms/\(rooms[0])/history/?start_time=2024-12-27&end_time=2024-12-28&datapoint="
        #expect(try await history(scene, path + "temperature").map(\.value) == [.number(20)])
        #expect(try await history(scene, path + "setpoint").map(\.value) == [.number(22)])
        #expect(
            try await history(scene, path + "temperature&device_id=control/room-101/climate").map(\.value)
                == [.number(30)])
        await scene.service.process.terminate()
    }

    static let mistakes: [(query: String, status: Int, code: String?)] = [
        ("", 400, "missing_parameter"), ("?datapoint=", 400, "bad_parameter"),
        ("?datapoint=a%20b", 400, "bad_parameter"), ("?datapoint=co2", 404, "unknown_datapoint"),
        ("?datapoint=temperature&interval=2min", 400, "bad_parameter"),
        ("?datapoint=temperature&statistic=median", 400, "bad_parameter"),
        ("?datapoint=temperature&start_time=soon", 400, "bad_time"),
        ("?datapoint=temperature&start_time=2024-12-27&end_time=2024-12-27", 400, "bad_range"),
        ("?datapoint=temperature&start_time=2024-12-28&end_time=2024-12-27", 400, "bad_range"),
        ("?datapoint=temperature&interval=raw&start_time=2024-12-01&end_time=2024-12-27", 400, "range_too_large"),
        ("?datapoint=temperature&interval=1min&start_time=2024-01-01&end_time=2024-12-27", 400, "range_too_large"),
        ("?datapoint=temperature&start_time=1971-01-01&end_time=2024-12-27", 400, "range_too_large"),
        ("?datapoint=temperature&device_id=x", 404, "unknown_device"),
        ("?datapoint=temperature&cursor=x", 400, "bad_parameter"),
        ("?datapoint=temperature&interval=raw&cursor=1", 400, "bad_parameter"),
        ("?datapoint=temperature&limit=1001", 400, "bad_parameter"),
        ("?datapoint=temperature&datapoint=co2", 400, "repeated_parameter"),
        ("?datapoint=temperature", 200, nil),
        // As a form sends it whose fields are left empty.
        ("?datapoint=temperature&start_time=&end_time=&interval=15min&statistic=average", 200, nil),
        ("?datapoint=temperature&start_time=2024-12-27+00%3A00%3A00&end_time=2024-12-27T02:00:00+01:00", 200, nil),
    ]

    @Test func `says clearly what cannot be answered, and keeps a guest to its room`() async throws {
        let scene = try await Scene("unclear")
        let (_, _, rooms) = try await scene.ids("unclear")
        try await Replica().run(
            "INSERT INTO raw_data VALUES (1735257600, NULL, 'unclear/room-101/sensor-1', 'temperature', '20')")
        for (query, status, code) in Self.mistakes {
            let answer = try await scene.get("/rooms/\(rooms[0])/history/\(query)")
            #expect(answer.status == status, "\(query): \(answer.text)")
            #expect(answer.code == code, "\(query): \(answer.text)")
        }
        let path = "/history/?datapoint=temperature"
        #expect(try await scene.get("/rooms/\(rooms[0])" + path, as: scene.guest).status == 200)
        #expect(try await scene.get("/rooms/\(rooms[1])" + path, as: scene.guest).code == "unknown_room")
        #expect(try await scene.get("/rooms/999999" + path).code == "unknown_room")
        #expect(try await scene.get("/rooms/\(rooms[0])" + path, as: scene.gateway).status == 403)
        await scene.service.process.terminate()
    }
}

extension String {
    /// `01:15:00` of `2024-12-27T01:15:00+01:00`.
    fileprivate var localizedTime: String { String(dropFirst(11).prefix(8)) }
}
