import Foundation
import RoomPhysics
import TestBench
import Testing

/// What a chart of a day shows.
@Suite struct ChartTests {
    private static func record(_ controller: ControllerKind = .hearth, amplitude: Double = 5) -> DayRecord {
        DayRun.run(
            DaySettings(
                room: .heavy, controller: controller,
                weather: Weather(days: [OutdoorDay(meanCelsius: 0, amplitudeKelvin: amplitude)])))
    }

    @Test(arguments: [(2.0, 2.0), (12, 5)])
    func `the weather's scale has steps of 2 K, and of 5 K where it changes by more than 8`(
        amplitude: Double, step: Double
    ) throws {
        let svg = DayChart(Self.record(amplitude: amplitude)).svg
        // Beside the third panel.
        let values = svg.matches(of: #/<text x="72.0" y="([0-9.]+)" text-anchor="end"[^>]*>(-?[0-9.]+)</#)
            .filter { (690...820).contains(Double($0.1) ?? 0) }.compactMap { Double($0.2) }
        #expect(values.count > 1, "\(values)")
        #expect(zip(values, values.dropFirst()).allSatisfy { abs($1 - $0) == step }, "\(values)")
    }

    @Test func `one controller is drawn with its sensors' verdict, several beside one another without`() {
        let alone = DayChart(Self.record()).svg
        #expect(alone.contains("verdict") && alone.contains("valve level"))
        let beside = DayChart(Self.record(), beside: [Self.record(.onOff)]).svg
        #expect(!beside.contains("verdict"))
        for name in ["room, hearth", "room, on-off", ">on-off<"] { #expect(beside.contains(name), "\(name)") }
        for svg in [alone, beside] {
            // Room, verdict or rival, set-point, valve and weather: each with a point for each sample.
            let lengths = svg.matches(of: #/ d="([^"]*)"/#).map { $0.1.count }
            #expect(lengths.count >= 5)
            #expect(lengths.allSatisfy { $0 > 50 }, "\(lengths)")
        }
    }
}
