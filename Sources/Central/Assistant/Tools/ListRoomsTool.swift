internal import JSON

/// The tool that lists all buildings with their floors and rooms, for operators.
struct ListRoomsTool: Tool {
    let buildings: any BuildingService

    static let name = "list_rooms"

    var definition: ToolDefinition {
        ToolDefinition(
            name: Self.name, title: "Rooms",
            description:
                "All buildings with their floors and rooms, and the keys that identify a room to the other tools.",
            input: .object([]))
    }

    func call(_ arguments: JSON) async throws -> ToolResult {
        let listings = try await buildings.buildings()
        let json = listings.map { building -> JSON in
            [
                "slug": .string(building.slug), "name": .string(building.name),
                "floors": .array(
                    building.floors.map { floor in
                        [
                            "name": .string(floor.name),
                            "rooms": .array(
                                floor.rooms.map { ["key": .string($0.key), "name": .string($0.name)] }),
                        ]
                    }),
            ]
        }
        let count = listings.flatMap(\.floors).map(\.rooms.count).reduce(0, +)
        return ToolResult(content: ["buildings": .array(json)], summary: "\(count) rooms")
    }
}
