import Assistant
import Testing

/// Two days in one message are a range only where the message says so.
@Suite struct TwoDayTests {
    @Test(arguments: [
        ("from 2026-11-01 to 2026-11-03", "2026-11-04T00:00"), ("2026-11-01 - 2026-11-03", "2026-11-04T00:00"),
        ("zwischen 2026-11-01 und 2026-11-03", "2026-11-04T00:00"), ("2026-11-01 or 2026-11-03", "2026-11-02T00:00"),
        ("2026-11-01 oder 2026-11-03", "2026-11-02T00:00"), ("2026-11-01, not 2026-11-03", "2026-11-02T00:00"),
    ])
    func `reach from the first to the last only with a word or dash for it`(text: String, end: String) throws {
        let range = try #require(
            TimeExpression.range(in: text, now: moment("2026-11-21T08:30"), calendar: berlin), "\(text)")
        #expect(range.lowerBound == moment("2026-11-01T00:00"), "\(berlin.iso8601(range.lowerBound))")
        #expect(range.upperBound == moment(end), "\(berlin.iso8601(range.upperBound))")
    }
}
