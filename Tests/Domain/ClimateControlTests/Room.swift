import Building
import ClimateControl

/// A room under test: settings, sensors by number, and seconds since it began.
final class Room {
    private(set) var climate: RoomClimate
    /// The decision made last.
    private(set) var last: Decision?

    init(
        _ settings: RoomClimateSettings = RoomClimateSettings(), restoring snapshot: RoomClimate.Snapshot? = nil
    ) {
        climate = RoomClimate(settings: settings, startedAt: Self.instant(0), restoring: snapshot)
    }

    static func instant(_ second: Double) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: .seconds(1000) + .milliseconds(Int64(second * 1000)))
    }

    /// `sensor-1`… report these temperatures.
    func report(_ celsius: [Double], at second: Double) {
        for (index, value) in celsius.enumerated() {
            climate.observe(sensor: "sensor-\(index + 1)", celsius: value, at: Self.instant(second))
        }
    }

    func decide(at second: Double, calendar: Timestamp? = nil) -> Decision? {
        last = climate.decide(at: Self.instant(second), calendar: calendar)
        return last
    }

    func ask(_ request: ModeRequest, at second: Double) {
        climate.ask(request, at: Self.instant(second))
    }

    func choose(_ mode: ModeChoice, at second: Double) {
        climate.choose(mode, at: Self.instant(second))
    }

    func observe(outdoorCelsius: Double, at second: Double) {
        climate.observe(outdoorCelsius: outdoorCelsius, at: Self.instant(second))
    }

    func observe(isOccupied: Bool, at second: Double) {
        climate.observe(isOccupied: isOccupied, at: Self.instant(second))
    }

    func set(_ setpoint: Setpoint) -> Bool {
        climate.set(setpoint)
    }

    /// Five sensors report what `plant` does every 10 s, and the valve moves it. Returns the highest temperature.
    func live(in plant: inout Plant, from start: Int, until end: Int, calendarAt zero: Timestamp? = nil) -> Double {
        var highest = plant.celsius
        for second in stride(from: start, to: end, by: 10) {
            report(Array(repeating: plant.celsius, count: 5), at: Double(second))
            let level = decide(at: Double(second), calendar: zero?.advanced(by: .seconds(second)))?.level.percent ?? 0
            plant.advance(seconds: 10, openPercent: Double(level))
            highest = max(highest, plant.celsius)
        }
        return highest
    }

    func observe(sensor: String, celsius: Double, at second: Double) -> Observation {
        climate.observe(sensor: sensor, celsius: celsius, at: Self.instant(second))
    }

    func setSetpoint(_ celsius: Double) -> Bool {
        climate.setSetpoint(celsius)
    }

    /// Five sensors report the same temperature every 10 s, and the room is decided upon each time. Returns the last
    /// decision and how many of them were new.
    func hold(_ celsius: Double, from start: Int, until end: Int) -> (last: Decision?, new: Int) {
        var last: Decision?
        var new = 0
        for second in stride(from: start, through: end, by: 10) {
            report(Array(repeating: celsius, count: 5), at: Double(second))
            last = decide(at: Double(second))
            new += last?.isNew == true ? 1 : 0
        }
        return (last, new)
    }
}

/// A room of two lags, radiator and air, around a base temperature.
struct Plant {
    var celsius: Double
    var baseCelsius: Double
    var kelvinPerPercent = 0.05
    private var heatPercent = 0.0

    init(celsius: Double, baseCelsius: Double, kelvinPerPercent: Double = 0.05) {
        self.celsius = celsius
        self.baseCelsius = baseCelsius
        self.kelvinPerPercent = kelvinPerPercent
    }

    mutating func advance(seconds: Double, openPercent: Double) {
        heatPercent += seconds / 900 * (openPercent - heatPercent)
        celsius += seconds / 1500 * (baseCelsius + kelvinPerPercent * heatPercent - celsius)
    }
}
