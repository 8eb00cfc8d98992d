package import Building
package import ClimateControl
import Synchronization

/// Set-points that come from the central service.
extension ClimateRooms {
    /// The rooms under control.
    var slugs: [Slug] { rooms.withLock { $0.keys.sorted() } }

    /// What is in force; `nil` where the room is not under control.
    package func setpoint(of room: Slug) -> Setpoint? { rooms.withLock { $0[room]?.setpoint } }

    /// `false` where the room is not under control, or the source may not ask for it.
    @discardableResult
    package func set(_ setpoint: Setpoint, of room: Slug) -> Bool {
        rooms.withLock { $0[room]?.set(setpoint) ?? false }
    }

    /// From now on the configuration's set-point holds.
    func release(_ room: Slug) {
        rooms.withLock { rooms in
            guard let settings = rooms[room]?.settings else { return }
            _ = rooms[room]?.set(Setpoint(celsius: settings.setpointCelsius, source: .configuration))
        }
    }
}

extension Setpoint {
    /// Whether the central service asked for it.
    var isFromCentral: Bool { source == .central || source == .guest }
}
