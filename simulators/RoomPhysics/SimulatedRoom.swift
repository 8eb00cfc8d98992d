package import Building

/// A whole room with all that happens in it: heat, weather, guests, and the sensors that watch.
///
/// Everything follows from the seed: two rooms with the same seed and the same calls report the same values.
package struct SimulatedRoom: Sendable {
    package let name: String
    package let weather: Weather
    package let heatingCurve: HeatingCurve
    package private(set) var thermal: ThermalRoom
    package private(set) var guests: Guests
    /// Whether someone has opened the window: the air is renewed ten times an hour then (a wide open one, VDI 2078's
    /// order of magnitude).
    package var isWindowOpen = false
    /// Seconds since the first local midnight of the simulation.
    package private(set) var clockSeconds: Double

    private static let openWindowAirChanges = 10.0

    private var clouds: Clouds
    private var air: RoomAir
    private var sensors: [TemperatureSensor]
    private var airSensor: TemperatureSensor

    /// - Parameter name: Tells the rooms of one simulation apart.
    /// - Parameter startSecondOfDay: The local time at which the simulation starts.
    /// - Parameter seed: Fixes sensors' errors and guests; rooms with the same seed share the clouds above them.
    package init(
        name: String, parameters: RoomParameters, weather: Weather = Weather(),
        heatingCurve: HeatingCurve = HeatingCurve(), sensorCount: Int = 5, airCelsius: Double = 20,
        structureCelsius: Double = 19, valvePercent: Int = 0, startSecondOfDay: Double = 0, seed: UInt64
    ) {
        self.name = name
        self.weather = weather
        self.heatingCurve = heatingCurve
        thermal = ThermalRoom(
            parameters: parameters, airCelsius: airCelsius, structureCelsius: structureCelsius,
            valvePercent: valvePercent)
        guests = Guests(seed: seed, name: name, secondOfDay: startSecondOfDay)
        clockSeconds = startSecondOfDay
        clouds = Clouds(seed: seed)
        air = RoomAir(volume: parameters.volume, seed: seed, name: name)
        let places = TemperatureSensor.Placement.five
        sensors = (0..<max(0, sensorCount)).map { index in
            TemperatureSensor(
                placement: places[index % places.count], seed: seed, name: "\(name) \(index + 1)", celsius: airCelsius)
        }
        airSensor = TemperatureSensor(placement: places[0], seed: seed, name: "\(name) air", celsius: airCelsius)
    }

    package var outdoorCelsius: Double { weather.celsius(secondOfDay: clockSeconds) }

    package var supplyCelsius: Double { heatingCurve.supplyCelsius(outdoorCelsius: outdoorCelsius) }

    package var sensorCount: Int { sensors.count }

    /// Where the valve is, as it would report itself.
    package var valveLevel: PercentOpen { PercentOpen(clamping: thermal.valve.position * 100) }

    /// Sends the valve on its way.
    package mutating func move(valveTo level: PercentOpen) {
        thermal.valve.move(toPercent: level.percent)
    }

    /// Lets `seconds` pass. Zero or less changes nothing.
    package mutating func advance(seconds: Double) {
        var left = seconds
        while left > 0 {
            let step = min(left, ThermalRoom.longestStepSeconds)
            advanceOnce(seconds: step)
            left -= step
        }
    }

    private mutating func advanceOnce(seconds: Double) {
        clouds.step(seconds: seconds)
        guests.step(seconds: seconds, secondOfDay: clockSeconds)
        air.step(seconds: seconds, guests: guests.count)
        // A person gives about 80 W of sensible heat; what runs while someone is there, another 60 W; standby, 15 W.
        let gain = guests.areHere ? 60 + 80 * Double(guests.count) : 15
        thermal.advance(
            seconds: seconds,
            in: ThermalRoom.Surroundings(
                outdoorCelsius: outdoorCelsius, supplyCelsius: supplyCelsius,
                sun: weather.clearSun(secondOfDay: clockSeconds) * clouds.clearness, internalGain: gain,
                windowAirChanges: isWindowOpen ? Self.openWindowAirChanges : 0))
        for index in sensors.indices {
            sensors[index].step(
                seconds: seconds, airCelsius: thermal.airCelsius, wallCelsius: thermal.structureCelsius)
        }
        airSensor.step(seconds: seconds, airCelsius: thermal.airCelsius, wallCelsius: thermal.structureCelsius)
        clockSeconds += seconds
    }

    /// What the temperature sensor with this index (from 0) reports now, in °C.
    /// - Precondition: `index` is below `sensorCount`.
    package mutating func readTemperature(sensor index: Int) -> Double {
        sensors[index].read()
    }

    /// What the air quality sensor reports now.
    package mutating func readAirQuality() -> (temperatureCelsius: Double, humidityPercent: Double, co2: Double) {
        (airSensor.read(), air.readHumidity(airCelsius: thermal.airCelsius), air.readCO2())
    }
}
