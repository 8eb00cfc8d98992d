import Building
import CivilTime
import Testing

@Suite struct ISO8601TimeTests {
    private static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

    @Test(arguments: [
        ("2024-12-27T00:00:00Z", 1_735_257_600_000), ("2024-12-27t00:00:00z", 1_735_257_600_000),
        ("2024-12-27T01:00", 1_735_257_600_000), ("2024-12-27 01:00:00", 1_735_257_600_000),
        ("2024-12-27T02:00:00.250+02:00", 1_735_257_600_250), ("2024-12-27T02:00:00,250+02:00", 1_735_257_600_250),
        ("2024-12-27T00:00:00.2509Z", 1_735_257_600_250), ("2024-12-27T00:00:00.5Z", 1_735_257_600_500),
        ("2024-12-26T19:00:00-0500", 1_735_257_600_000), ("2024-12-27 01:00:00+01", 1_735_257_600_000),
        ("2024-12-27T14:00+14:00", 1_735_257_600_000), ("2024-12-26T10:00-14:00", 1_735_257_600_000),
        ("2024-12-27", 1_735_254_000_000), ("2024-07-01T02:00", 1_719_792_000_000), ("1970-01-01T00:00:00Z", 0),
        ("2099-12-31T23:59:59.999Z", 4_102_444_799_999),
    ])
    func `is read with its offset, or else in the building's time zone`(text: String, milliseconds: Int64) {
        #expect(ISO8601Time(text)?.moment(in: Self.berlin)?.millisecondsSince1970 == milliseconds)
    }

    @Test(arguments: [
        ("2024-03-31T02:30:00", 1_711_848_600), ("2024-03-31T03:30", 1_711_848_600),
        // The night in which the clocks go back has two o'clock twice.
        ("2024-10-27T02:30:00", 1_729_989_000), ("2024-10-27T02:30+01:00", 1_729_992_600),
    ])
    func `is read also where daylight saving changes`(text: String, seconds: Int64) {
        #expect(ISO8601Time(text)?.moment(in: Self.berlin)?.millisecondsSince1970 == seconds * 1000)
    }

    @Test func `has midnight at both ends of a day`() throws {
        let end = try #require(ISO8601Time("2024-12-26T24:00"))
        #expect(end.wall.date == CivilDate(year: 2024, month: 12, day: 26))
        #expect(end.moment(in: Self.berlin) == ISO8601Time("2024-12-27T00:00")?.moment(in: Self.berlin))
        #expect(ISO8601Time("2024-12-31T24:00:00.000Z")?.moment(in: .utc)?.millisecondsSince1970 == 1_735_689_600_000)
        for text in ["2024-12-26T24:01", "2024-12-26T24:00:01", "2024-12-26T24:00:00.001", "2024-12-26T25:00"] {
            #expect(ISO8601Time(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        "", "soon", "yesterday", "2024", "2024-01-01x", "2024-13-01", "2026-13-01", "2023-02-29", "2024-02-30T00:00",
        "2024-13-01T00:00", "2026-02-29T10:00", "2024-01-01T10:00:00+99", "2024-12-27T00:00+99:00",
        "2026-11-21T10:00+99", "2024-12-27T00:00:00 Z", "2024-12-27T00:60", "2026-11-21T10", "2026-11-21T25:00",
        "2026-11-٢١", "２026-11-21T10:00", "2026-11-21T１0:00", "2026-11-21T10:00+٠١:٠٠", "2026-11-21T10:00 01:00",
        // No leap second, no half of an offset, no place so far ahead.
        "2024-12-31T23:59:60Z", "2024-12-27T00:00+01:", "2024-12-27T00:00+1", "2024-12-27T00:00+14:01",
        "2024-12-27T00:00+15:00", "2024-12-27T00:00-15", "2024-12-27T00:00+", "2024-12-27T00:00:00.Z",
        "2024-12-27T00:00:00.\(String(repeating: "0", count: 64))Z",
    ])
    func `is refused where it could mean something else`(text: String) {
        #expect(ISO8601Time(text) == nil)
        #expect(ISO8601Time(utf8: Array(text.utf8)) == nil)
    }

    @Test(arguments: ["1969-12-31T00:00:00Z", "1969-12-31T23:59:59.999Z", "2100-01-01T00:00Z", "2150-01-01"])
    func `means no moment where readings can't have it`(text: String) {
        #expect(ISO8601Time(text) != nil)
        #expect(ISO8601Time(text)?.moment(in: Self.berlin) == nil)
    }
}
