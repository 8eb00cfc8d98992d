import CivilTime
import Testing

@Suite struct CivilDateTests {
    @Test func `calendar days are right over the centuries`() {
        for number in -719_528..<80_000 {
            let parts = CivilDate(number: number).parts
            #expect(CivilDate(year: parts.year, month: parts.month, day: parts.day)?.number == number)
        }
        #expect(CivilDate(number: -719_528).parts == (0, 1, 1))
        #expect(CivilDate(year: 9999, month: 12, day: 31)?.adding(days: 1).parts.year == 10_000)
    }

    @Test(arguments: [
        (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1), (2024, 1, 0), (2024, 1, 32),
        (-1, 1, 1),
        (10_000, 1, 1),
    ])
    func `knows no day that there is not`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `knows leap days`() throws {
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
        let leapDay = try #require(CivilDate(year: 2024, month: 2, day: 29))
        #expect(leapDay.adding(days: 1).parts == (2024, 3, 1))
    }

    @Test func `knows the days of the week`() throws {
        let monday = try #require(CivilDate(year: 2026, month: 11, day: 30))
        #expect((0..<7).map { monday.adding(days: $0).weekday } == Weekday.allCases)
        #expect((0..<7).map { monday.adding(days: $0).weekday.index } == Array(0..<7))
        #expect(CivilDate(number: 0).weekday == .thursday)
        #expect(CivilDate(number: -1).weekday == .wednesday)
        #expect(CivilDate(number: -8).weekday == .wednesday)
    }

    @Test func `finds the first day of a month`() throws {
        let date = try #require(CivilDate(year: 2026, month: 11, day: 30))
        #expect(date.firstOfMonth().parts == (2026, 11, 1))
        #expect(date.firstOfMonth(adding: 1).parts == (2026, 12, 1))
        #expect(date.firstOfMonth(adding: 2).parts == (2027, 1, 1))
        #expect(date.firstOfMonth(adding: -11).parts == (2025, 12, 1))
        #expect(date.firstOfMonth(adding: -30_000).parts.month == 11)
        #expect(CivilDate(number: 12_000_000).firstOfMonth().parts.day == 1)
    }

    @Test func `shows the time of day`() throws {
        let date = try #require(CivilDate(year: 2026, month: 11, day: 30))
        #expect(WallTime(date, hour: 14, minute: 2).clock == "14:02")
        #expect(WallTime(date).clock == "00:00")
        #expect(WallTime(date, second: 86_400).clock == "24:00")
    }
}
