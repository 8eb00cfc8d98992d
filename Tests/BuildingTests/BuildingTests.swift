import Building
import Testing

@Suite struct BuildingTests {
    @Test(arguments: ["room-101", "A", "0", "a_b-c", String(repeating: "x", count: 64)])
    func `takes letters, digits, underscore and hyphen as a slug`(text: String) {
        #expect(Slug(text)?.text == text)
    }

    @Test(arguments: ["", "-a", "_a", "a b", "ä", "a/b", String(repeating: "x", count: 65)])
    func `refuses everything else as a slug`(text: String) {
        #expect(Slug(text) == nil)
    }

    @Test(arguments: [(-1.0, 0), (0.4, 0), (13.6, 14), (100.4, 100), (1e300, 100), (-1e300, 0), (Double.nan, 0)])
    func `makes no valve opening outside 0 to 100`(value: Double, percent: Int) {
        #expect(PercentOpen(clamping: value).percent == percent)
    }

    @Test(arguments: [
        (22.0, "22"), (24.5, "24.5"), (-0.1, "-0.1"), (488.8, "488.8"), (1e20, "1e+20"), (0.0117, "0.0117"),
    ])
    func `writes numbers in their shortest form`(number: Double, text: String) {
        #expect(ReadingValue.number(number).text == text)
    }

    @Test func `names a device by building, room and sensor`() throws {
        let series = SeriesKey(
            room: try #require(Slug("room-1")), device: "sensor-1", deviceClass: nil, datapoint: .temperature)
        #expect(series.deviceID(in: try #require(Slug("grand"))) == "grand/room-1/sensor-1")
    }

    @Test func `knows the units of the datapoints from day one`() {
        #expect(Datapoint.temperature.unit == "°C")
        #expect(Datapoint.energyKilowattHours.unit == "kWh")
        #expect(!Datapoint.presenceState.isNumeric)
    }
}
