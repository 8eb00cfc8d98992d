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
    func `does not fall more than a kelvin below its set-point from its first hour on`(room: OneMassParameters) {
        for sensorsLag in [false, true] {
            let record = OneMassRun.run(OneMassSettings(room: room, days: 2, sensorsLag: sensorsLag))
            let lowest = record.errors(from: 3600).min() ?? 0
            #expect(lowest >= -1, "\(room), sensors lag: \(sensorsLag): \(lowest) K")
        }
    }

    @Test(arguments: rooms)
    func `moves its valve no further than the day's travel allows`(room: OneMassParameters) {
        for sensorsLag in [false, true] {
            let settings = OneMassSettings(room: room, days: 2, sensorsLag: sensorsLag)
            let travel = OneMassRun.run(settings).travelPercent / settings.days
            #expect(
                travel <= settings.climate.dailyTravelPercent, "\(room), sensors lag: \(sensorsLag): \(travel) % a day")
        }
    }

    @Test(arguments: [17.0, 20, 24], [-10.0, 8])
    func `is known within two hours, wherever it starts`(startCelsius: Double, outdoorCelsius: Double) {
        for hours in [0.5, 1.5, 3] {
            for lag in [0.0, 300, 900] {
                let room = OneMassParameters(timeConstantHours: hours, emitterTimesLoad: 5, emitterLagSeconds: lag)
                let record = OneMassRun.run(
                    OneMassSettings(
                        room: room, outdoor: OutdoorDay(meanCelsius: outdoorCelsius), days: 1,
                        startCelsius: startCelsius, periodSeconds: 30, tellsOutdoor: false))
                let lowest = record.errors(from: 2 * 3600).min() ?? 0
                #expect(lowest >= -1, "\(room): \(lowest) K")
                #expect(record.falseWindowMinutes == 0, "\(room)")
            }
        }
    }

    @Test(arguments: [600, 900, 2400, 3600, 5400])
    func `stays known across a restart in its first hours`(restartSecond: Int) {
        for (hours, times) in [(0.4, 3.0), (0.4, 6), (0.7, 6), (2, 6)] {
            let room = OneMassParameters(timeConstantHours: hours, emitterTimesLoad: times)
            let record = OneMassRun.run(OneMassSettings(room: room, days: 1, restarts: [restartSecond]))
            let lowest = record.errors(from: 2 * 3600).min() ?? 0
            #expect(lowest >= -1, "\(room), restart after \(restartSecond) s: \(lowest) K")
            #expect(record.falseWindowMinutes == 0)
        }
    }

    @Test func `does not open and shut its valve by turns while it is just as warm as shuts it`() {
        let room = OneMassParameters(timeConstantHours: 4, emitterTimesLoad: 10, emitterLagSeconds: 0)
        let record = OneMassRun.run(OneMassSettings(room: room, days: 1, startCelsius: 24, sensorsLag: false))
        #expect(record.travelPercent <= 500)
        #expect(record.errors(from: 3600).min() ?? 0 >= -1)
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
