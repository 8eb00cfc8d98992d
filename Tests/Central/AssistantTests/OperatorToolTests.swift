import Assistant
import Building
import JSON
import Synchronization
import Testing

/// An operator's tools name the room, and nothing else differs.
@Suite struct OperatorToolTests {
    private let buildings = FakeBuildings()
    private var box: ToolBox { .operator(buildings: buildings, now: { saturdayMorning }) }

    private func run(_ name: String, _ arguments: String) async -> ToolOutcome {
        await box.run(ToolCall(id: "1", name: name, arguments: arguments))
    }

    @Test func `every tool that is about a room wants the room's key`() async {
        for tool in box.definitions where !["list_rooms", "energy_summary"].contains(tool.name) {
            #expect(tool.input.json["required"]?.elements?.first == "room", "\(tool.name)")
        }
        let outcome = await run("latest_readings", "{}")
        #expect(outcome.summary.contains("“room” is required and missing."))
        let unknown = await run("latest_readings", #"{"room":"grand/room-999"}"#)
        #expect(unknown.isError && unknown.summary.contains("list_rooms gives the keys"))
    }

    @Test func `reaches the room that is named, and its limits`() async throws {
        #expect(await run("latest_readings", #"{"room":"grand/room-102"}"#).content["room"] == "Room 102")
        #expect(await run("set_temperature", #"{"room":"room-102","celsius":21.5}"#).isError == false)
        #expect(buildings.rooms["room-102"]?.state.withLock { $0.desiredStates.map(\.celsius) } == [21.5])
        let outside = await run("set_temperature", #"{"room":"room-102","celsius":30}"#)
        #expect(outside.summary == "This room can be set from 16 to 26 °C.")
    }

    @Test func `lists rooms and gives any building's energy`() async {
        let list = await run("list_rooms", "")
        #expect(list.summary == "2 rooms")
        #expect(
            list.content["buildings"]?.elements?.first?["floors"]?.elements?.first?["rooms"]?.elements?.last
                == ["key": "grand/room-102", "name": "Room 102"])
        #expect(await run("energy_summary", #"{"resolution":"1day","building":"grand"}"#).attachments.count == 1)
        #expect(await run("energy_summary", #"{"resolution":"1day","building":"other"}"#).isError)
        let part = await run("energy_summary", #"{"resolution":"15min","subsystems":["plug_load"],"period":"gestern"}"#)
        #expect(part.content["totals"]?.members?.map(\.name) == ["plug_load"])
        #expect(part.content["start"] == "2026-11-20T00:00:00+01:00")
    }
}
