import Building
import ClimateControl

/// A room under test: settings, sensors by number, and seconds since it began.
final class Room {
    private(set) var climate: RoomClimate

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

    func decide(at second: Double) -> Decision? {
        climate.decide(at: Self.instant(second))
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
