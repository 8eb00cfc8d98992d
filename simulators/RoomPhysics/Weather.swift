import Foundation

/// The outdoor temperature of one day that repeats: coldest at 5, warmest at 15 o'clock.
package struct OutdoorDay: Sendable, Hashable {
    /// The day's mean, in °C.
    package var meanCelsius: Double
    /// How far it departs from the mean, in K.
    package var amplitudeKelvin: Double
    /// The sun on the façade at noon of a clear day, in W/m².
    package var clearNoonSun: Double

    /// A cold day by default. The sun is a low winter sun on a façade.
    package init(meanCelsius: Double = -2, amplitudeKelvin: Double = 5, clearNoonSun: Double = 350) {
        self.meanCelsius = meanCelsius
        self.amplitudeKelvin = amplitudeKelvin
        self.clearNoonSun = clearNoonSun
    }

    /// In °C, `secondOfDay` counted from local midnight (any number: days repeat).
    package func celsius(secondOfDay: Double) -> Double {
        let hour = secondOfDay / 3600
        // Ten hours from the coldest to the warmest moment, fourteen back: a warped cosine.
        let sinceColdest = (hour - 5).truncatingRemainder(dividingBy: 24)
        let wrapped = sinceColdest < 0 ? sinceColdest + 24 : sinceColdest
        let phase = wrapped < 10 ? wrapped / 20 : 0.5 + (wrapped - 10) / 28
        return meanCelsius - amplitudeKelvin * cos(2 * .pi * phase)
    }

    /// The sun on the façade under a clear sky, in W/m²: from 8 to 16 o'clock, highest at noon.
    package func clearSun(secondOfDay: Double) -> Double {
        let hour = (secondOfDay / 3600).truncatingRemainder(dividingBy: 24)
        let local = hour < 0 ? hour + 24 : hour
        guard local > 8, local < 16 else { return 0 }
        return clearNoonSun * sin(.pi * (local - 8) / 8)
    }
}

/// The weather of several days, which repeat.
package struct Weather: Sendable, Hashable {
    package var days: [OutdoorDay]

    /// - Precondition: There is at least one day.
    package init(days: [OutdoorDay] = [OutdoorDay()]) {
        precondition(!days.isEmpty, "there is weather every day")
        self.days = days
    }

    /// A week drawn at random around a mean: its days differ by fronts that pass, as warm as bright.
    ///
    /// - Parameter seed: The same seed always draws the same week.
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

    /// A week of hard frost.
    package static func coldWeek(seed: UInt64) -> Weather {
        week(meanCelsius: -6, amplitudeKelvin: 4, clearNoonSun: 350, seed: seed)
    }

    /// A week of early spring.
    package static func mildWeek(seed: UInt64) -> Weather {
        week(meanCelsius: 7, amplitudeKelvin: 5, clearNoonSun: 400, seed: seed)
    }

    /// In °C. From noon to noon one day's temperature turns into the next one's.
    package func celsius(secondOfDay second: Double) -> Double {
        let noons = second / 86_400 - 0.5
        let before = noons.rounded(.down)
        let share = noons - before
        let first = day(Int(before)).celsius(secondOfDay: second)
        return first + share * (day(Int(before) + 1).celsius(secondOfDay: second) - first)
    }

    /// The sun on the façade under a clear sky, in W/m².
    package func clearSun(secondOfDay second: Double) -> Double {
        day(Int((second / 86_400).rounded(.down))).clearSun(secondOfDay: second)
    }

    private func day(_ number: Int) -> OutdoorDay {
        let rest = number % days.count
        return days[rest < 0 ? rest + days.count : rest]
    }
}

/// How much of the clear sun the clouds let through: 0.1…1, changing within the hour.
package struct Clouds: Sendable {
    private static let memorySeconds = 2400.0

    private var generator: SplitMix64
    private var wander: Double

    package init(seed: UInt64) {
        generator = SplitMix64(seed: seed, for: "clouds")
        wander = generator.normal(deviation: 1)
    }

    package var clearness: Double { min(1, max(0.1, 0.5 + 0.3 * wander)) }

    mutating func step(seconds: Double) {
        let kept = exp(-seconds / Self.memorySeconds)
        wander = wander * kept + generator.normal(deviation: (1 - kept * kept).squareRoot())
    }
}

/// The boiler's weather curve: supply water as warm as the weather asks for, and a little more.
package struct HeatingCurve: Sendable, Hashable {
    /// The coldest day that houses here are designed for, in °C (of the order of EN 12831's for Central Europe).
    package static let designOutdoorCelsius = -12.0

    /// The supply temperature on that day, in °C.
    package var designSupplyCelsius: Double

    package init(designSupplyCelsius: Double = 55) {
        self.designSupplyCelsius = designSupplyCelsius
    }

    /// In °C, 25…75. The curve is bent by the radiators' exponent of 1.3, so that their output follows the loss.
    package func supplyCelsius(outdoorCelsius: Double) -> Double {
        let load = max(0, (22 - outdoorCelsius) / (22 - Self.designOutdoorCelsius))
        let supply = 22 + (designSupplyCelsius - 22) * pow(load, 1 / 1.3)
        return min(75, max(25, supply))
    }
}
