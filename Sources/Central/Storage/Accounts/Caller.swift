package import Building

/// What a token allows.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Its own building's uplink and temperatures.
    case gateway
    /// Its own room, from the beginning of its stay to its end: reads it, wishes for its temperature, chats.
    case guest
    /// Reads everything, and changes set-points and devices.
    case `operator`
}

/// Who is calling, as the token says.
package struct Caller: Hashable, Sendable {
    package enum Scope: Hashable, Sendable {
        case gateway(BuildingReference)
        /// - Parameter from: when the stay began: nothing before it is the guest's.
        case guest(hotel: Int, floor: Int, room: Int, from: Timestamp)
        case `operator`
    }

    /// The number of the token, by which logs and lists name it.
    package var token: Int
    package var scope: Scope

    package init(token: Int, scope: Scope) {
        self.token = token
        self.scope = scope
    }

    package var role: Role {
        switch scope {
        case .gateway: .gateway
        case .guest: .guest
        case .operator: .operator
        }
    }
}
