/// A unit that values come in, as people and devices spell it, and its conversion into another one of its dimension.
///
/// This is the only table of units: what is not in it is not a unit that Hearth can convert.
package struct MeasurementUnit: Hashable, Sendable, CustomStringConvertible {
    /// What a unit measures. Units of one dimension convert into each other, others never.
    package enum Dimension: Hashable, Sendable {
        case temperature
        case power
        case energy
        /// Shares of a whole: percent and fractions.
        case ratio
        /// Parts per million and the like.
        case concentration
    }

    package let dimension: Dimension
    /// As people write it: `°F`.
    package let symbol: String
    /// One of this unit in the dimension's base unit (K, W, Wh, %, ppm) is `numerator / denominator`: two whole numbers,
    /// since a thousandth has no exact binary form.
    private let numerator: Double
    private let denominator: Double
    /// What the unit's zero is in the base unit.
    private let zero: Double

    private init(
        _ symbol: String, _ dimension: Dimension, _ numerator: Double = 1, per denominator: Double = 1, zero: Double = 0
    ) {
        self.symbol = symbol
        self.dimension = dimension
        self.numerator = numerator
        self.denominator = denominator
        self.zero = zero
    }

    package static let celsius = MeasurementUnit("°C", .temperature, zero: 273.15)
    package static let fahrenheit = MeasurementUnit("°F", .temperature, 5, per: 9, zero: 273.15 - 160.0 / 9)
    package static let kelvin = MeasurementUnit("K", .temperature)
    package static let milliwatts = MeasurementUnit("mW", .power, per: 1000)
    package static let watts = MeasurementUnit("W", .power)
    package static let kilowatts = MeasurementUnit("kW", .power, 1000)
    package static let megawatts = MeasurementUnit("MW", .power, 1e6)
    package static let wattHours = MeasurementUnit("Wh", .energy)
    package static let kilowattHours = MeasurementUnit("kWh", .energy, 1000)
    package static let megawattHours = MeasurementUnit("MWh", .energy, 1e6)
    package static let gigawattHours = MeasurementUnit("GWh", .energy, 1e9)
    package static let joules = MeasurementUnit("J", .energy, per: 3600)
    package static let kilojoules = MeasurementUnit("kJ", .energy, 1000, per: 3600)
    package static let megajoules = MeasurementUnit("MJ", .energy, 1e6, per: 3600)
    package static let gigajoules = MeasurementUnit("GJ", .energy, 1e9, per: 3600)
    package static let percent = MeasurementUnit("%", .ratio)
    package static let relativeHumidity = MeasurementUnit("%RH", .ratio)
    package static let fraction = MeasurementUnit("fraction", .ratio, 100)
    package static let partsPerMillion = MeasurementUnit("ppm", .concentration)
    package static let partsPerBillion = MeasurementUnit("ppb", .concentration, per: 1000)

    /// The unit that `spelling` means; `nil` for one that is not known here.
    ///
    /// Upper and lower case do not matter, except for the prefixes m and M before W, Wh and J, which are a factor of a
    /// billion apart: `mw` is refused rather than guessed at. Neither do spaces, a middle dot (`kW·h`) nor the signs that
    /// keyboards have for the degree.
    package init?(_ spelling: some StringProtocol) {
        // No unit is longer, whatever is sent.
        guard spelling.utf8.count <= 32 else { return nil }
        let text = String(spelling).filter { !$0.isWhitespace && !"·*.".contains($0) }
        guard let unit = Self.bySpelling[text] ?? Self.byLowercase[text.lowercased()] else { return nil }
        self = unit
    }

    /// `value` of this unit in `other`; `nil` where the two differ in dimension, and where nothing can be so: what is not
    /// finite, or below absolute zero.
    ///
    /// Temperatures are rounded to thousandths and all else to billionths, finer than anything that is measured, so that a
    /// converted value is stored and sent as the short decimal number that it is.
    package func convert(_ value: Double, to other: MeasurementUnit) -> Double? {
        guard dimension == other.dimension, value.isFinite else { return nil }
        if self == other { return dimension == .temperature && value + zero < -1e-9 ? nil : value }
        let base = value * numerator / denominator + zero
        if dimension == .temperature, base < -1e-9 { return nil }
        let converted = (base - other.zero) * other.denominator / other.numerator
        guard converted.isFinite else { return nil }
        let scale = dimension == .temperature ? 1e3 : 1e9
        // Beyond, a `Double` is coarser than that anyway.
        return abs(converted) < 1e6 ? (converted * scale).rounded() / scale : converted
    }

    package var description: String { symbol }

    /// Where upper and lower case tell units apart.
    private static let bySpelling: [String: MeasurementUnit] = [
        "mW": .milliwatts, "MW": .megawatts, "MWh": .megawattHours, "MWH": .megawattHours, "MJ": .megajoules,
    ]

    private static let byLowercase: [String: MeasurementUnit] = {
        let spellings: [(MeasurementUnit, [String])] = [
            (.celsius, ["°c", "c", "degc", "celsius", "degreecelsius", "degreescelsius", "℃", "ºc", "˚c"]),
            (
                .fahrenheit,
                ["°f", "f", "degf", "fahrenheit", "degreefahrenheit", "degreesfahrenheit", "℉", "ºf", "˚f"]
            ),
            (.kelvin, ["k", "kelvin", "kelvins", "°k", "ºk", "degk"]),
            (.milliwatts, ["milliwatt", "milliwatts"]),
            (.watts, ["w", "watt", "watts"]),
            (.kilowatts, ["kw", "kilowatt", "kilowatts"]),
            (.megawatts, ["megawatt", "megawatts"]),
            (.wattHours, ["wh", "watthour", "watthours", "watt-hour", "watt-hours"]),
            (.kilowattHours, ["kwh", "kilowatthour", "kilowatthours", "kilowatt-hour", "kilowatt-hours"]),
            (.megawattHours, ["megawatthour", "megawatthours", "megawatt-hour", "megawatt-hours"]),
            (.gigawattHours, ["gwh", "gigawatthour", "gigawatthours"]),
            (.joules, ["j", "joule", "joules"]),
            (.kilojoules, ["kj", "kilojoule", "kilojoules"]),
            (.megajoules, ["megajoule", "megajoules"]),
            (.gigajoules, ["gj", "gigajoule", "gigajoules"]),
            (.percent, ["%", "percent", "pct"]),
            (.relativeHumidity, ["%rh", "rh%", "rh", "%rf", "percentrh"]),
            (.fraction, ["fraction", "ratio", "1"]),
            (.partsPerMillion, ["ppm"]),
            (.partsPerBillion, ["ppb"]),
        ]
        return Dictionary(
            uniqueKeysWithValues: spellings.flatMap { unit, texts in texts.map { ($0, unit) } })
    }()
}
