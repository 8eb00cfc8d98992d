package import Building
package import ClimateControl
import Synchronization

/// Set-points that come from the central service.
extension ClimateRooms {
    /// The rooms under control.
    var slugs: [Slug] { climate.withLock { $0.slugs } }

    /// What is in force; `nil` where the room is not under control.
    package func setpoint(of room: Slug) -> Setpoint? { climate.withLock { $0.setpoint(of: room) } }

    /// `false` where the room is not under control, or the source may not ask for it.
    @discardableResult
    package func set(_ setpoint: Setpoint, of room: Slug) -> Bool {
        climate.withLock { $0.set(setpoint, of: room) }
    }

    /// From now on the configuration's set-point holds.
    func release(_ room: Slug) {
        climate.withLock { climate in
            guard let settings = climate.settings(of: room) else { return }
            _ = climate.set(Setpoint(celsius: settings.setpointCelsius, source: .configuration), of: room)
        }
    }
}

extension Setpoint {
    /// Whether the central service asked for it.
    var isFromCentral: Bool { source == .central || source == .guest }
}
