import Building
import Testing

@Suite struct `Units` {
    @Test(arguments: [
        ("°F", MeasurementUnit.fahrenheit), ("F", .fahrenheit), ("f", .fahrenheit), ("degF", .fahrenheit),
        ("deg F", .fahrenheit), ("Fahrenheit", .fahrenheit), ("FAHRENHEIT", .fahrenheit), ("℉", .fahrenheit),
        ("ºF", .fahrenheit), ("degrees Fahrenheit", .fahrenheit), (" °F ", .fahrenheit),
        ("°C", .celsius), ("C", .celsius), ("degC", .celsius), ("Celsius", .celsius), ("℃", .celsius),
        ("K", .kelvin), ("k", .kelvin), ("kelvin", .kelvin), ("°K", .kelvin), ("\u{212A}", .kelvin),
        ("W", .watts), ("w", .watts), ("Watt", .watts), ("kW", .kilowatts), ("KW", .kilowatts), ("kw", .kilowatts),
        ("MW", .megawatts), ("mW", .milliwatts),
        ("Wh", .wattHours), ("WH", .wattHours), ("kWh", .kilowattHours), ("KWH", .kilowattHours),
        ("kW·h", .kilowattHours), ("kW h", .kilowattHours), ("MWh", .megawattHours), ("GWh", .gigawattHours),
        ("kJ", .kilojoules), ("MJ", .megajoules), ("GJ", .gigajoules),
        ("%", .percent), ("percent", .percent), ("%RH", .relativeHumidity), ("% rF", .relativeHumidity),
        ("fraction", .fraction), ("ratio", .fraction), ("1", .fraction), ("ppm", .partsPerMillion),
        ("PPB", .partsPerBillion),
    ])
    func `are known by the spellings that devices and people use`(spelling: String, unit: MeasurementUnit) {
        #expect(MeasurementUnit(spelling) == unit)
    }

    @Test(arguments: [
        "", " ", "°", "X", "furlong", "°R", "kelvins per second", "mw", "mwh", "Mw", "hPa", "lx", "W/m²", "0", "%%",
        String(repeating: "F", count: 33), String(repeating: " ", count: 100_000) + "F", "F\u{0}",
    ])
    func `are refused where they are unknown, and where a guess could be wrong by a billion`(spelling: String) {
        #expect(MeasurementUnit(spelling) == nil)
    }

    @Test(arguments: [
        (41.0, MeasurementUnit.fahrenheit, MeasurementUnit.celsius, 5.0), (-40, .fahrenheit, .celsius, -40),
        (70.7, .fahrenheit, .celsius, 21.5), (71, .fahrenheit, .celsius, 21.667), (295.15, .kelvin, .celsius, 22),
        (0, .kelvin, .celsius, -273.15), (-459.67, .fahrenheit, .celsius, -273.15), (21.55, .celsius, .celsius, 21.55),
        (22, .celsius, .fahrenheit, 71.6), (22, .celsius, .kelvin, 295.15),
        (1234, .watts, .kilowatts, 1.234), (1.234, .kilowatts, .watts, 1234), (0.5, .megawatts, .kilowatts, 500),
        (-3000, .watts, .kilowatts, -3), (1, .milliwatts, .kilowatts, 0.000_001),
        (0.0117, .megawattHours, .kilowattHours, 11.7), (11_700, .wattHours, .kilowattHours, 11.7),
        (123_456_789, .wattHours, .kilowattHours, 123_456.789), (3.6, .megajoules, .kilowattHours, 1),
        (1, .gigajoules, .kilowattHours, 277.777_777_778), (0.455, .fraction, .relativeHumidity, 45.5),
        (45.5, .percent, .relativeHumidity, 45.5), (488_800, .partsPerBillion, .partsPerMillion, 488.8),
    ])
    func `convert within their dimension`(
        value: Double, from: MeasurementUnit, to: MeasurementUnit, expected: Double
    ) {
        #expect(from.convert(value, to: to) == expected)
    }

    @Test(arguments: [
        (20.0, MeasurementUnit.watts, MeasurementUnit.celsius), (20, .wattHours, .kilowatts),
        (20, .percent, .partsPerMillion), (-0.01, .kelvin, .celsius), (-459.7, .fahrenheit, .celsius),
        (-273.16, .celsius, .celsius), (.nan, .kelvin, .celsius), (.infinity, .watts, .watts),
        (1e308, .megawattHours, .wattHours),
    ])
    func `convert to nothing across dimensions, below absolute zero and beyond numbers`(
        value: Double, from: MeasurementUnit, to: MeasurementUnit
    ) {
        #expect(from.convert(value, to: to) == nil)
    }

    @Test func `are read back from the symbol of every numeric datapoint`() {
        for datapoint: Datapoint in [.temperature, .humidity, .co2, .sensitivity, .powerKilowatts, .powerWatts] {
            #expect(datapoint.unit.flatMap { MeasurementUnit($0) } == datapoint.measurementUnit)
        }
    }
}
