package import Assistant
internal import Foundation
package import LiveUpdates
package import Storage

/// What one caller may use, and where they are.
package struct CallerTools: Sendable {
    package var box: ToolBox
    package var calendar: LocalCalendar
    /// A guest's own room; `nil` for operators.
    package var room: Assistant.RoomLocation?
}

/// Puts together what a caller may use, from what their token says alone: chat and the Model Context Protocol hand out
/// the very same.
package struct ToolIssuer: Sendable {
    private let store: CentralStore
    private let desiredStates: DesiredStateHub
    private let signer: FileSigner
    private let linkLifetime: Duration

    /// - Parameters:
    ///   - desiredStates: wakes those who wait for what a gateway makes of a wish.
    ///   - linkLifetime: how long a link to a file can be used.
    package init(store: CentralStore, desiredStates: DesiredStateHub, linkLifetime: Duration) {
        self.desiredStates = desiredStates
        self.store = store
        self.linkLifetime = linkLifetime
        signer = FileSigner(store: store)
    }

    /// - Parameter way: by which the caller comes, for people who look who wished for something: `chat`.
    /// - Throws: `StoreError`
    package func tools(for caller: Caller, by way: String) async throws -> CallerTools {
        let store = store
        let confirmation = SetpointConfirmation(hub: desiredStates, origin: DesiredStateOrigin(caller, by: way))
        switch caller.scope {
        case .guest(let hotel, _, let number, _):
            guard let address = try await store.address(ofRoom: number), address.hotel == hotel,
                let building = try await store.buildingEntry(id: hotel)
            else { throw RoomIsGone() }
            let own = DatabaseRoom(store: store, address: address, visible: caller.visible, confirmation: confirmation)
            let energy = DatabaseEnergy(store: store, building: building, signer: signer, linkLifetime: linkLifetime)
            return CallerTools(
                box: .guest(room: own, energy: energy) { store.currentTime },
                calendar: address.calendar, room: own.place)
        case .operator:
            let buildings = DatabaseBuildings(
                store: store, visible: caller.visible, confirmation: confirmation, signer: signer,
                linkLifetime: linkLifetime)
            // Where there are several buildings, none is the one whose time is meant.
            let only = try await store.buildingEntry(nil)
            return CallerTools(
                box: .operator(buildings: buildings) { store.currentTime },
                calendar: LocalCalendar(zone: only.flatMap { TimeZone(identifier: $0.timeZone) } ?? .gmt), room: nil)
        case .gateway: return CallerTools(box: ToolBox([]), calendar: LocalCalendar(zone: .gmt), room: nil)
        }
    }
}
