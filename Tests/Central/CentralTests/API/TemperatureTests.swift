import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database, .serialized) struct TemperatureTests {
    typealias Scene = RestTests.Scene

    struct Mean: Decodable {
        var value: Double?
        var unit: String
        var samples: Int
        var start: String
        var end: String
    }

    func mean(_ scene: Scene, _ hotel: Int, _ room: Int, _ more: String = "", as token: String? = nil) async throws
        -> Mean
    {
        let answer = try await scene.get("/temperature?building_id=\(hotel)&room_id=\(room)\(more)", as: token)
        guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
        return try JSONDecoder().decode(Mean.self, from: Data(answer.body))
    }

    func post(_ scene: Scene, query: String, as token: String? = nil) async throws -> CentralProcess.Answer {
        try await scene.service.call("/temperature/?\(query)", method: .post, token: token ?? scene.ops)
    }

    func post(_ scene: Scene, json: String, as token: String? = nil) async throws -> CentralProcess.Answer {
        try await scene.service.call(
            "/temperature", method: .post, token: token ?? scene.ops, type: "application/json", body: Array(json.utf8))
    }

    @Test func `is the mean of the last 15 minutes of that room alone, up to now and no further`() async throws {
        let scene = try await Scene("kelvin")
        let other = try await CentralProcess.token("gateway", "--building", "kelvin-other")
        #expect(try await scene.service.send(inventory("kelvin-other"), token: other).status == 204)
        let (hotel, _, rooms) = try await scene.ids("kelvin")
        let (otherHotel, _, otherRooms) = try await scene.ids("kelvin-other")
        let before = try await mean(scene, hotel, rooms[0])
        #expect(before.value == nil && before.samples == 0)
        let now = Int(Date().timeIntervalSince1970)
        for (value, age) in [(10, 20), (20, 10), (30, 0)] {
            let query = "building_id=\(hotel)&room_id=\(rooms[0])&value=\(value)&timestamp=\(now - age * 60)"
            #expect(try await post(scene, query: query).status == 201)
        }
        let json = #"{"building_id":\#(otherHotel),"room_id":\#(otherRooms[0]),"value":90,"sensor_type_id":1}"#
        #expect(try await post(scene, json: json).status == 201)
        // Not yet.
        let later = "building_id=\(hotel)&room_id=\(rooms[0])&value=99&timestamp=\(now + 300)"
        #expect(try await post(scene, query: later).status == 201)
        let kelvin = try await mean(scene, hotel, rooms[0])
        #expect(kelvin.value == 25 && kelvin.samples == 2 && kelvin.unit == "kelvin")
        let celsius = try await mean(scene, hotel, rooms[0], "&unit=celsius")
        #expect(celsius.value == -248.15 && celsius.unit == "celsius")
        #expect(try await mean(scene, otherHotel, otherRooms[0]).value == 90)
        #expect(try await mean(scene, hotel, rooms[1]).samples == 0)
        #expect(try await mean(scene, hotel, rooms[0], as: scene.guest).value == 25)
        // It is a reading like all others.
        let latest = try await scene.get("/rooms/\(rooms[0])/data/").text
        #expect(latest.contains(#""device_id":"kelvin/room-101/posted-temperature","datapoint":"temperature""#))
        await scene.service.process.terminate()
    }

    @Test func `is taken in celsius as well, in a body or in the query, and at once without a time`() async throws {
        let scene = try await Scene("posts")
        let (hotel, _, rooms) = try await scene.ids("posts")
        let room = #""building_id":\#(hotel),"room_id":\#(rooms[0])"#
        let answer = try await post(
            scene, json: #"{\#(room),"value":22.5,"unit":"celsius","timestamp":"2024-12-27T01:00:00"}"#)
        #expect(answer.status == 201)
        #expect(
            answer.text
                == #"{\#(room),"value":22.5,"unit":"celsius","timestamp":"2024-12-27T01:00:00+01:00","device_id":"posts/room-101/posted-temperature"}"#
        )
        #expect(
            try await post(scene, query: "building_id=\(hotel)&room_id=\(rooms[0])&value=295.15", as: scene.gateway)
                .status == 201)
        #expect(try await mean(scene, hotel, rooms[0]).value == 295.15)
        let stored = try await Replica().rows(
            "SELECT value FROM raw_data WHERE device_id = 'posts/room-101/posted-temperature' ORDER BY datetime")
        #expect(stored == ["22.5", "22"])
        await scene.service.process.terminate()
    }

    @Test func `is marked where no sensor of a room can measure it, and where its time is yet to come`() async throws {
        let scene = try await Scene("marks")
        let (hotel, _, rooms) = try await scene.ids("marks")
        let room = "building_id=\(hotel)&room_id=\(rooms[0])"
        let now = Int(Date().timeIntervalSince1970)
        for (query, mark) in [
            ("value=295", nil), ("value=295&timestamp=\(now + 3600)", nil),
            ("value=295&timestamp=\(now - 900_000)", nil),
            ("value=400", "failed"), ("value=200", "failed"), ("value=-31&unit=celsius", "failed"),
            ("value=295&timestamp=4102444799", "degraded"), ("value=295&timestamp=\(now + 90_000)", "degraded"),
            ("value=400&timestamp=4102444799", "failed"),
        ] as [(String, String?)] {
            let answer = try await post(scene, query: "\(room)&\(query)")
            #expect(answer.status == 201, "\(query): \(answer.text)")
            #expect(answer.text.contains(#""quality""#) == (mark != nil), "\(query): \(answer.text)")
            if let mark { #expect(answer.text.contains(#""quality":"\#(mark)""#), "\(query): \(answer.text)") }
        }
        let stored = try await Replica().rows(
            """
            SELECT quality::text FROM reading JOIN series ON series.id = series_id
            WHERE device = (SELECT id FROM devices WHERE device_id = 'marks/room-101/posted-temperature')
            ORDER BY quality, time
            """)
        #expect(stored == ["0", "0", "0", "1", "1", "3", "3", "3", "3"])
        await scene.service.process.terminate()
    }

    @Test func `what cannot be, or is not yet, is marked in a batch as well; the rest its gateway has judged`()
        async throws
    {
        let scene = try await Scene("judged")
        let far = Int64(4_102_444_799_000)
        let sent = [(20.0, midnight), (20, far), (-300, midnight), (90, midnight + 60_000)]
        for (value, time) in sent {
            let store = StoreID()
            let entry = (
                "room-101", "sensor-9", DeviceClass.temperatureSensor, Datapoint.temperature, ReadingValue.number(value)
            )
            let answer = try await scene.service.send(
                batch([entry], store: store, at: time), token: scene.gateway)
            #expect(answer.status == 200, "\(answer.text)")
        }
        let stored = try await Replica().rows(
            """
            SELECT quality::text FROM reading JOIN series ON series.id = series_id
            WHERE device = (SELECT id FROM devices WHERE device_id = 'judged/room-101/sensor-9') ORDER BY quality
            """)
        #expect(stored == ["0", "0", "1", "3"])
        await scene.service.process.terminate()
    }

    @Test func `no body in which a name comes twice is taken anywhere`() async throws {
        let scene = try await Scene("twice")
        let (_, _, rooms) = try await scene.ids("twice")
        for (path, method, token, body) in [
            ("/rooms/\(rooms[0])/setpoint/", .put, scene.ops, #"{"celsius":21,"celsius":25}"#),
            ("/graphql", .post, scene.ops, #"{"query":"{ devices { id } }","query":"{ devices { name } }"}"#),
            ("/chat", .post, scene.guest, #"{"message":"set 20","message":"set 25"}"#),
            ("/uplink/v1/inventory", .put, scene.gateway, #"{"building":{},"building":{}}"#),
        ] as [(String, HTTPRequest.Method, String, String)] {
            let answer = try await scene.service.call(
                path, method: method, token: token, type: "application/json", body: Array(body.utf8))
            #expect(answer.status == 400, "\(path): \(answer.text)")
            #expect(answer.text.contains("duplicate name"), "\(path): \(answer.text)")
        }
        await scene.service.process.terminate()
    }

    @Test func `a body of another type, of none, or encoded is refused alike everywhere`() async throws {
        let scene = try await Scene("bodies")
        let (_, _, rooms) = try await scene.ids("bodies")
        let json = "application/json"
        for (path, method, token, type) in [
            ("/rooms/\(rooms[0])/setpoint/", .put, scene.ops, json), ("/temperature", .post, scene.ops, json),
            ("/graphql", .post, scene.ops, json), ("/chat", .post, scene.guest, json),
            ("/mcp", .post, scene.guest, json), (UplinkPath.inventory, .put, scene.gateway, json),
            (UplinkPath.reportedStates, .put, scene.gateway, json),
            (UplinkPath.batches, .post, scene.gateway, ReadingBatch.mediaType),
        ] as [(String, HTTPRequest.Method, String, String)] {
            func send(_ type: String?, _ headers: [(String, String)] = []) async throws -> CentralProcess.Answer {
                try await scene.service.call(
                    path, method: method, token: token, type: type, body: Array("{}".utf8), headers: headers)
            }
            for other in ["text/plain", "application/jsonp", nil] {
                let answer = try await send(other)
                #expect(answer.status == 415 && answer.code == "wrong_media_type", "\(path): \(answer.text)")
                #expect(answer.headers["accept"] == type, "\(path)")
            }
            let encoded = try await send(type, [("Content-Encoding", "gzip")])
            #expect(encoded.status == 415 && encoded.code == "wrong_encoding", "\(path): \(encoded.text)")
            #expect(encoded.headers["accept-encoding"] == "identity", "\(path)")
            let known = try await send(type.uppercased() + "; charset=utf-8", [("Content-Encoding", "Identity")])
            #expect(known.status != 415, "\(path): \(known.text)")
        }
        await scene.service.process.terminate()
    }

    @Test func `below absolute zero, or of no room, is refused and not stored`() async throws {
        let scene = try await Scene("refusals")
        let other = try await CentralProcess.token("gateway", "--building", "refusals-other")
        #expect(try await scene.service.send(inventory("refusals-other"), token: other).status == 204)
        let (hotel, _, rooms) = try await scene.ids("refusals")
        let otherRoom = try await scene.ids("refusals-other").rooms[0]
        let room = "building_id=\(hotel)&room_id=\(rooms[0])"
        let mistakes: [(String, Int, String)] = [
            (room + "&value=-0.1", 400, "below_absolute_zero"), (room + "&value=0", 400, "below_absolute_zero"),
            (room + "&value=-273.15&unit=celsius", 400, "below_absolute_zero"),
            (room + "&value=290&timestamp=4102444800", 400, "bad_parameter"),
            (room + "&value=-273.2&unit=celsius", 400, "below_absolute_zero"),
            (room + "&value=nan", 400, "bad_parameter"), (room + "&value=1e5", 400, "bad_parameter"),
            (room + "&value=1e400", 400, "bad_parameter"), (room + "&value=-1e999", 400, "bad_parameter"),
            (room + "&value=", 400, "bad_parameter"), (room, 400, "missing_parameter"),
            (room + "&value=290&unit=fahrenheit", 400, "bad_parameter"),
            (room + "&value=290&sensor_type_id=2", 400, "bad_parameter"),
            (room + "&value=290&timestamp=now", 400, "bad_parameter"),
            (room + "&value=290&colour=red", 400, "unknown_parameter"),
            ("building_id=\(hotel)&value=290", 400, "missing_parameter"),
            ("building_id=\(hotel)&room_id=room-101&value=290", 400, "bad_parameter"),
            ("building_id=\(hotel)&room_id=999999&value=290", 404, "unknown_room"),
            ("building_id=\(hotel)&room_id=\(otherRoom)&value=290", 404, "unknown_room"),
        ]
        for (query, status, code) in mistakes {
            let answer = try await post(scene, query: query)
            #expect(answer.status == status, "\(query): \(answer.text)")
            #expect(answer.code == code, "\(query): \(answer.text)")
        }
        let bodies: [(String, Int, String)] = [
            ("[]", 400, "bad_body"), ("{", 400, "bad_body"), (#"{"value":true}"#, 400, "missing_parameter"),
            (#"{"building_id":\#(hotel),"room_id":\#(rooms[0]),"value":"290"}"#, 400, "bad_parameter"),
            (#"{"building_id":\#(hotel),"room_id":\#(rooms[0]),"value":1e400}"#, 400, "bad_parameter"),
            (#"{"building_id":\#(hotel),"room_id":1.5,"value":290}"#, 400, "bad_parameter"),
            (#"{"building_id":\#(hotel),"room_id":\#(rooms[0]),"value":290,"x":1}"#, 400, "unknown_parameter"),
            (#"{"building_id":\#(hotel),"room_id":\#(rooms[0]),"value":290,"value":291}"#, 400, "ambiguous_json"),
            (#"{"building_id":\#(hotel),"room_id":\#(rooms[0]),"value":290,"\u0076alue":291}"#, 400, "ambiguous_json"),
        ]
        for (body, status, code) in bodies {
            let answer = try await post(scene, json: body)
            #expect(answer.status == status, "\(body): \(answer.text)")
            #expect(answer.code == code, "\(body): \(answer.text)")
        }
        #expect(try await post(scene, query: room + "&value=290", as: other).code == "foreign_building")
        #expect(try await post(scene, query: room + "&value=290", as: scene.guest).status == 403)
        let unclear = try await scene.service.call(
            "/temperature?\(room)&value=1", method: .post, token: scene.ops, type: "application/json",
            body: Array("{}".utf8))
        #expect(unclear.code == "two_messages")
        #expect(try await scene.get("/temperature?building_id=\(hotel)").code == "missing_parameter")
        #expect(try await scene.get("/temperature?building_id=\(hotel)&room_id=\(otherRoom)").code == "unknown_room")
        #expect(
            try await scene.get("/temperature?building_id=\(hotel)&room_id=\(rooms[1])", as: scene.guest).code
                == "unknown_room")
        let stored = try await Replica().rows(
            "SELECT count(*)::text FROM raw_data WHERE device_id LIKE 'refusals/%posted%'")
        #expect(stored == ["0"])
        await scene.service.process.terminate()
    }
}
