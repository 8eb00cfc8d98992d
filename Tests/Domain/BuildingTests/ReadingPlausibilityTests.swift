import Building
import ClimateControl
import Testing

@Suite struct ReadingPlausibilityTests {
    private static let now = Timestamp(wholeSecondsSince1970: 1_800_000_000)
    private static func rule(_ datapoint: Datapoint, _ deviceClass: DeviceClass?) -> ReadingPlausibility {
        ReadingPlausibility(
            of: SeriesKey(room: Slug("room-101")!, device: "d", deviceClass: deviceClass, datapoint: datapoint))
    }

    @Test(arguments: [
        (20.0, Quality.good), (-30, .good), (60, .good), (-30.1, .failed), (60.1, .failed), (-273.15, .failed),
        (-300, .failed), (9726.85, .failed),
    ])
    func `fails what no sensor of a room can measure`(_ celsius: Double, _ quality: Quality) {
        let rule = Self.rule(.temperature, .temperatureSensor)
        #expect(rule.quality(of: .number(celsius), at: Self.now, now: Self.now) == quality)
    }

    @Test func `is the gateway's own rule`() {
        #expect(ReadingPlausibility.sensorCelsius == RoomClimateSettings().plausibleCelsius)
    }

    @Test(arguments: [
        (0, Quality.good), (86_400, .good), (86_401, .degraded), (2_300_000_000, .degraded), (-1_700_000_000, .good),
    ])
    func `doubts a time that is more than a day ahead, and none that is past`(_ seconds: Int, _ quality: Quality) {
        let time = Self.now.advanced(by: .seconds(seconds))
        #expect(Self.rule(.co2, .iaq).quality(of: .number(500), at: time, now: Self.now) == quality)
    }

    @Test(arguments: [Datapoint.temperature, .setpoint, .outdoorTemperature])
    func `no temperature is as low as absolute zero`(_ datapoint: Datapoint) {
        #expect(!ReadingPlausibility.isPossible(.number(-273.15), of: datapoint))
        #expect(!ReadingPlausibility.isPossible(.number(-1e9), of: datapoint))
        #expect(ReadingPlausibility.isPossible(.number(-273.149), of: datapoint))
        #expect(ReadingPlausibility.isPossible(.text("unknown"), of: datapoint))
        #expect(Self.rule(datapoint, nil).quality(of: .number(-400), at: Self.now, now: Self.now) == .failed)
    }

    @Test func `knows nothing of other numbers`() {
        #expect(ReadingPlausibility.isPossible(.number(-1000), of: .powerKilowatts))
        // Not of the air in a room.
        #expect(Self.rule(.temperature, .solarPanel).quality(of: .number(85), at: Self.now, now: Self.now) == .good)
    }
}
