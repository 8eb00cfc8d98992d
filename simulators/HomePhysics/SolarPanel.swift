internal import Foundation

/// Solar panels on a roof, with their inverter.
package struct SolarPanel: Sendable, Hashable {
    /// The peak power, in W: the power at 1,000 W/m² without losses.
    package var ratedWatts: Double
    /// The angle between panels and ground, in degrees, 0…90.
    package var tilt: Double
    /// The direction that the panels face, in degrees clockwise from north.
    package var azimuth: Double

    /// The share of power that remains after losses by heat, dust, cables and the inverter.
    static let performance = 0.86
    /// The diffuse light of the sky, as a share of the sun's beam.
    static let skylight = 0.1

    /// Creates panels; by default they face south at 35°.
    package init(ratedWatts: Double, tilt: Double = 35, azimuth: Double = 180) {
        self.ratedWatts = ratedWatts
        self.tilt = tilt
        self.azimuth = azimuth
    }

    /// Returns the power, in W, 0…`ratedWatts`.
    ///
    /// - Parameter clearness: the share of the clear sky's light that comes through, 0…1.
    package func watts(under sun: Sun, clearness: Double) -> Double {
        guard sun.elevation > 0 else { return 0 }
        let elevation = Sun.radians(sun.elevation)
        let slope = Sun.radians(tilt)
        let incidence =
            sin(elevation) * cos(slope) + cos(elevation) * sin(slope) * cos(Sun.radians(sun.azimuth - azimuth))
        let light = sun.clearBeam * (max(0, incidence) + Self.skylight * (1 + cos(slope)) / 2)
        return min(ratedWatts, max(0, ratedWatts * light / 1000 * Self.performance * clearness))
    }
}
