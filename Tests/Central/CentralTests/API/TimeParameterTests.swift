import APISupport
import Building
import CivilTime
import Testing

@Suite struct TimeParameterTests {
    let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

    @Test(arguments: [
        ("1735257600", 1_735_257_600_000), ("2024-12-27T00:00:00Z", 1_735_257_600_000),
        ("2024-12-27T01:00", 1_735_257_600_000), ("2024-12-27 01:00:00", 1_735_257_600_000),
        ("2024-12-27T02:00:00.250+02:00", 1_735_257_600_250), ("2024-12-26T19:00:00-0500", 1_735_257_600_000),
        ("2024-12-27 01:00:00+01", 1_735_257_600_000), ("2024-12-27", 1_735_254_000_000),
        ("2024-12-26T24:00", 1_735_254_000_000), ("2024-07-01T02:00", 1_719_792_000_000), ("1970-01-01T00:00:00Z", 0),
        // The night in which the clocks go back has two o'clock twice.
        ("2024-10-27T02:30", 1_729_989_000_000), ("2024-10-27T02:30+01:00", 1_729_992_600_000),
    ])
    func `is read with its offset, or else in the building's time zone`(text: String, milliseconds: Int64) {
        #expect(TimeParameter.moment(text, in: berlin)?.millisecondsSince1970 == milliseconds)
    }

    @Test(arguments: [
        "", "soon", "2024-13-01T00:00", "2024-02-30T00:00", "2024-12-27T24:01", "2024-12-27T00:00+99:00",
        "-5", "99999999999999999999", "2024-12-27T00:00:00 Z", "1969-12-31T00:00:00Z", "2024-12-27T00:60",
        "2026-11-٢١", "２026-11-21T10:00", "2026-11-21T１0:00", "2026-11-21T10:00+٠١:٠٠", "٢٩٥", "2026-11-21T10:00 01:00",
    ])
    func `is refused where it could mean something else`(text: String) {
        #expect(TimeParameter.moment(text, in: berlin) == nil)
    }
}
