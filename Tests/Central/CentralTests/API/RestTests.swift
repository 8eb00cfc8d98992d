import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database) struct RestTests {
    /// A service with one hotel, and those who use it.
    struct Scene {
        let service: CentralProcess
        let gateway: String
        let guest: String
        let ops: String

        init(_ slug: String, settings: [String] = [], environment: [String: String] = [:]) async throws {
            service = try await CentralProcess(settings: settings, environment: environment)
            gateway = try await CentralProcess.token("gateway", "--building", slug)
            let devices: [Inventory.Device] = [
                .init(id: "iaq", deviceClass: .iaq), .init(id: "life_being", deviceClass: .lifeBeing),
                .init(id: "valve", deviceClass: .radiatorValve), .init(id: "sensor-1", deviceClass: .temperatureSensor),
            ]
            let answer = try await service.send(inventory(slug, devices: devices), token: gateway)
            guard answer.status == 204 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
            guest = try await CentralProcess.token("guest", "--building", slug, "--room", "room-101")
            ops = try await CentralProcess.token("operator", "--name", "ops")
        }

        func get(_ path: String, as token: String? = nil) async throws -> CentralProcess.Answer {
            try await service.call(path, token: token ?? ops)
        }

        /// The ids of the hotel, its floor and its rooms.
        func ids(_ slug: String) async throws -> (hotel: Int, floor: Int, rooms: [Int]) {
            struct Entry: Decodable {
                var id: Int
                var slug: String
            }
            func list(_ path: String) async throws -> [Entry] {
                try JSONDecoder().decode([Entry].self, from: Data(try await get(path).body))
            }
            let hotel = try await list("/hotels/").first { $0.slug == slug }!.id
            let floor = try await list("/hotels/\(hotel)/floors/")[0].id
            return (hotel, floor, try await list("/floors/\(floor)/rooms/").map(\.id))
        }
    }

    @Test func `shows hotels, floors and rooms with and without the trailing slash`() async throws {
        let scene = try await Scene("lists")
        let (hotel, floor, rooms) = try await scene.ids("lists")
        for slash in ["", "/"] {
            let hotels = try await scene.get("/hotels\(slash)")
            #expect(hotels.status == 200)
            #expect(hotels.headers["content-type"] == "application/json; charset=utf-8")
            #expect(
                hotels.text.contains(
                    #"{"id":\#(hotel),"slug":"lists","name":"Hotel lists","kind":"hotel","time_zone":"Europe/Berlin"}"#)
            )
            #expect(
                try await scene.get("/hotels/\(hotel)/floors\(slash)").text
                    == #"[{"id":\#(floor),"hotel_id":\#(hotel),"slug":"1","name":"Floor 1","level":1}]"#)
            #expect(
                try await scene.get("/floors/\(floor)/rooms\(slash)").text
                    == #"[{"id":\#(rooms[0]),"floor_id":\#(floor),"slug":"room-101","name":"The room-101"},"#
                    + #"{"id":\#(rooms[1]),"floor_id":\#(floor),"slug":"room-102","name":"The room-102"}]"#)
        }
        await scene.service.process.terminate()
    }

    @Test func `leads through a list page by page`() async throws {
        let scene = try await Scene("pages")
        let (_, floor, rooms) = try await scene.ids("pages")
        let first = try await scene.get("/floors/\(floor)/rooms/?limit=1")
        #expect(first.headers["link"] == "</floors/\(floor)/rooms/?limit=1&cursor=\(rooms[0])>; rel=\"next\"")
        let second = try await scene.get("/floors/\(floor)/rooms/?limit=1&cursor=\(rooms[0])")
        #expect(second.text.contains(#""id":\#(rooms[1]),"#))
        #expect(second.headers["link"] == nil)
        #expect(try await scene.get("/floors/\(floor)/rooms/?cursor=\(rooms[1])").text == "[]")
        await scene.service.process.terminate()
    }

    @Test func `shows what a room's devices said last`() async throws {
        let scene = try await Scene("data")
        let (_, _, rooms) = try await scene.ids("data")
        let path = "/rooms/\(rooms[0])/data"
        let readings: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
            ("room-101", "iaq", .iaq, .temperature, .number(24.5)), ("room-101", "iaq", .iaq, .humidity, .number(55)),
            ("room-101", "iaq", .iaq, .co2, .number(488.8)),
            ("room-101", "life_being", .lifeBeing, .presenceState, .text("occupied")),
            ("room-101", "life_being", .lifeBeing, .sensitivity, .number(100)),
            ("room-101", "valve", .radiatorValve, .valveLevel, .number(14)),
        ]
        let store = StoreID()
        let stored = try await scene.service.send(batch(readings, store: store), token: scene.gateway)
        #expect(stored.status == 200)
        let receipt = try JSONDecoder().decode(BatchReceipt.self, from: Data(stored.body))
        #expect(receipt == BatchReceipt(store: store.description, first: 1, end: 7, repeated: 0))

        let time = #""timestamp":"2024-12-27T01:00:00+01:00""#
        let air = #"{"temperature":24.5,"humidity":55,"co2":488.8,\#(time),"device_id":"data/room-101/iaq"}"#
        let life = #"{"presence_state":"occupied","sensitivity":100,\#(time),"device_id":"data/room-101/life_being"}"#
        let valve = #"{"temperature":null,"setpoint":null,"valve_level":14,"quality":"good",\#(time)}"#
        #expect(
            try await scene.get(path + "/").text.hasPrefix(
                #"{"room_id":\#(rooms[0]),"iaq":\#(air),"life_being":\#(life),"climate":\#(valve),"readings":["#
                    + #"{"device_id":"data/room-101/iaq","datapoint":"co2","value":488.8,\#(time),"quality":"good"},"#))
        #expect(try await scene.get(path + "/iaq/").text == air)
        #expect(try await scene.get(path + "/life_being").text == life)

        let controller: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
            ("room-101", "climate", .roomController, .temperature, .number(21.94)),
            ("room-101", "climate", .roomController, .setpoint, .number(22)),
            ("room-101", "climate", .roomController, .valveLevel, .number(18)),
            ("room-101", "climate", .roomController, .quality, .text("degraded")),
        ]
        let later = batch(controller, store: store, first: 7, at: midnight + 5500)
        #expect(try await scene.service.send(later, token: scene.gateway).status == 200)
        #expect(
            try await scene.get(path).text.contains(
                #""climate":{"temperature":21.94,"setpoint":22,"valve_level":18,"quality":"degraded","#
                    + #""timestamp":"2024-12-27T01:00:05.500+01:00"}"#))
        await scene.service.process.terminate()
    }

    @Test func `gives a sensor's newest reading the worse of its own quality and the gateway's word`() async throws {
        let scene = try await Scene("qualities")
        let (_, _, rooms) = try await scene.ids("qualities")
        let store = StoreID()
        func send(_ word: String, temperatureAt: Int64, wordAt: Int64, first: Int64) async throws -> String {
            let temperature: (String, String, DeviceClass?, Datapoint, ReadingValue) = (
                "room-101", "sensor-1", .temperatureSensor, .temperature, .number(20)
            )
            let verdict: (String, String, DeviceClass?, Datapoint, ReadingValue) = (
                "room-101", "climate", .roomController, .sensorQuality, .text(word)
            )
            for (reading, number, time) in [(temperature, first, temperatureAt), (verdict, first + 1, wordAt)] {
                let message = batch([reading], store: store, first: number, at: time)
                #expect(try await scene.service.send(message, token: scene.gateway).status == 200)
            }
            struct Room: Decodable {
                struct Entry: Decodable { var deviceId, quality: String }
                var readings: [Entry]
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let room = try decoder.decode(
                Room.self, from: Data(try await scene.get("/rooms/\(rooms[0])/data").body))
            let entry = room.readings.first { $0.deviceId == "qualities/room-101/sensor-1" }
            return entry?.quality ?? ""
        }
        let minute: Int64 = 60_000
        #expect(try await send("{}", temperatureAt: midnight, wordAt: midnight, first: 1) == "good")
        // It fell silent.
        let silent = #"{"sensor-1":"failed","sensor-2":"degraded"}"#
        #expect(try await send(silent, temperatureAt: midnight, wordAt: midnight + 5 * minute, first: 3) == "failed")
        // It is heard again, and the gateway's word is on its way.
        #expect(
            try await send(silent, temperatureAt: midnight + 20 * minute, wordAt: midnight + 6 * minute, first: 5)
                == "failed")
        // The gateway no longer looks after it.
        #expect(
            try await send(silent, temperatureAt: midnight + 60 * minute, wordAt: midnight + 7 * minute, first: 7)
                == "good")
        #expect(
            try await send("nonsense", temperatureAt: midnight + 61 * minute, wordAt: midnight + 61 * minute, first: 9)
                == "good")
        await scene.service.process.terminate()
    }

    @Test func `answers many who ask at once each for the room that was asked for`() async throws {
        let scene = try await Scene("crowd")
        let (_, _, rooms) = try await scene.ids("crowd")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                let room = number % 3 < 2 ? rooms[number % 3] : 2_000_000_000
                group.addTask {
                    let answer = try await scene.get("/rooms/\(room)/data/")
                    #expect(answer.status == (room == 2_000_000_000 ? 404 : 200))
                    #expect(answer.status == 404 || answer.text.hasPrefix(#"{"room_id":\#(room),"#))
                }
            }
            try await group.waitForAll()
        }
        await scene.service.process.terminate()
    }

    @Test func `says clearly what a room has not`() async throws {
        let scene = try await Scene("empty")
        let (_, _, rooms) = try await scene.ids("empty")
        let before = try await scene.get("/rooms/\(rooms[0])/data/iaq")
        #expect(before.text.hasPrefix(#"{"temperature":null,"humidity":null,"co2":null,"timestamp":null,"#))
        _ = try await scene.service.send(
            inventory("empty", floors: ["1": ["room-101", "room-102", "attic"]], devices: []), token: scene.gateway)
        let attic = try await scene.ids("empty").rooms[2]
        #expect(
            try await scene.get("/rooms/\(attic)/data").text
                == #"{"room_id":\#(attic),"iaq":null,"life_being":null,"climate":null,"readings":[]}"#)
        let answer = try await scene.get("/rooms/\(attic)/data/iaq/")
        #expect(answer.status == 404)
        #expect(answer.code == "no_such_device")
        await scene.service.process.terminate()
    }

    @Test func `shows a guest its own room, and nothing beside the way there`() async throws {
        let scene = try await Scene("guests")
        let other = try await CentralProcess.token("gateway", "--building", "other")
        #expect(try await scene.service.send(inventory("other"), token: other).status == 204)
        let (hotel, floor, rooms) = try await scene.ids("guests")
        let (otherHotel, otherFloor, otherRooms) = try await scene.ids("other")
        let guest = scene.guest
        #expect(try await scene.get("/hotels/", as: guest).text.contains(#""slug":"guests""#))
        #expect(try await scene.get("/hotels/", as: guest).text.contains(#""slug":"other""#) == false)
        #expect(try await scene.get("/hotels/\(hotel)/floors", as: guest).text.contains(#""id":\#(floor),"#))
        let own = try await scene.get("/floors/\(floor)/rooms", as: guest).text
        #expect(own.contains("room-101") && !own.contains("room-102"))
        #expect(try await scene.get("/rooms/\(rooms[0])/data/", as: guest).status == 200)
        #expect(try await scene.get("/rooms/\(rooms[0])/data/iaq/", as: guest).status == 200)
        for path in [
            "/hotels/\(otherHotel)/floors", "/floors/\(otherFloor)/rooms", "/rooms/\(rooms[1])/data",
            "/rooms/\(rooms[1])/data/iaq", "/rooms/\(otherRooms[0])/data", "/rooms/\(otherRooms[0])/data/life_being",
        ] {
            #expect(try await scene.get(path, as: guest).status == 404, "\(path)")
        }
        // Another's room answers as one that does not exist.
        let foreign = try await scene.get("/rooms/\(rooms[1])/data", as: guest).text
        #expect(
            foreign.replacing("\(rooms[1])", with: "N")
                == #"{"error":{"code":"unknown_room","message":"There is no room N.","hint":"GET /floors/<floor_id>/rooms/ lists the ones you may see."}}"#
        )
        await scene.service.process.terminate()
    }

    @Test func `asks for a token, and for one of the right role`() async throws {
        let scene = try await Scene("roles")
        for path in ["/hotels/", "/rooms/1/data", "/floors/1/rooms", UplinkPath.batches] {
            let method: HTTPRequest.Method = path == UplinkPath.batches ? .post : .get
            let answer = try await scene.service.call(path, method: method)
            #expect(answer.status == 401, "\(path)")
            #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        }
        let wrong = "hearth_o_" + String(repeating: "A", count: 43)
        #expect(try await scene.get("/hotels/", as: wrong).code == "token_invalid")
        #expect(try await scene.get("/hotels/", as: scene.gateway).status == 403)
        for token in [scene.guest, scene.ops] {
            #expect(try await scene.service.send(inventory("roles"), token: token).status == 403)
        }
        await scene.service.process.terminate()
    }

    static let mistakes: [(path: String, status: Int, code: String?)] = [
        ("/nothing", 404, "unknown_path"), ("/rooms", 404, "unknown_path"), ("/rooms/x/data", 400, "bad_identifier"),
        ("/rooms/0/data", 400, "bad_identifier"), ("/rooms/2147483648/data", 404, "unknown_room"),
        ("/rooms/99999999999999999999/data", 400, "bad_identifier"), ("/hotels/999999/floors", 404, "unknown_hotel"),
        ("/hotels/?limit=0", 400, "bad_parameter"), ("/hotels/?limit=1001", 400, "bad_parameter"),
        ("/hotels/?limit=%31", 200, nil), ("/hotels/?cursor=x", 400, "bad_parameter"),
        ("/hotels/?page=1", 400, "unknown_parameter"), ("/hotels/?limit=1&limit=2", 400, "repeated_parameter"),
        ("/hotels/?limit=%zz", 400, "bad_query"), ("/rooms/1/data?limit=1", 400, "unknown_parameter"),
        ("/health/", 200, nil), ("/ready", 200, nil), (UplinkPath.batches, 405, "method_not_allowed"),
    ]

    @Test func `answers every mistake in the one form`() async throws {
        let scene = try await Scene("mistakes")
        for (path, status, code) in Self.mistakes {
            let answer = try await scene.get(path)
            #expect(answer.status == status, "\(path)")
            #expect(answer.code == code, "\(path)")
            if status == 405 { #expect(answer.headers["allow"] == "POST") }
        }
        await scene.service.process.terminate()
    }

    @Test func `answers HEAD like GET without a body`() async throws {
        let scene = try await Scene("head")
        for (path, status) in [("/hotels/", 200), ("/nothing", 404), ("/health", 200), ("/hotels/x/floors", 400)] {
            let result = try await ManagedProcess.run(
                "curl",
                ["-sS", "-i", "-I", "-H", "Authorization: Bearer \(scene.ops)", scene.service.url + path])
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(result.output)")
            #expect(result.output.lowercased().contains("content-type: application/json"))
        }
        await scene.service.process.terminate()
    }
}
