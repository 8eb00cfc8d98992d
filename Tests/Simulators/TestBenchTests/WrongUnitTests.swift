import Building
import ClimateControl
import RoomPhysics
import TestBench
import Testing

/// What sensors say that are all wrong alike.
@Suite struct `A house whose sensors are all wrong alike` {
    /// Lives through days of one weather in an ordinary room, with sensors and outdoor thermometer as `report` and
    /// `outdoor` make them. Returns the true temperatures after the first day and what was decided last.
    private func live(
        outdoorCelsius: Double, days: Int = 5, startCelsius: Double = 20, settings: RoomClimateSettings = .init(),
        report: (Int, Double) -> Double?, outdoor: (Double) -> Double?
    ) -> (lowest: Double, highest: Double, valveMost: Int, decisions: [Decision]) {
        var room = SimulatedRoom(
            name: "r", parameters: .light,
            weather: Weather(days: [OutdoorDay(meanCelsius: outdoorCelsius, amplitudeKelvin: 2, clearNoonSun: 0)]),
            airCelsius: startCelsius, structureCelsius: startCelsius, seed: 4)
        var climate = RoomClimate(settings: settings, startedAt: .init(sinceOrigin: .zero))
        var (lowest, highest, most) = (Double.infinity, -Double.infinity, 0)
        var decisions: [Decision] = []
        for second in stride(from: 0, to: days * 86_400, by: 30) {
            let now = MonotonicInstant(sinceOrigin: .seconds(second))
            for index in 0..<5 {
                if let value = report(index, room.readTemperature(sensor: index)) {
                    climate.observe(sensor: "s\(index)", celsius: value, at: now)
                }
            }
            if second.isMultiple(of: 600), let value = outdoor(room.outdoorCelsius) {
                climate.observe(outdoorCelsius: value, at: now)
            }
            if let decision = climate.decide(at: now) {
                room.move(valveTo: decision.level)
                if second >= 86_400 {
                    decisions.append(decision)
                    most = max(most, decision.level.percent)
                }
            }
            if second >= 86_400 {
                lowest = min(lowest, room.thermal.airCelsius)
                highest = max(highest, room.thermal.airCelsius)
            }
            room.advance(seconds: 30)
        }
        return (lowest, highest, most, decisions)
    }

    private static func fahrenheit(_ celsius: Double) -> Double { celsius * 1.8 + 32 }

    @Test func `in °F does not freeze in frost, and says what is wrong`() throws {
        let house = live(outdoorCelsius: -12, report: { Self.fahrenheit($1) }, outdoor: { $0 })
        #expect(house.lowest >= 6, "\(house.lowest) °C")
        let last = try #require(house.decisions.last)
        #expect(last.quality == .failed)
        #expect([.impossibleReading, .noSensor].contains(last.reason.code), "\(last.reason)")
    }

    @Test(arguments: [20.0, 12, 8])
    func `in °F does not freeze where nobody knows the outdoor temperature`(start: Double) {
        let house = live(
            outdoorCelsius: -12, startCelsius: start, report: { Self.fahrenheit($1) }, outdoor: { _ in nil })
        #expect(house.lowest >= 4, "\(house.lowest) °C")
    }

    @Test func `in °F does not freeze where the outdoor thermometer is in °F as well`() {
        let house = live(outdoorCelsius: -12, report: { Self.fahrenheit($1) }, outdoor: { Self.fahrenheit($0) })
        #expect(house.lowest >= 4, "\(house.lowest) °C")
    }

    @Test func `in kelvins does not freeze`() {
        let house = live(outdoorCelsius: -12, report: { $1 + 273.15 }, outdoor: { $0 })
        #expect(house.lowest >= 6, "\(house.lowest) °C")
    }

    @Test func `is held by the two sensors that are right when three are in °F`() throws {
        let house = live(
            outdoorCelsius: -8, startCelsius: 12, report: { $0 < 3 ? Self.fahrenheit($1) : $1 }, outdoor: { $0 })
        #expect(house.lowest >= 20, "\(house.lowest) °C")
        let last = try #require(house.decisions.last)
        #expect(last.quality == .degraded)
    }

    @Test(arguments: [nil, 35.0] as [Double?])
    func `is not heated in summer, though it is as warm inside as outside`(told: Double?) {
        let house = live(
            outdoorCelsius: 35, startCelsius: 35, settings: RoomClimateSettings(setpointCelsius: 16), report: { $1 },
            outdoor: { _ in told })
        #expect(house.valveMost == 0)
        #expect(house.decisions.allSatisfy { $0.quality == .good && [.closed, .windowOpen].contains($0.reason.code) })
    }

    @Test func `that says 41 °C with its valve shut and frost outside goes to its fail-safe level`() throws {
        var climate = RoomClimate(settings: RoomClimateSettings(), startedAt: .init(sinceOrigin: .zero))
        var decisions: [Decision] = []
        for second in stride(from: 0, through: 4 * 3600, by: 30) {
            let now = MonotonicInstant(sinceOrigin: .seconds(second))
            climate.observe(outdoorCelsius: -12, at: now)
            for index in 0..<5 { climate.observe(sensor: "s\(index)", celsius: 41, at: now) }
            if let decision = climate.decide(at: now) { decisions.append(decision) }
        }
        #expect(decisions.first?.level == .shut)
        let last = try #require(decisions.last)
        #expect(last.quality == .failed)
        #expect(last.temperatureCelsius == nil)
        #expect(last.level.percent >= 50)
        #expect(last.sensors.values.allSatisfy { $0 == .failed })
        #expect(last.reason.text == "impossible_reading celsius=41 above=19 outdoor=-12")
        // The unit is there now: it is cold, and everything is well again.
        let now = MonotonicInstant(sinceOrigin: .seconds(4 * 3600 + 30))
        for index in 0..<5 { climate.observe(sensor: "s\(index)", celsius: 5, at: now) }
        let answer = climate.decide(at: now)
        let after = try #require(answer)
        #expect(after.quality == .good)
        #expect(after.level.percent >= 50)
    }

    @Test func `that is warm by a stove is not heated`() {
        var climate = RoomClimate(settings: RoomClimateSettings(), startedAt: .init(sinceOrigin: .zero))
        for second in stride(from: 0, through: 12 * 3600, by: 30) {
            let now = MonotonicInstant(sinceOrigin: .seconds(second))
            climate.observe(outdoorCelsius: -12, at: now)
            for index in 0..<5 { climate.observe(sensor: "s\(index)", celsius: 32, at: now) }
            #expect(climate.decide(at: now)?.level == .shut)
        }
    }
}
