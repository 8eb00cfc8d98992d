internal import JSON

/// The rooms that a caller's tools can use. A guest's tools have a single room, and no way to name another; an
/// operator's take a room as an argument.
enum RoomAccess: Sendable {
    case own(any RoomService)
    case any(any BuildingService)

    private static let argument = "room"

    /// Returns a tool's input schema, including the room if it must be named.
    func schema(_ properties: [JSONSchema.Property]) -> JSONSchema {
        switch self {
        case .own: return .object(properties)
        case .any:
            let room = JSONSchema(
                .string(lengths: 1...129),
                "The room's key as list_rooms gives it, such as grand/room-101; the part after the slash is enough "
                    + "if only one building has such a room.")
            return .object([.required(Self.argument, room)] + properties)
        }
    }

    /// Returns the room that a call refers to.
    ///
    /// - Parameter arguments: Arguments that fit the schema.
    func room(_ arguments: JSON) async throws -> any RoomService {
        switch self {
        case .own(let room): return room
        case .any(let buildings):
            let key = arguments[Self.argument]?.text ?? ""
            guard let room = try await buildings.room(key) else {
                throw ToolError(
                    "There is no room “\(key)”, or there are several. list_rooms gives the keys of all rooms.")
            }
            return room
        }
    }
}
