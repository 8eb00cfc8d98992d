import Building
import CivilTime
import ClimateControl
import Foundation
import Testing

@Suite struct `Whatever is put in` {
    /// Xorshift, so that a failing seed fails again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let values: [Double] = [
        .nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, 5.9, 6, 19, 22, 25, 59.9, 60, 60.1, -30, -31, 85, -127,
        1e308, -1e308, .leastNonzeroMagnitude,
    ]
    private static let durations: [Duration] = [
        .zero, .nanoseconds(1), .seconds(-1), .seconds(1), .seconds(299), .seconds(301), .seconds(86_401),
        .seconds(-86_401), .seconds(Int64.max), .seconds(Int64.min), .seconds(Int64.max / 2),
    ]

    @Test(arguments: UInt64(1)...60)
    func `the level is 0…100 %, frost protection holds, and no NaN travels`(seed: UInt64) {
        var generator = Generator(state: seed &* 0x9e37_79b9_7f4a_7c15)
        func value() -> Double {
            Bool.random(using: &generator)
                ? Double.random(in: -40...70, using: &generator) : Self.values.randomElement(using: &generator) ?? 0
        }
        var time = Duration.zero
        func instant() -> MonotonicInstant {
            // Mostly a clock that runs, now and then anything.
            if Int.random(in: 0..<20, using: &generator) == 0 {
                return MonotonicInstant(sinceOrigin: Self.durations.randomElement(using: &generator) ?? .zero)
            }
            time += .seconds(Int.random(in: -2...30, using: &generator))
            return MonotonicInstant(sinceOrigin: time)
        }
        func calendar() -> Timestamp? {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: nil
            case 1: Timestamp(millisecondsSince1970: .random(in: -1 << 50...1 << 50, using: &generator))
            default:
                Timestamp(millisecondsSince1970: 1_768_176_000_000 + time.components.seconds * 1000)
            }
        }
        func request() -> ModeRequest {
            [.automatic, .off, .frostProtection, .boost(seconds: value())].randomElement(using: &generator)
                ?? .automatic
        }
        let schedule = WeeklySchedule(
            periods: [.init(startMinute: .max, endMinute: .min), .init(days: [], startMinute: 0, endMinute: 0)],
            calendar: .utc)
        let settings =
            Bool.random(using: &generator)
            ? RoomClimateSettings()
            : RoomClimateSettings(
                setpointCelsius: value(), ecoCelsius: value(), ecoAfter: .seconds(Int64.min), schedule: schedule,
                plausibleCelsius: -1e308...1e308, stalenessLimit: .seconds(Int64.max),
                estimateLimit: .seconds(Int64.max), failSafeLevel: .shut, initialPercent: value(),
                shutAboveKelvin: value(), minimumChangePercent: .min, minimumInterval: .seconds(Int64.max),
                largeChangePercent: .max, dailyTravelPercent: .min, restedTravelPercent: .max)
        var climate = RoomClimate(settings: settings, startedAt: instant())
        for step in 0..<2000 {
            switch Int.random(in: 0..<14, using: &generator) {
            case 0: _ = climate.setSetpoint(value())
            case 1:
                climate = RoomClimate(settings: settings, startedAt: instant(), restoring: climate.snapshot)
            case 2...6:
                let sensor = "s\(Int.random(in: 0..<70, using: &generator))"
                climate.observe(sensor: sensor, celsius: value(), at: instant())
            case 7: climate.ask(request(), at: instant())
            case 8: climate.observe(isOccupied: Bool.random(using: &generator), at: instant())
            case 9: climate.observe(outdoorCelsius: value(), at: instant())
            default:
                guard let decision = climate.decide(at: instant(), calendar: calendar()) else { continue }
                let place: Comment = "seed \(seed), step \(step)"
                #expect((0...100).contains(decision.level.percent), place)
                #expect((5...30).contains(decision.setpointCelsius), place)
                #expect(decision.temperatureCelsius?.isFinite ?? true, place)
                #expect((decision.temperatureCelsius == nil) == (decision.quality == .failed), place)
                if let celsius = decision.temperatureCelsius, celsius < 6 {
                    #expect(decision.level.percent >= 50, place)
                }
                // A boost goes a kelvin above the set-point; no mode goes below the frost target.
                #expect((7...31).contains(decision.targetCelsius), place)
                let snapshot = climate.snapshot
                #expect(snapshot.strengths?.allSatisfy(\.isFinite) ?? true, place)
                #expect(snapshot.offsets?.values.allSatisfy { abs($0.kelvin) <= 1 } ?? true, place)
                #expect(snapshot.minutesPerKelvin?.isFinite ?? true, place)
            }
        }
    }

    @Test func `a clock whose origin moved back goes on from there`() {
        var climate = RoomClimate(
            settings: RoomClimateSettings(), startedAt: MonotonicInstant(sinceOrigin: .seconds(1_000_000)))
        climate.observe(sensor: "a", celsius: 19, at: MonotonicInstant(sinceOrigin: .seconds(1_000_001)))
        let before = climate.decide(at: MonotonicInstant(sinceOrigin: .seconds(5)))
        #expect(before?.quality == .good)
        // The sensor falls silent, and that is noticed by the new clock.
        let after = climate.decide(at: MonotonicInstant(sinceOrigin: .seconds(400)))
        #expect(after?.quality == .estimated)
    }
}
