import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// A hotel with two rooms, another hotel, and a guest in each of the three rooms. What is known of room-102 and of the
/// other hotel holds a word or a number that nothing else holds; so does what was in room-101 before a newcomer's stay,
/// which a guest of long standing may see.
struct GuestHotel {
    let scene: RestTests.Scene
    let slug: String
    /// Of the guest.
    let own: (hotel: Int, floor: Int, room: Int)
    /// Of the same hotel.
    let neighbour: Int
    let neighbourToken: String
    /// Of a guest of room-101 whose stay begins after all of it.
    let newcomer: String
    /// Another hotel.
    let other: (hotel: Int, floor: Int, rooms: [Int])

    static let marks = ["7777", "secret-102", "Neighbour suite"]
    /// Of room-101 before the newcomer.
    static let formerMarks = ["6666", "secret-former"]

    init(_ slug: String) async throws {
        self.slug = slug
        scene = try await RestTests.Scene(
            slug, settings: ["chat.provider=built-in", "chat.requestsPerMinute=10000", "mcp.callsPerMinute=10000"])
        let gateway = try await CentralProcess.token("gateway", "--building", slug + "-other")
        let answer = try await scene.service.send(inventory(slug + "-other"), token: gateway)
        #expect(answer.status == 204)
        neighbourToken = try await CentralProcess.token("guest", "--building", slug, "--room", "room-102")
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, building || place, datapoint, value
            FROM generate_series(now() - interval '26 hours', now(), '5 minutes') AS moment, (VALUES
                ('\(slug)', '/room-101/iaq', 'temperature', '6666.25'),
                ('\(slug)', '/room-101/iaq', 'co2', '6666.25'),
                ('\(slug)', '/room-101/iaq', 'humidity', '6666.25'),
                ('\(slug)', '/room-101/life_being', 'presence_state', 'secret-former'),
                ('\(slug)', '/room-101/climate', 'setpoint', '6666.25'),
                ('\(slug)', '/room-101/climate', 'valve_level', '6666.25'),
                ('\(slug)', '/room-101/climate', 'reason', 'secret-former'),
                ('\(slug)', '/room-102/iaq', 'temperature', '7777.25'), ('\(slug)', '/room-102/iaq', 'co2', '7777.25'),
                ('\(slug)', '/room-102/iaq', 'humidity', '7777.25'),
                ('\(slug)', '/room-102/life_being', 'presence_state', 'secret-102'),
                ('\(slug)', '/room-102/climate', 'setpoint', '7777.25'),
                ('\(slug)', '/room-102/climate', 'valve_level', '7777.25'),
                ('\(slug)', '/room-102/climate', 'reason', 'secret-102'),
                ('\(slug)', '/building/power_meter_1', 'power_kw', '2'),
                ('\(slug)-other', '/room-102/iaq', 'temperature', '7777.25'),
                ('\(slug)-other', '/building/power_meter_1', 'power_kw', '7777.25')
            ) AS series (building, place, datapoint, value);
            UPDATE rooms SET name = 'Neighbour suite' WHERE slug = 'room-102';
            """)
        let ids = try await scene.ids(slug)
        own = (ids.hotel, ids.floor, ids.rooms[0])
        neighbour = ids.rooms[1]
        newcomer = try await CentralProcess.token(
            "guest", "--building", slug, "--room", "room-101", "--from", "\(Int(Date().timeIntervalSince1970) + 1)")
        // The last second of before goes by.
        try await Task.sleep(for: .seconds(2))
        other = try await scene.ids(slug + "-other")
    }

    func end() async {
        #expect(scene.service.process.output.contains("Request failed") == false)
        await scene.service.process.terminate()
    }

    /// As the guest of room-101, of long standing or the one named.
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", type: String = "application/json",
        headers: [(String, String)] = [], as token: String? = nil
    ) async throws -> CentralProcess.Answer {
        try await scene.service.call(
            path, method: method, token: token ?? scene.guest, type: body.isEmpty ? nil : type,
            body: Array(body.utf8),
            headers: headers)
    }

    func mcp(_ method: String, _ params: String, as token: String? = nil) async throws -> CentralProcess.Answer {
        try await call(
            .post, "/mcp", #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#, as: token)
    }

    /// What is known of other rooms, in an answer.
    static func leaks(_ answer: CentralProcess.Answer, marks: [String] = marks) -> [String] {
        // In a conversation's id any digits may stand, and behind the point of what was reckoned.
        let text = answer.text.replacing(/[0-9a-f]{32,}|\.[0-9]{5,}/, with: "…")
        return marks.filter { text.contains($0) }
    }

    /// What is known of other rooms, or of the time before the newcomer, in an answer to the newcomer.
    static func newcomerLeaks(_ answer: CentralProcess.Answer) -> [String] {
        leaks(answer, marks: marks + formerMarks)
    }
}
