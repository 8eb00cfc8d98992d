import Building
import Foundation
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

    @Test(arguments: ["grand/room-1/sensor-1", "grand/building/0x00/left/1", "g/r/ü"])
    func `reads a device's id as it writes it`(text: String) throws {
        let id = try #require(DeviceID(text))
        #expect(id.description == text)
        #expect(DeviceID(building: id.building, room: id.room, device: id.device) == id)
        #expect(DeviceID.local(text) == id.device)
    }

    @Test(arguments: [
        "", "sensor-1", "grand/room-1", "grand/room-1/", "/room-1/sensor-1", "grand//sensor-1", "a b/c/d",
    ])
    func `keeps an id whole unless it has three valid parts`(text: String) {
        #expect(DeviceID(text) == nil)
        #expect(DeviceID.local(text) == text)
    }

    @Test func `knows the units of the datapoints from day one`() {
        #expect(Datapoint.temperature.unit == "°C")
        #expect(Datapoint.energyKilowattHours.unit == "kWh")
        #expect(!Datapoint.presenceState.isNumeric)
    }

    // MARK: Numbers from outside

    static let boundaries: [Int64] = [
        .min, -9_223_372_036_854_775_807, -9_007_199_254_740_993, 0, 9_007_199_254_740_992, 9_223_372_036_854_775_806,
        .max,
    ]

    @Test(arguments: boundaries)
    func `makes no moment with which arithmetic overflows`(milliseconds: Int64) {
        let moment = Timestamp(millisecondsSince1970: milliseconds)
        #expect(Timestamp.bounds.contains(moment.millisecondsSince1970))
        let furthest = [Timestamp(millisecondsSince1970: .min), Timestamp(millisecondsSince1970: .max)]
        for other in furthest { _ = moment.millisecondsSince1970 - other.millisecondsSince1970 }
        _ = moment.millisecondsSince1970 * 1000
        for duration in [Duration.seconds(Int64.max), .seconds(Int64.min), .milliseconds(1), .zero] {
            #expect(Timestamp.bounds.contains(moment.advanced(by: duration).millisecondsSince1970))
        }
        #expect(Timestamp.bounds.contains(Timestamp(wholeSecondsSince1970: milliseconds).millisecondsSince1970))
    }

    @Test(arguments: [1e300, -1e300, .infinity, -.infinity, Double.nan, 9.3e15])
    func `makes a moment of any number of seconds`(seconds: Double) {
        let moment = Timestamp(secondsSince1970: seconds)
        #expect(Timestamp.bounds.contains(moment.millisecondsSince1970))
        if seconds.isNaN { #expect(moment.millisecondsSince1970 == 0) }
    }

    @Test func `keeps moments to the millisecond`() {
        #expect(Timestamp(secondsSince1970: 1_735_257_600.25).millisecondsSince1970 == 1_735_257_600_250)
        #expect(Timestamp(wholeSecondsSince1970: -2).millisecondsSince1970 == -2000)
        #expect(Timestamp(millisecondsSince1970: -1).wholeSecondsSince1970 == -1)
        #expect(Timestamp(millisecondsSince1970: 1999).wholeSecondsSince1970 == 1)
        #expect(Timestamp(millisecondsSince1970: 5).advanced(by: .milliseconds(-7)).millisecondsSince1970 == -2)
        #expect(Timestamp(representableMilliseconds: -1) == nil)
        #expect(Timestamp(representableMilliseconds: 4_102_444_800_000) == nil)
        #expect(Timestamp(representableMilliseconds: .max) == nil)
    }

    static let conversions: [(Double, Int64)] = [
        (1e19, .max), (-1e19, .min), (9_223_372_036_854_775_807.0, .max), (.nan, 0), (.infinity, .max),
        (-2.9, -2), (2.9, 2), (-9_223_372_036_854_775_808.0, .min),
    ]

    @Test(arguments: conversions)
    func `converts any floating-point number to a whole one`(value: Double, whole: Int64) {
        #expect(Int64(saturating: value) == whole)
    }

    @Test func `stops sums, differences and products at the bounds of their type`() {
        #expect(Int64.max.addingSaturating(1) == .max)
        #expect(Int64.min.addingSaturating(-1) == .min)
        #expect(Int64.min.subtractingSaturating(1) == .min)
        #expect(Int64.max.subtractingSaturating(-1) == .max)
        #expect((Int64.max / 2).multipliedSaturating(by: -3) == .min)
        #expect((Int64.min / 2).multipliedSaturating(by: -3) == .max)
        #expect((7 as Int64).multipliedSaturating(by: 6) == 42)
        #expect(Array(repeating: Int64(1) << 53, count: 1025).saturatingSum() == .max)
        #expect([1, 2, 3].saturatingSum() == 6)
        #expect((Int64.min..<Int64.max).saturatingCount == .max)
        #expect((3..<Int64.max).saturatingCount == .max - 3)
    }

    @Test(arguments: ["0", "-1", "9007199254740993", "9223372036854775807", "1.5", "1e30", "\"1\"", "null", "true"])
    func `takes nothing for the number of a reading that is none`(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ReadingNumber].self, from: Data("[\(text)]".utf8))
        }
    }

    @Test(arguments: ["-1", "9007199254740993", "-9223372036854775808", "1.5"])
    func `takes nothing for a count that is none`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Count].self, from: Data("[\(text)]".utf8)) }
    }

    @Test(arguments: ["-1", "4102444800000", "9223372036854775807", "-9223372036854775808"])
    func `takes nothing for a time on a wire that no reading can have`(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([WireTime].self, from: Data("[\(text)]".utf8))
        }
    }

    @Test func `writes numbers on a wire as it reads them`() throws {
        let numbers: [ReadingNumber] = [1, 9_007_199_254_740_992]
        #expect(try JSONDecoder().decode([ReadingNumber].self, from: JSONEncoder().encode(numbers)) == numbers)
        let counts: [Count] = [0, 9_007_199_254_740_992]
        #expect(String(decoding: try JSONEncoder().encode(counts), as: UTF8.self) == "[0,9007199254740992]")
        let time = try #require(WireTime(Timestamp(millisecondsSince1970: 1_735_257_600_000)))
        #expect(String(decoding: try JSONEncoder().encode([time]), as: UTF8.self) == "[1735257600000]")
        #expect(ReadingNumber(clamping: .max).value == 1 << 53 && ReadingNumber(clamping: -5).value == 1)
        #expect(Count(clamping: .max).value == 1 << 53 && Count(clamping: -5).value == 0)
    }
}
