internal import Assistant
internal import Storage

/// All buildings of the central database, for the assistant's tools.
struct DatabaseBuildings: BuildingService {
    let store: CentralStore
    let visible: VisibleRange
    let confirmation: SetpointConfirmation
    let signer: FileSigner
    let linkLifetime: Duration

    /// The largest number of rooms listed; more would fill a model's context.
    private static let mostRooms = 500

    func buildings() async throws -> [BuildingListing] {
        var listings: [BuildingListing] = []
        for room in try await store.addresses(limit: Self.mostRooms) {
            if listings.last?.slug != room.building {
                listings.append(.init(slug: room.building, name: room.buildingName, floors: []))
            }
            let place = listings.count - 1
            if listings[place].floors.last?.name != room.floorName {
                listings[place].floors.append(.init(name: room.floorName, rooms: []))
            }
            listings[place].floors[listings[place].floors.count - 1].rooms.append(
                .init(key: room.key, name: room.name))
        }
        return listings
    }

    func room(_ key: String) async throws -> (any RoomService)? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let slug = parts.last, parts.count <= 2 else { return nil }
        let found = try await store.addresses(ofRoom: slug, building: parts.count == 2 ? parts[0] : nil)
        guard found.count == 1 else { return nil }
        return DatabaseRoom(store: store, address: found[0], visible: visible, confirmation: confirmation)
    }

    func energy(of building: String?) async throws -> (any EnergyService)? {
        try await store.buildingEntry(building).map {
            DatabaseEnergy(
                store: store, building: $0, calendar: try $0.calendar, signer: signer, linkLifetime: linkLifetime)
        }
    }
}
