internal import Foundation

/// Solar panels on a roof, with their inverter.
package struct SolarPanel: Sendable, Hashable {
    /// What they give at most, in W: at 1,000 W/m² if nothing were lost.
    package var ratedWatts: Double
    /// Of the panels against the ground, in degrees, 0…90.
    package var tilt: Double
    /// Where they look, from north by east, in degrees.
    package var azimuth: Double

    /// What heat, dust, cables and the inverter leave over.
    static let performance = 0.86
    /// The sky's own light, as a share of the sun's beam.
    static let skylight = 0.1

    package init(ratedWatts: Double, tilt: Double = 35, azimuth: Double = 180) {
        self.ratedWatts = ratedWatts
        self.tilt = tilt
        self.azimuth = azimuth
    }

    /// What they give, in W, 0…`ratedWatts`.
    ///
    /// - Parameter clearness: how much of the clear sky's light comes through, 0…1.
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
