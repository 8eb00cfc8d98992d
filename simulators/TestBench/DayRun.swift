import Building
import ClimateControl
import RoomPhysics

/// The gateway's control code around a simulated room, in virtual time.
public enum DayRun {
    private static let secondsOfDay = 86_400
    private static let sampleSeconds = 60

    /// Lives through one day. The same settings always give the same record.
    public static func run(_ settings: DaySettings) -> DayRecord {
        var room = SimulatedRoom(
            name: settings.room.name, parameters: settings.room, outdoorDay: settings.outdoorDay,
            airCelsius: settings.startCelsius, structureCelsius: settings.startCelsius - 0.5, seed: settings.seed)
        var climate = RoomClimate(settings: settings.climate, startedAt: instant(second: 0))
        let controlSeconds = max(1, Int(climate.settings.controlPeriod.inSeconds.rounded()))
        var readings = Array(repeating: Double.nan, count: room.sensorCount)
        var samples: [DayRecord.Sample] = []
        var decision: Decision?
        var commands = 0
        var travel = 0
        for second in 0...secondsOfDay {
            for index in readings.indices
            where (second + index * settings.sensorIntervalSeconds / readings.count)
                .isMultiple(of: settings.sensorIntervalSeconds)
            {
                readings[index] = room.readTemperature(sensor: index)
                climate.observe(
                    sensor: "sensor-\(index + 1)", celsius: readings[index], at: instant(second: second))
            }
            if second.isMultiple(of: controlSeconds), let next = climate.decide(at: instant(second: second)) {
                if next.isNew {
                    commands += 1
                    travel += abs(next.level.percent - (decision?.level.percent ?? 0))
                    room.move(valveTo: next.level)
                }
                decision = next
            }
            if second.isMultiple(of: sampleSeconds) {
                samples.append(sample(of: room, decision: decision, climate: climate, second: second))
            }
            room.advance(seconds: 1)
        }
        return DayRecord(
            settings: settings, samples: samples, valveCommands: commands, valveTravelPercent: travel,
            lastReadings: readings)
    }

    private static func sample(
        of room: SimulatedRoom, decision: Decision?, climate: RoomClimate, second: Int
    ) -> DayRecord.Sample {
        DayRecord.Sample(
            second: second, outdoorCelsius: room.outdoorCelsius, supplyCelsius: room.supplyCelsius,
            roomCelsius: room.thermal.airCelsius, verdictCelsius: decision?.temperatureCelsius,
            setpointCelsius: climate.setpointCelsius, levelPercent: decision?.level.percent ?? 0,
            heatKilowattHours: room.thermal.heatJoules / 3_600_000, guests: room.guests.count,
            reason: decision?.reason ?? "")
    }

    private static func instant(second: Int) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: .seconds(second))
    }
}
