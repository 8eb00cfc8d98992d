package import Building

/// A complete room: heat, weather, guests and sensors.
///
/// Everything follows from the seed: two rooms with the same seed and the same calls report the same values.
package struct SimulatedRoom: Sendable {
    /// The name that distinguishes the rooms of a simulation.
    package let name: String
    /// The weather outside.
    package let weather: Weather
    /// The curve that determines the supply temperature.
    package let heatingCurve: HeatingCurve
    /// The thermal state of the room.
    package private(set) var thermal: ThermalRoom
    /// The guests who come and go.
    package private(set) var guests: Guests
    /// A Boolean value that indicates whether the window is open: the air is then renewed ten times per hour (a wide
    /// open window, the order of magnitude in VDI 2078).
    package var isWindowOpen = false
    /// The number of seconds since the first local midnight of the simulation.
    package private(set) var clockSeconds: Double

    private static let openWindowAirChanges = 10.0

    private var clouds: Clouds
    private var air: RoomAir
    private var sensors: [TemperatureSensor]
    private var airSensor: TemperatureSensor

    /// Creates a room.
    ///
    /// - Parameters:
    ///   - name: distinguishes the rooms of a simulation.
    ///   - startSecondOfDay: the local time at which the simulation starts, in seconds since midnight.
    ///   - seed: determines the sensors' errors and the guests; rooms with the same seed share the clouds above them.
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

    /// The outdoor temperature, in °C.
    package var outdoorCelsius: Double { weather.celsius(secondOfDay: clockSeconds) }

    /// The supply temperature of the heating water, in °C.
    package var supplyCelsius: Double { heatingCurve.supplyCelsius(outdoorCelsius: outdoorCelsius) }

    /// The number of temperature sensors.
    package var sensorCount: Int { sensors.count }

    /// The position of the valve, as it would report it.
    package var valveLevel: PercentOpen { PercentOpen(clamping: thermal.valve.position * 100) }

    /// Commands the valve to move.
    package mutating func move(valveTo level: PercentOpen) {
        thermal.valve.move(toPercent: level.percent)
    }

    /// Advances by `seconds`. Zero or less changes nothing.
    package mutating func advance(seconds: Double) {
        var left = seconds
        while left > 0 {
            let step = min(left, ThermalRoom.longestStepSeconds)
            advanceOnce(seconds: step)
            left -= step
        }
    }

    /// Advances by one step.
    private mutating func advanceOnce(seconds: Double) {
        clouds.step(seconds: seconds)
        guests.step(seconds: seconds, secondOfDay: clockSeconds)
        air.step(seconds: seconds, guests: guests.count)
        // A person gives about 80 W of sensible heat, the appliances in use while someone is present another 60 W,
        // standby 15 W.
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

    /// Returns the present report of a temperature sensor, in °C.
    ///
    /// - Precondition: `index` counts from 0 and is below `sensorCount`.
    package mutating func readTemperature(sensor index: Int) -> Double {
        sensors[index].read()
    }

    /// Returns the present report of the air quality sensor.
    package mutating func readAirQuality() -> (temperatureCelsius: Double, humidityPercent: Double, co2: Double) {
        (airSensor.read(), air.readHumidity(airCelsius: thermal.airCelsius), air.readCO2())
    }
}
