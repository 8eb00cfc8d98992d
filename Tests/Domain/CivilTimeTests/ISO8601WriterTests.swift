import Building
import CivilTime
import Testing

@Suite struct ISO8601WriterTests {
    private static func writer(_ zone: String) -> ISO8601Writer { ISO8601Writer(LocalCalendar(zoneNamed: zone)!) }

    @Test(arguments: [
        ("Europe/Berlin", 1_719_828_000_000, "2024-07-01T12:00:00+02:00"),
        ("Europe/Berlin", 1_735_257_600_000, "2024-12-27T01:00:00+01:00"),
        ("Europe/Berlin", 1_735_257_600_007, "2024-12-27T01:00:00.007+01:00"),
        ("UTC", 1_735_257_600_000, "2024-12-27T00:00:00+00:00"), ("UTC", -1, "1969-12-31T23:59:59.999+00:00"),
        ("America/St_Johns", 1_735_257_600_000, "2024-12-26T20:30:00-03:30"),
        ("Asia/Kathmandu", 1_735_257_600_000, "2024-12-27T05:45:00+05:45"),
    ])
    func `writes times with the zone's offset`(zone: String, milliseconds: Int64, text: String) {
        let time = Timestamp(millisecondsSince1970: milliseconds)
        #expect(Self.writer(zone).text(time) == text)
        #expect(Self.writer(zone).offsetText(time) == String(text.suffix(6)))
    }

    @Test func `writes what the clock on the wall shows`() {
        #expect(
            Self.writer("Europe/Berlin").clockText(Timestamp(millisecondsSince1970: 1_735_257_600_250))
                == "2024-12-27 01:00:00")
    }

    @Test func `writes UTC to the second or the millisecond`() {
        let time = Timestamp(millisecondsSince1970: 1_677_627_900_040)
        #expect(ISO8601Writer.utcText(time) == "2023-02-28T23:45:00Z")
        #expect(ISO8601Writer.utcText(time, milliseconds: true) == "2023-02-28T23:45:00.040Z")
    }

    @Test func `writes the furthest moments there are`() {
        for bound in [Timestamp.bounds.lowerBound, Timestamp.bounds.upperBound] {
            #expect(Self.writer("Pacific/Apia").text(Timestamp(millisecondsSince1970: bound)).count < 40)
        }
    }

    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Apia",
    ])
    func `writes what the reader reads as the same moment`(zone: String) throws {
        let calendar = try #require(LocalCalendar(zoneNamed: zone))
        let writer = ISO8601Writer(calendar)
        let span = Timestamp.representable.upperBound.millisecondsSince1970
        for number in 0..<2000 as Range<Int64> {
            // All over the years, and over the milliseconds.
            let moment = Timestamp(millisecondsSince1970: (number * 2_051_222_407 + 1) % span)
            let text = writer.text(moment)
            #expect(ISO8601Time(text)?.moment(in: .utc) == moment, "\(text)")
            #expect(ISO8601Time(ISO8601Writer.utcText(moment, milliseconds: true))?.moment(in: calendar) == moment)
            // Without the offset it is one of the moments at which clocks show it.
            let clock = try #require(ISO8601Time(writer.clockText(moment)))
            let second = Timestamp(wholeSecondsSince1970: moment.wholeSecondsSince1970)
            #expect(calendar.moments(clock.wall).contains(second), "\(text)")
        }
    }
}
