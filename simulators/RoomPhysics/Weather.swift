import Foundation

/// The outdoor temperature of a day that repeats: coldest at 5:00, warmest at 15:00.
package struct OutdoorDay: Sendable, Hashable {
    /// The mean of the day, in °C.
    package var meanCelsius: Double
    /// The amplitude around the mean, in K.
    package var amplitudeKelvin: Double
    /// The sunlight on the façade at noon of a clear day, in W/m².
    package var clearNoonSun: Double

    /// Creates a day; by default a cold one with a low winter sun.
    package init(meanCelsius: Double = -2, amplitudeKelvin: Double = 5, clearNoonSun: Double = 350) {
        self.meanCelsius = meanCelsius
        self.amplitudeKelvin = amplitudeKelvin
        self.clearNoonSun = clearNoonSun
    }

    /// Returns the temperature in °C. `secondOfDay` counts from local midnight; days repeat.
    package func celsius(secondOfDay: Double) -> Double {
        let hour = secondOfDay / 3600
        // Ten hours from the coldest to the warmest moment, fourteen back: a warped cosine.
        let sinceColdest = (hour - 5).truncatingRemainder(dividingBy: 24)
        let wrapped = sinceColdest < 0 ? sinceColdest + 24 : sinceColdest
        let phase = wrapped < 10 ? wrapped / 20 : 0.5 + (wrapped - 10) / 28
        return meanCelsius - amplitudeKelvin * cos(2 * .pi * phase)
    }

    /// Returns the sunlight on the façade under a clear sky, in W/m²: from 8:00 to 16:00, highest at noon.
    package func clearSun(secondOfDay: Double) -> Double {
        let hour = (secondOfDay / 3600).truncatingRemainder(dividingBy: 24)
        let local = hour < 0 ? hour + 24 : hour
        guard local > 8, local < 16 else { return 0 }
        return clearNoonSun * sin(.pi * (local - 8) / 8)
    }
}

/// The weather of several days, which repeat.
package struct Weather: Sendable, Hashable {
    /// The days, from that of the first midnight.
    package var days: [OutdoorDay]

    /// Creates weather.
    ///
    /// - Precondition: There is at least one day.
    package init(days: [OutdoorDay] = [OutdoorDay()]) {
        precondition(!days.isEmpty, "the weather needs at least one day")
        self.days = days
    }

    /// Returns a random week around a mean: passing fronts make its days differ in temperature and brightness.
    ///
    /// - Parameter seed: the same seed always gives the same week.
    package static func week(meanCelsius: Double, amplitudeKelvin: Double, clearNoonSun: Double, seed: UInt64)
        -> Weather
    {
        var generator = SplitMix64(seed: seed, for: "weather")
        var front = generator.normal(deviation: 3)
        return Weather(
            days: (0..<7).map { _ in
                front = 0.6 * front + generator.normal(deviation: 2.4)
                return OutdoorDay(
                    meanCelsius: meanCelsius + front, amplitudeKelvin: amplitudeKelvin * (0.5 + generator.unit()),
                    clearNoonSun: clearNoonSun * (0.4 + 0.8 * generator.unit()))
            })
    }

    /// Returns a week of hard frost.
    package static func coldWeek(seed: UInt64) -> Weather {
        week(meanCelsius: -6, amplitudeKelvin: 4, clearNoonSun: 350, seed: seed)
    }

    /// Returns a week of early spring.
    package static func mildWeek(seed: UInt64) -> Weather {
        week(meanCelsius: 7, amplitudeKelvin: 5, clearNoonSun: 400, seed: seed)
    }

    /// Returns the temperature in °C. From noon to noon, one day's temperature blends into the next.
    package func celsius(secondOfDay second: Double) -> Double {
        let noons = second / 86_400 - 0.5
        let before = noons.rounded(.down)
        let share = noons - before
        let first = day(Int(before)).celsius(secondOfDay: second)
        return first + share * (day(Int(before) + 1).celsius(secondOfDay: second) - first)
    }

    /// Returns the sunlight on the façade under a clear sky, in W/m².
    package func clearSun(secondOfDay second: Double) -> Double {
        day(Int((second / 86_400).rounded(.down))).clearSun(secondOfDay: second)
    }

    private func day(_ number: Int) -> OutdoorDay {
        let rest = number % days.count
        return days[rest < 0 ? rest + days.count : rest]
    }
}

/// The share of clear sunlight that the clouds let through: 0.1…1, changing within the hour.
package struct Clouds: Sendable {
    private static let memorySeconds = 2400.0

    private var generator: SplitMix64
    private var wander: Double

    /// Creates clouds. Equal seeds give equal clouds.
    package init(seed: UInt64) {
        generator = SplitMix64(seed: seed, for: "clouds")
        wander = generator.normal(deviation: 1)
    }

    /// The present share, 0.1…1.
    package var clearness: Double { min(1, max(0.1, 0.5 + 0.3 * wander)) }

    /// Advances by `seconds`.
    mutating func step(seconds: Double) {
        let kept = exp(-seconds / Self.memorySeconds)
        wander = wander * kept + generator.normal(deviation: (1 - kept * kept).squareRoot())
    }
}

/// The boiler's heating curve: supply water as warm as the weather requires, and a little warmer.
package struct HeatingCurve: Sendable, Hashable {
    /// The design outdoor temperature, in °C (of the order of EN 12831's for Central Europe).
    package static let designOutdoorCelsius = -12.0

    /// The supply temperature on the design day, in °C.
    package var designSupplyCelsius: Double

    /// Creates a curve.
    package init(designSupplyCelsius: Double = 55) {
        self.designSupplyCelsius = designSupplyCelsius
    }

    /// Returns the supply temperature in °C, 25…75. The curve is bent by the radiators' exponent of 1.3, so that their
    /// output follows the loss.
    package func supplyCelsius(outdoorCelsius: Double) -> Double {
        let load = max(0, (22 - outdoorCelsius) / (22 - Self.designOutdoorCelsius))
        let supply = 22 + (designSupplyCelsius - 22) * pow(load, 1 / 1.3)
        return min(75, max(25, supply))
    }
}
