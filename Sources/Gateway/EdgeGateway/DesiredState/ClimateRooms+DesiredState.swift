package import Building
package import ClimateControl
import Synchronization

/// Access to set-points for the central service's desired state.
extension ClimateRooms {
    /// The rooms under control.
    var slugs: [Slug] { climate.withLock { $0.slugs } }

    /// Returns the set-point in force; `nil` if the room is not under control.
    package func setpoint(of room: Slug) -> Setpoint? { climate.withLock { $0.setpoint(of: room) } }

    /// Sets a room's set-point. Returns `false` if the room is not under control or the source may not set this
    /// temperature.
    @discardableResult
    package func set(_ setpoint: Setpoint, of room: Slug) -> Bool {
        climate.withLock { $0.set(setpoint, of: room) }
    }

    /// Returns a room to the set-point of the configuration.
    func release(_ room: Slug) {
        climate.withLock { climate in
            guard let settings = climate.settings(of: room) else { return }
            _ = climate.set(Setpoint(celsius: settings.setpointCelsius, source: .configuration), of: room)
        }
    }
}

extension Setpoint {
    /// A Boolean value that indicates whether the set-point came from the central service.
    var isFromCentral: Bool { source == .central || source == .guest }
}
