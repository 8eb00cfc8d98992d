package import Assistant
package import CivilTime
internal import Foundation
package import LiveUpdates
package import Storage

/// The tools of one caller, and the caller's place.
package struct CallerTools: Sendable {
    /// The tools the caller may use.
    package var box: ToolBox
    /// The local calendar of the caller's place; UTC if an operator has several buildings.
    package var calendar: LocalCalendar
    /// A guest's own room; `nil` for operators.
    package var room: Assistant.RoomLocation?
}

/// Composes the tools of a caller from its token alone. The chat and the Model Context Protocol offer the same tools.
package struct ToolIssuer: Sendable {
    private let store: CentralStore
    private let desiredStates: DesiredStateHub
    private let signer: FileSigner
    private let linkLifetime: Duration

    /// Creates an issuer.
    ///
    /// - Parameters:
    ///   - desiredStates: Wakes callers that wait for a gateway's answer.
    ///   - linkLifetime: The time for which a link to a file is valid.
    package init(store: CentralStore, desiredStates: DesiredStateHub, linkLifetime: Duration) {
        self.desiredStates = desiredStates
        self.store = store
        self.linkLifetime = linkLifetime
        signer = FileSigner(store: store)
    }

    /// Returns the tools of a caller.
    ///
    /// - Parameter way: The way the caller uses them, shown with its desired states: `chat`.
    /// - Throws: `StoreError`, `RoomIsGone`.
    package func tools(for caller: Caller, by way: String) async throws -> CallerTools {
        let store = store
        let confirmation = SetpointConfirmation(hub: desiredStates, origin: DesiredStateOrigin(caller, by: way))
        switch caller.scope {
        case .guest(let hotel, _, let number, _):
            guard let address = try await store.address(ofRoom: number), address.hotel == hotel,
                let building = try await store.buildingEntry(id: hotel)
            else { throw RoomIsGone() }
            let own = DatabaseRoom(store: store, address: address, visible: caller.visible, confirmation: confirmation)
            let energy = DatabaseEnergy(
                store: store, building: building, calendar: address.calendar, signer: signer, linkLifetime: linkLifetime
            )
            return CallerTools(
                box: .guest(room: own, energy: energy) { store.currentTime },
                calendar: address.calendar, room: own.place)
        case .operator:
            let buildings = DatabaseBuildings(
                store: store, visible: caller.visible, confirmation: confirmation, signer: signer,
                linkLifetime: linkLifetime)
            // With several buildings, there is no single local time.
            let only = try await store.buildingEntry(nil)
            return CallerTools(
                box: .operator(buildings: buildings) { store.currentTime },
                calendar: try only?.calendar ?? .utc, room: nil)
        case .gateway: return CallerTools(box: ToolBox([]), calendar: .utc, room: nil)
        }
    }
}
