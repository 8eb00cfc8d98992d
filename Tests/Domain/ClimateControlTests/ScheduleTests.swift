import Building
import CivilTime
import ClimateControl
import Foundation
import Testing

@Suite struct `A weekly schedule` {
    private static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

    private static func utc(_ text: String) throws -> Timestamp {
        let date = try #require(ISO8601DateFormatter().date(from: text))
        return Timestamp(secondsSince1970: date.timeIntervalSince1970)
    }

    private static func schedule(
        _ start: Int, _ end: Int, days: Set<Weekday> = Set(Weekday.allCases)
    ) -> WeeklySchedule {
        WeeklySchedule(
            periods: [.init(days: days, startMinute: start, endMinute: end)], calendar: berlin)
    }

    /// Clocks go forward at 01:00 UTC on 2026-03-29 and back at 01:00 UTC on 2026-10-25.
    @Test(arguments: [
        ("2026-03-28T05:59:59Z", false), ("2026-03-28T06:00:00Z", true), ("2026-03-29T04:59:59Z", false),
        ("2026-03-29T05:00:00Z", true), ("2026-10-24T05:00:00Z", true), ("2026-10-25T05:00:00Z", false),
        ("2026-10-25T06:00:00Z", true), ("2026-10-25T20:59:59Z", true), ("2026-10-25T21:00:00Z", false),
    ])
    func `means the clock on the wall, in summer and in winter`(moment: String, isComfort: Bool) throws {
        #expect(try Self.schedule(7 * 60, 22 * 60).isComfort(at: Self.utc(moment)) == isComfort)
    }

    @Test func `knows how long it is until the next start in a night of 23 and one of 25 hours`() throws {
        let schedule = Self.schedule(7 * 60, 22 * 60)
        #expect(try schedule.nextStart(after: Self.utc("2026-03-28T23:00:00Z")) == Self.utc("2026-03-29T05:00:00Z"))
        #expect(try schedule.nextStart(after: Self.utc("2026-10-24T22:00:00Z")) == Self.utc("2026-10-25T06:00:00Z"))
    }

    @Test func `a time that is skipped comes when the clock has skipped it`() throws {
        let schedule = Self.schedule(150, 600)
        #expect(try schedule.nextStart(after: Self.utc("2026-03-28T23:00:00Z")) == Self.utc("2026-03-29T01:30:00Z"))
    }

    @Test func `a time that comes twice counts the first time`() throws {
        let schedule = Self.schedule(150, 600)
        #expect(try schedule.nextStart(after: Self.utc("2026-10-24T22:00:00Z")) == Self.utc("2026-10-25T00:30:00Z"))
        #expect(try schedule.isComfort(at: Self.utc("2026-10-25T01:15:00Z")))
    }

    @Test func `runs over midnight, and has days`() throws {
        let schedule = Self.schedule(20 * 60, 2 * 60, days: [.friday])
        #expect(try schedule.isComfort(at: Self.utc("2026-01-16T19:00:00Z")))
        #expect(try schedule.isComfort(at: Self.utc("2026-01-17T00:59:00Z")))
        #expect(try !schedule.isComfort(at: Self.utc("2026-01-17T01:00:00Z")))
        #expect(try !schedule.isComfort(at: Self.utc("2026-01-15T19:00:00Z")))
        #expect(try schedule.nextStart(after: Self.utc("2026-01-16T19:00:00Z")) == Self.utc("2026-01-23T19:00:00Z"))
    }

    @Test func `without any period there is no comfort, and no next start`() throws {
        let schedule = WeeklySchedule(periods: [], calendar: .utc)
        #expect(try !schedule.isComfort(at: Self.utc("2026-01-16T19:00:00Z")))
        #expect(try schedule.nextStart(after: Self.utc("2026-01-16T19:00:00Z")) == nil)
    }
}
