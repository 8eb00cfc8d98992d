import Building
import ClimateControl
import RoomPhysics
import TestBench
import Testing

/// Rooms of one mass behind large emitters: the plant in which the valve's own closing was taken for an open window.
@Suite struct `A room of one mass behind a large emitter` {
    private static let rooms = [0.4, 0.7, 1, 2, 4].flatMap { hours in
        [3.0, 6, 10].flatMap { times in
            [0.0, 900].map { lag in
                OneMassParameters(timeConstantHours: hours, emitterTimesLoad: times, emitterLagSeconds: lag)
            }
        }
    }

    @Test(arguments: rooms)
    func `has no window taken for open, from its first minute on`(room: OneMassParameters) {
        for sensorsLag in [false, true] {
            let record = OneMassRun.run(OneMassSettings(room: room, days: 1, sensorsLag: sensorsLag))
            let first = record.samples.first { $0.isWindowTakenForOpen }
            #expect(
                record.falseWindowMinutes == 0,
                "\(room), sensors lag: \(sensorsLag), at minute \((first?.second ?? 0) / 60)")
        }
    }

    @Test(arguments: [1.0, 2])
    func `has none taken for open on a cold day while its valve swings`(hours: Double) {
        let room = OneMassParameters(timeConstantHours: hours, emitterTimesLoad: 3, emitterLagSeconds: 0)
        let record = OneMassRun.run(
            OneMassSettings(
                room: room, outdoor: OutdoorDay(meanCelsius: -10, amplitudeKelvin: 5, clearNoonSun: 0), days: 1,
                startCelsius: 21.5, sensorsLag: false, periodSeconds: 30))
        #expect(record.falseWindowMinutes == 0)
    }

    @Test(arguments: rooms)
    func `does not fall more than a kelvin below its set-point once it is known`(room: OneMassParameters) {
        let record = OneMassRun.run(OneMassSettings(room: room, days: 2))
        let lowest = record.errors(from: 3 * 3600).min() ?? 0
        #expect(lowest >= -1, "\(room): \(lowest) K")
    }

    @Test(arguments: [0.4, 1, 4], [3.0, 10])
    func `has no window taken for open when its valve is exercised`(hours: Double, times: Double) {
        let record = OneMassRun.run(
            OneMassSettings(
                room: OneMassParameters(timeConstantHours: hours, emitterTimesLoad: times), days: 1,
                exerciseAgeHours: 160))
        #expect(record.samples.contains { $0.reason.hasPrefix("exercise") })
        #expect(record.falseWindowMinutes == 0)
    }

    @Test func `that is left open shuts the valve once, and not again without a rise between`() {
        let room = Room()
        #expect(room.windowsWithoutRise == 1)
    }
}

/// A room that falls by 0.3 K a minute from minute 150 on, without any rise.
private struct Room {
    let windowsWithoutRise: Int

    init() {
        var climate = RoomClimate(
            settings: RoomClimateSettings(frostCelsius: 0), startedAt: .init(sinceOrigin: .zero))
        var celsius = 22.0
        var wasOpen = false
        var count = 0
        for second in stride(from: 0, to: 6 * 3600, by: 10) {
            // In steps: a fast fall each 40 minutes, and nothing between.
            if second >= 9000, second % 2400 < 480 { celsius -= 0.05 }
            for sensor in 1...5 {
                climate.observe(sensor: "s\(sensor)", celsius: celsius, at: .init(sinceOrigin: .seconds(second)))
            }
            let isOpen = climate.decide(at: .init(sinceOrigin: .seconds(second)))?.mode == .windowOpen
            if isOpen, !wasOpen { count += 1 }
            wasOpen = isOpen
        }
        windowsWithoutRise = count
    }
}
