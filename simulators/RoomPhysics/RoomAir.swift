import Foundation

/// The carbon dioxide and moisture in a room's air: a volume that ventilation renews and guests add to.
package struct RoomAir: Sendable {
    // The concentration in fresh air, and what the building itself adds to it.
    private static let freshCO2 = 450.0
    /// The moisture of the conditioned supply air, in g/m³: 45 % at 22 °C.
    private static let freshMoisture = 8.7
    private static let furnishingCO2PerSecond = 50.0 / 3600
    private static let changesPerHour = 0.7
    // One guest who is up and about emits 26 L/h of carbon dioxide (20 sitting, by EN 16798-1) and 50 g/h of moisture.
    private static let guestCO2LitresPerHour = 26.0
    private static let guestMoistureGramsPerHour = 50.0

    private let volume: Double
    private var generator: SplitMix64
    /// The concentration of carbon dioxide, in ppm.
    private var co2: Double
    /// The moisture, in g/m³.
    private var moisture: Double

    /// Creates the air of a room.
    ///
    /// - Parameters:
    ///   - volume: the volume, in m³.
    ///   - name: distinguishes the rooms of a simulation; with `seed` it determines the sensor's noise.
    package init(volume: Double, seed: UInt64, name: String) {
        self.volume = volume
        generator = SplitMix64(seed: seed, for: "air \(name)")
        co2 = Self.freshCO2 + 60
        moisture = Self.freshMoisture
    }

    /// Advances by `seconds` with `guests` in the room.
    mutating func step(seconds: Double, guests: Int) {
        let renewed = Self.changesPerHour * seconds / 3600
        let guestCO2 = Double(guests) * Self.guestCO2LitresPerHour * 1000 / volume / 3600
        let guestMoisture = Double(guests) * Self.guestMoistureGramsPerHour / volume / 3600
        co2 += (guestCO2 + Self.furnishingCO2PerSecond) * seconds
        co2 = (co2 + renewed * Self.freshCO2) / (1 + renewed)
        moisture += guestMoisture * seconds
        moisture = (moisture + renewed * Self.freshMoisture) / (1 + renewed)
    }

    /// Returns the carbon dioxide that an air quality sensor reports, in ppm with one decimal, at least 400.
    package mutating func readCO2() -> Double {
        let value = max(400, co2 + generator.normal(deviation: 12))
        return (value * 10).rounded() / 10
    }

    /// Returns the relative humidity that an air quality sensor reports, in % with one decimal, 0…100.
    package mutating func readHumidity(airCelsius: Double) -> Double {
        let value = 100 * moisture / Self.saturation(celsius: airCelsius) + generator.normal(deviation: 0.5)
        return (min(100, max(0, value)) * 10).rounded() / 10
    }

    /// Returns the moisture that saturates air, in g/m³: Magnus' formula for the vapour pressure (Alduchov and
    /// Eskridge, 1996) and the gas law.
    static func saturation(celsius: Double) -> Double {
        let pressure = 610.94 * exp(17.625 * celsius / (243.04 + celsius))
        return pressure / (461.5 * (celsius + 273.15)) * 1000
    }
}
