package import Foundation

/// The position of the sun.
///
/// It is computed by the Astronomical Almanac's formulas for 1950 to 2050, which are accurate to 0.01° (Michalsky, "The
/// Astronomical Almanac's algorithm for approximate solar position", Solar Energy 40, 1988). Refraction is neglected.
package struct Sun: Sendable, Hashable {
    /// The angle above the horizon, in degrees, -90…90.
    package var elevation: Double
    /// The direction in degrees clockwise from north, 0..<360.
    package var azimuth: Double

    /// Creates a given position.
    package init(elevation: Double, azimuth: Double) {
        self.elevation = elevation
        self.azimuth = azimuth
    }

    /// Computes the position at a moment over a location.
    package init(at moment: Date, over place: Place) {
        let seconds = moment.timeIntervalSince1970
        // The number of days since noon of 1 January 2000.
        let days = seconds / 86_400 - 10_957.5
        let meanLongitude = 280.460 + 0.985_647_4 * days
        let anomaly = Self.radians(357.528 + 0.985_600_3 * days)
        let longitude = Self.radians(meanLongitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
        let obliquity = Self.radians(23.439 - 0.000_000_4 * days)
        let ascension = atan2(cos(obliquity) * sin(longitude), cos(longitude))
        let declination = asin(sin(obliquity) * sin(longitude))
        let hoursOfDay = seconds / 3600 - (seconds / 86_400).rounded(.down) * 24
        let siderealHours = 6.697_375 + 0.065_709_824_2 * days + hoursOfDay + place.longitude / 15
        let hourAngle = Self.radians(siderealHours * 15) - ascension
        let latitude = Self.radians(place.latitude)
        let sine = sin(declination) * sin(latitude) + cos(declination) * cos(latitude) * cos(hourAngle)
        elevation = asin(min(1, max(-1, sine))) * 180 / .pi
        let south = atan2(sin(hourAngle), cos(hourAngle) * sin(latitude) - tan(declination) * cos(latitude))
        let north = (south * 180 / .pi + 180).truncatingRemainder(dividingBy: 360)
        azimuth = north < 0 ? north + 360 : north
    }

    /// The intensity of sunlight on a surface that faces the sun, under a clear sky, in W/m² (Meinel, "Applied Solar
    /// Energy", 1976, with the air mass of Kasten and Young, Applied Optics 28, 1989).
    package var clearBeam: Double {
        guard elevation > 0 else { return 0 }
        let airMass = 1 / (sin(Self.radians(elevation)) + 0.505_72 * pow(elevation + 6.079_95, -1.636_4))
        return 1353 * pow(0.7, pow(airMass, 0.678))
    }

    static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
}
