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
        var generator = SplitMix64(seed: seed)
        let room = RoomParameters(
            name: "drawn", floorArea: 12 + 25 * generator.unit(), structurePerArea: 80_000 + 250_000 * generator.unit(),
            lossPerArea: 0.8 + 1.4 * generator.unit(), radiatorSizing: 1.15 + 1.5 * generator.unit(),
            valve: ValveParameters(
                travelSeconds: 60 + 200 * generator.unit(), rangeability: 1.5 + 20 * generator.unit()))
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
            room: .undersized, outdoorDay: OutdoorDay(meanCelsius: -50, amplitudeKelvin: 30), startCelsius: 5)
        let svg = DayChart(DayRun.run(settings)).svg
        #expect(XMLParser(data: Data(svg.utf8)).parse())
    }
}
