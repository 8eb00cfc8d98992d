import Building
import ClimateControl
import Testing

@Suite struct `Five sensors, one verdict` {
    @Test func `the verdict is the median of the sensors`() throws {
        let room = Room()
        room.report([21.4, 21.9, 22.0, 22.1, 22.8], at: 0)
        let decision = try #require(room.decide(at: 0))
        #expect(decision.temperatureCelsius == 22.0)
        #expect(decision.quality == .good)
    }

    @Test(arguments: [
        [22.0, 22.1, 21.9, 45.0, 50.0], [22.0, 22.1, 21.9, -20.0, 59.0], [22.0, 22.1, 21.9, 0.0, 0.0],
        [22.0, 22.1, 21.9, 85.0, .nan], [22.0, 22.1, 21.9, .infinity, -127.0],
    ])
    func `two wrong sensors of five move the verdict by no more than the right ones differ`(
        values: [Double]
    ) throws {
        let room = Room()
        room.report(values, at: 0)
        let decision = try #require(room.decide(at: 0))
        let celsius = try #require(decision.temperatureCelsius)
        #expect((21.9...22.1).contains(celsius))
        #expect(decision.quality == .degraded)
    }

    @Test func `all sensors jumping together are believed`() throws {
        let room = Room()
        _ = room.hold(19, from: 0, until: 3600)
        room.report([25, 25, 25, 25, 25], at: 3601)
        #expect(try #require(room.decide(at: 3601)).temperatureCelsius == 25)
    }

    @Test func `a sensor that sends the same value for hours keeps its vote`() throws {
        let room = Room()
        let (last, _) = room.hold(21.5, from: 0, until: 4 * 3600)
        #expect(try #require(last).quality == .good)
    }

    @Test func `a silent sensor loses its vote after the staleness limit`() throws {
        let room = Room()
        room.report([22, 22, 22, 22, 22], at: 0)
        for second in stride(from: 10, through: 300, by: 10) { room.report([20, 20], at: Double(second)) }
        #expect(try #require(room.decide(at: 300)).temperatureCelsius == 22)
        room.report([20, 20], at: 310)
        let decision = try #require(room.decide(at: 310))
        #expect(decision.temperatureCelsius == 20)
        #expect(decision.quality == .degraded)
    }

    @Test func `each sensor has a quality of its own, also while none is usable`() throws {
        let room = Room(RoomClimateSettings(configuredSensors: (1...4).map { "sensor-\($0)" }))
        room.report([22, 22, 80], at: 0)
        let early = try #require(room.decide(at: 0))
        // The fourth may still come.
        #expect(early.sensors == ["sensor-1": .good, "sensor-2": .good, "sensor-3": .failed])
        room.report([22, 22, 22], at: 300)
        let later = try #require(room.decide(at: 300))
        #expect(later.sensors["sensor-3"] == .good)
        #expect(later.sensors["sensor-4"] == .failed)
        let silent = try #require(room.decide(at: 900))
        #expect(silent.sensors.count == 4 && silent.sensors.values.allSatisfy { $0 == .failed })
    }

    @Test func `a configured sensor that was never heard makes the verdict degraded`() throws {
        let room = Room(RoomClimateSettings(configuredSensors: (1...5).map { "sensor-\($0)" }))
        room.report([22, 22, 22, 22], at: 0)
        #expect(try #require(room.decide(at: 0)).quality == .degraded)
        room.report([22, 22, 22, 22, 22], at: 1)
        #expect(try #require(room.decide(at: 1)).quality == .good)
    }

    @Test func `an implausible value takes the vote away until a plausible one comes`() throws {
        let room = Room()
        #expect(room.observe(sensor: "a", celsius: 22, at: 0) == .accepted)
        #expect(room.observe(sensor: "b", celsius: 85, at: 0) == .implausible)
        #expect(room.observe(sensor: "b", celsius: .nan, at: 0) == .implausible)
        #expect(try #require(room.decide(at: 0)).quality == .degraded)
        #expect(room.observe(sensor: "b", celsius: 22.4, at: 0) == .accepted)
        #expect(try #require(room.decide(at: 0)).quality == .good)
    }

