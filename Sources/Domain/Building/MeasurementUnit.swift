/// A unit of measurement, with the spellings used by people and devices, and its conversion into other units of the
/// same dimension.
///
/// This is the only table of units: Hearth cannot convert a unit that is not in it.
package struct MeasurementUnit: Hashable, Sendable, CustomStringConvertible {
    /// A physical dimension. Units convert into each other only within one dimension.
    package enum Dimension: Hashable, Sendable {
        case temperature
        case power
        case energy
        /// Shares of a whole: percent and fractions.
        case ratio
        /// Parts per million and the like.
        case concentration
    }

    /// The dimension that the unit measures.
    package let dimension: Dimension
    /// The symbol for people: `°F`.
    package let symbol: String
    /// One of this unit in the dimension's base unit (K, W, Wh, %, ppm) is `numerator / denominator`: two whole
    /// numbers, since a thousandth has no exact binary form.
    private let numerator: Double
    private let denominator: Double
    /// The unit's zero, expressed in the base unit.
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

    /// Degrees Celsius.
    package static let celsius = MeasurementUnit("°C", .temperature, zero: 273.15)
    /// Degrees Fahrenheit.
    package static let fahrenheit = MeasurementUnit("°F", .temperature, 5, per: 9, zero: 273.15 - 160.0 / 9)
    /// Kelvin, the base unit of temperature.
    package static let kelvin = MeasurementUnit("K", .temperature)
    package static let milliwatts = MeasurementUnit("mW", .power, per: 1000)
    /// Watts, the base unit of power.
    package static let watts = MeasurementUnit("W", .power)
    package static let kilowatts = MeasurementUnit("kW", .power, 1000)
    package static let megawatts = MeasurementUnit("MW", .power, 1e6)
    /// Watt-hours, the base unit of energy.
    package static let wattHours = MeasurementUnit("Wh", .energy)
    package static let kilowattHours = MeasurementUnit("kWh", .energy, 1000)
    package static let megawattHours = MeasurementUnit("MWh", .energy, 1e6)
    package static let gigawattHours = MeasurementUnit("GWh", .energy, 1e9)
    /// Joules, of which 3600 are a watt-hour.
    package static let joules = MeasurementUnit("J", .energy, per: 3600)
    package static let kilojoules = MeasurementUnit("kJ", .energy, 1000, per: 3600)
    package static let megajoules = MeasurementUnit("MJ", .energy, 1e6, per: 3600)
    package static let gigajoules = MeasurementUnit("GJ", .energy, 1e9, per: 3600)
    /// Percent, the base unit of ratios.
    package static let percent = MeasurementUnit("%", .ratio)
    /// Percent relative humidity, converted like percent.
    package static let relativeHumidity = MeasurementUnit("%RH", .ratio)
    /// A share of 1, of which 0.01 is a percent.
    package static let fraction = MeasurementUnit("fraction", .ratio, 100)
    /// Parts per million, the base unit of concentrations.
    package static let partsPerMillion = MeasurementUnit("ppm", .concentration)
    package static let partsPerBillion = MeasurementUnit("ppb", .concentration, per: 1000)

    /// Creates the unit that `spelling` denotes; `nil` if it is not known.
    ///
    /// Case is ignored, except in the prefixes m and M before W, Wh and J, which differ by a factor of a billion: `mw`
    /// is rejected rather than guessed at. Spaces, a middle dot (`kW·h`) and the different degree signs of keyboards
    /// are ignored too.
    package init?(_ spelling: some StringProtocol) {
        // No spelling is longer, so longer input is not worth examining.
        guard spelling.utf8.count <= 32 else { return nil }
        let text = String(spelling).filter { !$0.isWhitespace && !"·*.".contains($0) }
        guard let unit = Self.bySpelling[text] ?? Self.byLowercase[text.lowercased()] else { return nil }
        self = unit
    }

    /// Returns `value` of this unit in `other`; `nil` if the two differ in dimension, or if the value is physically
    /// impossible: not finite, or below absolute zero.
    ///
    /// Temperatures are rounded to thousandths and all else to billionths, which is finer than any measurement, so that
    /// a converted value is stored and sent as a short decimal number.
    package func convert(_ value: Double, to other: MeasurementUnit) -> Double? {
        guard dimension == other.dimension, value.isFinite else { return nil }
        if self == other { return dimension == .temperature && value + zero < -1e-9 ? nil : value }
        let base = value * numerator / denominator + zero
        if dimension == .temperature, base < -1e-9 { return nil }
        let converted = (base - other.zero) * other.denominator / other.numerator
        guard converted.isFinite else { return nil }
        let scale = dimension == .temperature ? 1e3 : 1e9
        // Beyond that, a `Double` is coarser than the rounding anyway.
        return abs(converted) < 1e6 ? (converted * scale).rounded() / scale : converted
    }

    package var description: String { symbol }

    /// The spellings in which case distinguishes units.
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
