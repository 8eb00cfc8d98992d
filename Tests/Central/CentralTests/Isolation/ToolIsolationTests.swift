import DatabaseRig
import Foundation
import HTTPClient
import ServiceRig
import Testing

/// A guest of room-101 gets nothing of room-102 by the tools of MCP: each tool has its tries here.
@Suite(.withDatabaseServer, .database) struct ToolIsolationTests {
    /// What each tool of a guest is tried with. A new tool needs its tries here.
    private static func tries(_ house: GuestHotel) -> [String: [String]] {
        let stranger = "\(house.slug)/room-102"
        let naming = [
            #"{"room":"room-102"}"#, #"{"room":"\#(stranger)"}"#, #"{"room_id":\#(house.neighbour)}"#,
            #"{"Room":"room-102"}"#, #"{"building":"\#(house.slug)-other"}"#, #"{"hotel_id":\#(house.other.hotel)}"#,
            #"{"_meta":{"room":"room-102"}}"#,
        ]
        func with(_ members: String) -> [String] {
            ["{\(members)}"] + naming.map { "{\(members)," + $0.dropFirst() }
                + [#"{\#(members),"period":"last night in room-102"}"#, #"{\#(members),"period":"room-102"}"#]
        }
        return [
            "latest_readings": ["{}"] + naming, "comfort_report": ["{}"] + naming,
            "reading_history": with(#""datapoint":"temperature","statistic":"maximum""#)
                + with(#""datapoint":"co2","statistic":"last_seen""#)
                + with(#""datapoint":"room-102/temperature","statistic":"average""#),
            "energy_summary": with(#""resolution":"1hour""#)
                + [#"{"resolution":"1hour","subsystems":["\#(house.slug)-other"]}"#],
            "set_temperature": naming.map { #"{"celsius":21,"# + $0.dropFirst() },
        ]
    }

    @Test func `each tool of a guest has its tries, and none gives anything of another room`() async throws {
        let house = try await GuestHotel("tools")
        let listed = try await house.mcp("tools/list", "{}")
        struct Listing: Decodable {
            struct Result: Decodable { var tools: [Tool] }
            struct Tool: Decodable { var name: String }
            var result: Result
        }
        func names(_ answer: CentralProcess.Answer) throws -> [String] {
            try JSONDecoder().decode(Listing.self, from: Data(answer.body)).result.tools.map(\.name)
        }
        let tools = try names(listed)
        let tries = Self.tries(house)
        #expect(Set(tools) == Set(tries.keys), "without tries, or gone")
        #expect(GuestHotel.leaks(listed) == [])
        for tool in tools {
            for arguments in tries[tool] ?? [] {
                let answer = try await house.mcp("tools/call", #"{"name":"\#(tool)","arguments":\#(arguments)}"#)
                #expect(answer.status == 200, "\(tool) \(arguments): \(answer.text)")
                #expect(GuestHotel.leaks(answer) == [], "\(tool) \(arguments): \(answer.text)")
                let newcomers = try await house.mcp(
                    "tools/call", #"{"name":"\#(tool)","arguments":\#(arguments)}"#, as: house.newcomer)
                #expect(GuestHotel.newcomerLeaks(newcomers) == [], "\(tool) \(arguments): \(newcomers.text)")
            }
        }
        // The tools of operators are not there, by no spelling.
        let all = try await house.scene.service.call(
            "/mcp", method: .post, token: house.scene.ops, type: "application/json",
            body: Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#.utf8))
        let foreign = Set(try names(all)).subtracting(tools)
        #expect(foreign == ["list_rooms"])
        for name in foreign.flatMap({ [$0, $0.uppercased(), " \($0)", "\($0)\\u0000"] }) {
            let answer = try await house.mcp("tools/call", #"{"name":"\#(name)","arguments":{}}"#)
            #expect(answer.text.contains("-32602") && GuestHotel.leaks(answer) == [], "\(name): \(answer.text)")
        }
        // What was tried to be set for room-102 was set for no room.
        #expect(try await Replica().rows("SELECT count(*)::text FROM desired_state") == ["0"])
        await house.end()
    }
}