    @Test func `a room follows 64 sensors and says that more are ignored`() {
        let room = Room()
        for number in 1...64 {
            #expect(room.observe(sensor: "s\(number)", celsius: 22, at: 0) == .accepted)
        }
        #expect(room.observe(sensor: "s65", celsius: 22, at: 1) == .tooManySensors)
        #expect(room.observe(sensor: "s1", celsius: 22, at: 1) == .accepted)
    }

    @Test func `a flood of strangers does not keep the configured sensors out`() throws {
        let room = Room(RoomClimateSettings(configuredSensors: ["real"]))
        for number in 1...64 { _ = room.observe(sensor: "s\(number)", celsius: 30, at: 0) }
        #expect(room.observe(sensor: "real", celsius: 22, at: 1) == .accepted)
        #expect(room.observe(sensor: "s65", celsius: 30, at: 2) == .tooManySensors)
    }

    @Test func `a sensor that nobody configured is forgotten after a day of silence`() throws {
        let room = Room()
        room.report([22, 22, 22, 22, 22], at: 0)
        for second in stride(from: 0, through: 90_000, by: 60) { room.report([22, 22, 22, 22], at: Double(second)) }
        #expect(try #require(room.decide(at: 90_000)).quality == .good)
    }

    @Test func `a spike gets no vote, and the sensor has it back with the next value`() throws {
        let room = Room()
        room.report([22, 22.1, 21.9], at: 0)
        #expect(room.observe(sensor: "sensor-3", celsius: 26, at: 5) == .suspect)
        let decision = try #require(room.decide(at: 5))
        #expect(abs(try #require(decision.temperatureCelsius) - 22.05) < 1e-9)
        #expect(decision.sensors["sensor-3"] == .degraded)
        #expect(room.observe(sensor: "sensor-3", celsius: 21.9, at: 10) == .accepted)
        #expect(try #require(room.decide(at: 10)).quality == .good)
    }

    @Test func `a lone sensor's jump is believed, there is nobody else to ask`() throws {
        let room = Room()
        room.report([22], at: 0)
        _ = room.decide(at: 0)
        room.report([25], at: 5)
        #expect(try #require(room.decide(at: 5)).temperatureCelsius == 25)
    }

    @Test func `places are learned, so that a sensor that falls silent does not move the verdict`() throws {
        let room = Room()
        let places = [-0.6, -0.5, 0.0, 0.1, 0.2]
        for second in stride(from: 0, through: 4 * 86_400, by: 60) {
            room.report(places.map { 22 + $0 }, at: Double(second))
            _ = room.decide(at: Double(second))
        }
        let before = try #require(room.last?.temperatureCelsius)
        for second in stride(from: 4 * 86_400 + 60, through: 4 * 86_400 + 1200, by: 60) {
            room.report(Array(places.prefix(2)).map { 22 + $0 }, at: Double(second))
            _ = room.decide(at: Double(second))
        }
        let after = try #require(room.last)
        #expect(after.quality == .degraded)
        #expect(abs(try #require(after.temperatureCelsius) - before) < 0.15)
        // Bounded: a place is at most a kelvin off.
        #expect(room.climate.snapshot.offsets?.values.allSatisfy { abs($0.kelvin) <= 1 } == true)
    }

    @Test func `the errors of places cancel in the mean of all sensors, though the median leans to one side`() throws {
        let room = Room()
        // The median says 22, and so do those close to it; the sensors on the cold side are further off.
        let places = [0.25, 0.1, 0.0, -0.4, -0.45]
        for second in stride(from: 0, through: 4 * 86_400, by: 60) {
            room.report(places.map { 22 + $0 }, at: Double(second))
            _ = room.decide(at: Double(second))
        }
        #expect(abs(try #require(room.last?.temperatureCelsius) - 21.9) < 0.03)
    }

    @Test func `nothing is learned while a sensor is out of line`() throws {
        let room = Room()
        for second in stride(from: 0, through: 86_400, by: 60) {
            room.report([22, 22, 22, 22, 26], at: Double(second))
            _ = room.decide(at: Double(second))
        }
        #expect(room.climate.snapshot.offsets?.values.allSatisfy { $0.kelvin == 0 } == true)
        #expect(try #require(room.last).sensors["sensor-5"] == .degraded)
    }
}
