import Assistant
import DatabaseRig
import Foundation
import HTTPClient
import JSON
import Postgres
import ProviderRig
import Rig
import ServiceRig
import Synchronization
import Testing

/// The chat of the real service with a provider's language model, as the provider's documentation has it on the wire.
@Suite(.withDatabaseServer, .database) struct ChatProviderTests {
    /// Who answers is what the environment says, as in operation.
    private static func scene(
        _ slug: String, _ wire: Wire, _ server: ScriptedServer, _ settings: [String] = []
    ) async throws -> RestTests.Scene {
        let scene = try await RestTests.Scene(slug, settings: settings, environment: wire.environment(server))
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                (now() - interval '20 seconds', '\(slug)/room-101/iaq', 'temperature', '21.75'),
                (now() - interval '20 seconds', '\(slug)/room-102/iaq', 'temperature', '7777.25')
            """)
        return scene
    }

    private static func body(_ message: String) throws -> [UInt8] {
        Array(try JSONEncoder().encode(["message": message]))
    }

    private static func headers(_ scene: RestTests.Scene) -> [(name: String, value: String)] {
        [("Authorization", "Bearer \(scene.guest)"), ("Content-Type", "application/json")]
    }

    @Test(arguments: Wire.allCases)
    func `a provider's model gets what the guest may see, whatever it asks for`(_ wire: Wire) async throws {
        let slug = "provided-\(wire)".lowercased()
        let calls: [(id: String, name: String, pieces: [String])] = [
            ("t1", "latest_readings", ["{", "}"]), ("t2", "latest_readings", [#"{"room":"#, #""room-102"}"#]),
            ("t3", "list_rooms", ["{}"]),
            (
                "t4", "reading_history",
                [
                    #"{"datapoint":"temperature","stat"#,
                    #"istic":"#
                        + #""maximum","period":"last 24 hours"}"#,
                ]
            ),
        ]
        let server = ScriptedServer([
            .pieces(wire.request(calls), of: 7), .pieces(wire.answer(["It is ", "21.8 °C."]), of: 5),
        ])
        let scene = try await Self.scene(slug, wire, server)
        let answer = try await scene.service.call(
            "/chat", method: .post, token: scene.guest, type: "application/json",
            body: try Self.body("How warm is my room?"))
        let events = answer.text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { $0.dropFirst(7) }
        #expect(events.count { $0 == "tool_result" } == 4 && events.last == "done", "\(answer.text)")
        #expect(answer.text.contains("It is ") && answer.text.contains(/[^0-9a-f]7777/) == false, "\(answer.text)")
        // What the model was told is what the guest may know.
        let told = try #require(server.requests.withLock { $0.last?.body }).description
        #expect(told.contains("21.75") && told.contains(/[^0-9a-f]7777/) == false)
        #expect(told.contains("must not have") && told.contains("There is no tool"))
        #expect(scene.service.process.output.contains(Wire.key) == false)
        await scene.service.process.terminate()
    }

    @Test(arguments: Wire.allCases)
    func `a guest who closes the page ends the provider's work`(_ wire: Wire) async throws {
        let server = ScriptedServer([
            .init(steps: [.bytes(Array((wire.opening + wire.text(["One moment"])).utf8)), .hang]),
            .stream(wire.answer(["Welcome back."])),
        ])
        let scene = try await Self.scene("left-\(wire)".lowercased(), wire, server, ["chat.requestsPerToken=1"])
        let request = HTTPRequest(
            method: .post, url: scene.service.url + "/chat", headers: Self.headers(scene),
            body: try Self.body("How warm is my room?"))
        // Leaves after the first words.
        for try await event in HTTPStream().open(request) {
            if case .chunk(let bytes) = event, String(decoding: bytes, as: UTF8.self).contains("One moment") { break }
        }
        let start = ContinuousClock.now
        while server.departures.withLock({ $0 }) == 0, ContinuousClock.now - start < .seconds(20) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(server.departures.withLock { $0 } == 1)
        // The guest's only place is free again.
        var answer: CentralProcess.Answer
        repeat {
            answer = try await scene.service.call(
                "/chat", method: .post, token: scene.guest, type: "application/json", body: try Self.body("Hello"))
        } while answer.status == 429 && ContinuousClock.now - start < .seconds(20)
        #expect(answer.status == 200 && answer.text.contains("Welcome back."), "\(answer.text)")
        await scene.service.process.terminate()
    }

    @Test(arguments: Wire.allCases)
    func `a provider that has too much to do ends in a polite answer`(_ wire: Wire) async throws {
        let server = ScriptedServer([wire.overloaded])
        let scene = try await Self.scene("busy-\(wire)".lowercased(), wire, server)
        let answer = try await scene.service.call(
            "/chat", method: .post, token: scene.guest, type: "application/json",
            body: try Self.body("Wie warm ist es?"), headers: [("Accept", "application/json")])
        #expect(answer.status == 200)
        #expect(try ChatTests.Reply(answer).reply.hasPrefix("Entschuldigung, ich habe gerade sehr viel zu tun"))
        #expect(server.requests.withLock { $0.count } == 3)
        #expect(scene.service.process.output.contains(Wire.key) == false)
        await scene.service.process.terminate()
    }
}
