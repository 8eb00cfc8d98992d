import ClimateControl
import Foundation
import RoomPhysics
import TestBench
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct `A simulated day` {
    @Test(arguments: [RoomParameters.light, .heavy, .oversized], [1, 2, 3, 4] as [UInt64])
    func `keeps the room within a fifth of a kelvin of its set-point on average`(
        room: RoomParameters, seed: UInt64
    ) {
        let summary = DaySummary(of: DayRun.run(DaySettings(room: room, seed: seed)))
        let place: Comment = "room \(room.name), seed \(seed): \(summary)"
        #expect(summary.meanAbsoluteErrorKelvin <= 0.2, place)
        #expect(summary.rootMeanSquareErrorKelvin <= 0.3, place)
        #expect(summary.overshootKelvin <= 0.8, place)
        #expect(summary.shareWithinHalfKelvin >= 0.95, place)
    }

    /// Rooms that the controller was not tuned on: size, construction, radiator and valve are drawn at random.
    @Test(arguments: UInt64(100)..<130)
    func `keeps rooms that it never saw within 0.35 K on a cold day, and does not oscillate`(seed: UInt64) {
        let room = RoomParameters.drawn(seed: seed)
        let record = DayRun.run(DaySettings(room: room, seed: seed))
        let summary = DaySummary(of: record)
        let place: Comment = "seed \(seed): \(summary), \(room)"
        #expect(summary.meanAbsoluteErrorKelvin <= 0.35, place)
        // A valve that swings from end to end every half hour travels 5,000 % a day.
        #expect(summary.valveTravelPercent <= 800, place)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a radiator that was too small all night does not overheat the room afterwards`(seed: UInt64) {
        let summary = DaySummary(of: DayRun.run(DaySettings(room: .undersized, seed: seed)))
        #expect(summary.overshootKelvin <= 0.6, "seed \(seed): \(summary)")
    }

    @Test(arguments: [16.0, 19, 24])
    func `holds other set-points as well`(setpoint: Double) {
        let settings = DaySettings(
            room: .light, climate: RoomClimateSettings(setpointCelsius: setpoint), startCelsius: setpoint - 1)
        let summary = DaySummary(of: DayRun.run(settings))
        #expect(summary.meanAbsoluteErrorKelvin <= 0.3, "\(summary)")
    }

    @Test func `is the same again for the same seed, and another for another`() {
        let one = DayRun.run(DaySettings(room: .light, seed: 5))
        #expect(one == DayRun.run(DaySettings(room: .light, seed: 5)))
        #expect(one.samples != DayRun.run(DaySettings(room: .light, seed: 6)).samples)
    }

    @Test func `is told by the hour, from midnight to midnight`() {
        let record = DayRun.run(DaySettings(room: .light))
        #expect(record.samples.count == 1441)
        #expect(record.hourly.map { $0.second / 3600 } == Array(0...24))
        let lines = DayTable(record).description.split(separator: "\n")
        #expect(lines.filter { $0.prefix(5).hasSuffix(":00") }.count == 25)
    }

    @Test(arguments: SensorFault.allCases, [[0, 1], [1, 3], [2, 4]])
    func `two failing sensors move the room by less than 0.3 K`(fault: SensorFault, sensors: [Int]) {
        let calm = DayRun.run(DaySettings(room: .heavy, seed: 3, days: 3))
        let failures = sensors.map { DaySettings.Failure(sensor: $0, fault: fault, second: 129_600) }
        let record = DayRun.run(DaySettings(room: .heavy, seed: 3, days: 3, failures: failures))
        let most = zip(record.samples, calm.samples).map { abs($0.roomCelsius - $1.roomCelsius) }.max() ?? 1
        #expect(most < 0.3, "\(fault.rawValue) of \(sensors): \(most) K")
    }

    @Test func `an open window shuts the valve, and the room finds back`() throws {
        let settings = DaySettings(room: .light, windows: [50_400..<51_600])
        let record = DayRun.run(settings)
        let open = record.samples.filter { $0.reason.hasPrefix("closed: window open since 14:0") }
        #expect(open.count > 5 && open.count <= 30, "\(open.count) min")
        #expect(open.allSatisfy { $0.levelPercent == 0 })
        let evening = record.samples.filter { $0.second > 57_600 }
        #expect(evening.allSatisfy { abs($0.roomCelsius - 22) < 0.7 })
    }

    @Test(arguments: RoomParameters.named)
    func `a room that nobody heats does not fall below 6 °C in hard frost`(room: RoomParameters) throws {
        let record = DayRun.run(
            DaySettings(
                room: room, climate: RoomClimateSettings(setpointCelsius: 5),
                weather: Weather(days: [OutdoorDay(meanCelsius: -10, amplitudeKelvin: 3, clearNoonSun: 0)]), days: 6,
                startCelsius: 10))
        let lowest = try #require(record.samples.map(\.roomCelsius).min())
        #expect(lowest >= 6, "\(room.name): \(lowest) °C")
    }

    @Test(arguments: [RoomParameters.light, .heavy, .oversized], [5, 6] as [UInt64])
    func `a step of 2 K overshoots by half a kelvin at most`(room: RoomParameters, seed: UInt64) throws {
        let record = DayRun.run(
            DaySettings(
                room: room, climate: RoomClimateSettings(setpointCelsius: 20), seed: seed, days: 2, startCelsius: 20,
                changes: [.init(second: 86_400 + 18 * 3600, setpointCelsius: 22)]))
        let after = record.samples.filter { $0.second > 86_400 + 18 * 3600 }.compactMap(\.fusedCelsius)
        #expect(try #require(after.max()) <= 22.5, "\(after.max() ?? 0)")
        #expect(abs(try #require(after.last) - 22) < 0.4, "\(after.last ?? 0)")
    }

    @Test func `a step test finds a lag with dead time, and gains that hold the room`() {
        let test = StepTest(of: .heavy)
        #expect(test.gain > 0.02 && test.gain < 0.2)
        #expect(test.deadSeconds >= 120 && test.deadSeconds < 2400)
        let controller = ControllerKind.proportionalIntegral(test.tuning(slowness: PITuning.bestSlowness))
        let record = DayRun.run(DaySettings(room: .heavy, controller: controller))
        #expect(DaySummary(of: record).rootMeanSquareErrorKelvin < 0.3)
        let table = ComparisonTable([record, DayRun.run(DaySettings(room: .heavy, controller: .onOff))]).description
        #expect(table.contains("\npi ") && table.contains("\non-off "))
    }

    @Test(arguments: RoomParameters.named)
    func `is drawn as well-formed SVG with axes, units and a legend`(room: RoomParameters) throws {
        let svg = DayChart(DayRun.run(DaySettings(room: room))).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        for text in [
            "set-point", "sensors&apos; verdict", "valve level", "outdoor", "°C", "% open", "time of day",
            "guests present",
        ] {
            #expect(svg.contains(">\(text)<") || svg.contains(">\(text.replacing("&apos;", with: "'"))<"), "\(text)")
        }
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test func `is drawn with values that a chart's scale holds even in extreme weather`() {
        let settings = DaySettings(
            room: .undersized, weather: Weather(days: [OutdoorDay(meanCelsius: -50, amplitudeKelvin: 30)]),
            startCelsius: 5)
        let svg = DayChart(DayRun.run(settings)).svg
        #expect(XMLParser(data: Data(svg.utf8)).parse())
    }
}
