package import Building

/// The role of a token, which decides its access.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// A gateway: the uplink and temperatures of its building.
    case gateway
    /// A guest: its room for the length of its stay, with readings, set-point and chat.
    case guest
    /// An operator: reads everything, and changes set-points and devices.
    case `operator`
}

/// The caller of a request, as identified by its token.
package struct Caller: Hashable, Sendable {
    /// The role with the objects the caller has access to.
    package enum Scope: Hashable, Sendable {
        /// The gateway of a building.
        case gateway(BuildingReference)
        /// A guest of a room, given by the ids of its building, its floor and itself.
        ///
        /// - Parameter from: The start of the stay; nothing before it is visible to the guest.
        case guest(hotel: Int, floor: Int, room: Int, from: Timestamp)
        /// An operator, with access to everything.
        case `operator`
    }

    /// The id of the token, as logs and lists show it.
    package var token: Int
    /// The role with the objects the caller has access to.
    package var scope: Scope

    /// Creates a caller.
    package init(token: Int, scope: Scope) {
        self.token = token
        self.scope = scope
    }

    /// The role of the token.
    package var role: Role {
        switch scope {
        case .gateway: .gateway
        case .guest: .guest
        case .operator: .operator
        }
    }
}
