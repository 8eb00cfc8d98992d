import Assistant
import Building
import Foundation
import Testing

@Suite struct TimeExpressionTests {
    /// A Saturday morning.
    static let saturday = "2026-11-21T08:30"

    @Test(
        arguments: [
            ("How warm was it last night?", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("Wie warm war es letzte Nacht?", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("Wie war es heute Nacht?", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("overnight", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("yesterday", "2026-11-20T00:00", "2026-11-21T00:00"),
            ("gestern", "2026-11-20T00:00", "2026-11-21T00:00"),
            ("the day before yesterday", "2026-11-19T00:00", "2026-11-20T00:00"),
            ("vorgestern", "2026-11-19T00:00", "2026-11-20T00:00"),
            ("this morning", "2026-11-21T06:00", "2026-11-21T08:30"),
            ("heute Morgen", "2026-11-21T06:00", "2026-11-21T08:30"),
            ("heute früh", "2026-11-21T06:00", "2026-11-21T08:30"),
            ("gestern Abend", "2026-11-20T18:00", "2026-11-20T22:00"),
            ("yesterday evening", "2026-11-20T18:00", "2026-11-20T22:00"),
            ("last evening", "2026-11-20T18:00", "2026-11-20T22:00"),
            ("yesterday afternoon", "2026-11-20T12:00", "2026-11-20T18:00"),
            ("gestern Mittag", "2026-11-20T11:00", "2026-11-20T14:00"),
            ("gestern Vormittag", "2026-11-20T08:00", "2026-11-20T12:00"),
            ("in the evening", "2026-11-20T18:00", "2026-11-20T22:00"),
            ("am Abend", "2026-11-20T18:00", "2026-11-20T22:00"),
            ("today", "2026-11-21T00:00", "2026-11-21T08:30"),
            ("last 24 hours", "2026-11-20T08:30", "2026-11-21T08:30"),
            ("in den letzten 24 Stunden", "2026-11-20T08:30", "2026-11-21T08:30"),
            ("in den letzten drei Tagen", "2026-11-18T08:30", "2026-11-21T08:30"),
            ("the last hour", "2026-11-21T07:30", "2026-11-21T08:30"),
            ("letzte halbe Stunde", "2026-11-21T08:00", "2026-11-21T08:30"),
            ("past week", "2026-11-14T08:30", "2026-11-21T08:30"),
            ("last week", "2026-11-09T00:00", "2026-11-16T00:00"),
            ("letzte Woche", "2026-11-09T00:00", "2026-11-16T00:00"),
            ("this week", "2026-11-16T00:00", "2026-11-21T08:30"),
            ("diese Woche", "2026-11-16T00:00", "2026-11-21T08:30"),
            ("last month", "2026-10-01T00:00", "2026-11-01T00:00"),
            ("letzten Monat", "2026-10-01T00:00", "2026-11-01T00:00"),
            ("this month", "2026-11-01T00:00", "2026-11-21T08:30"),
            ("last year", "2025-01-01T00:00", "2026-01-01T00:00"),
            ("im Oktober", "2026-10-01T00:00", "2026-11-01T00:00"),
            ("in December 2025", "2025-12-01T00:00", "2026-01-01T00:00"),
            ("last weekend", "2026-11-14T00:00", "2026-11-16T00:00"),
            ("am Wochenende", "2026-11-21T00:00", "2026-11-21T08:30"),
            ("since yesterday at 6 pm", "2026-11-20T18:00", "2026-11-21T08:30"),
            ("on Monday", "2026-11-16T00:00", "2026-11-17T00:00"),
            ("am Montag", "2026-11-16T00:00", "2026-11-17T00:00"),
            ("last Saturday", "2026-11-14T00:00", "2026-11-15T00:00"),
            ("am Montagabend", "2026-11-16T18:00", "2026-11-16T22:00"),
            ("Wednesday night", "2026-11-18T22:00", "2026-11-19T06:00"),
            ("in der Nacht auf Montag", "2026-11-15T22:00", "2026-11-16T06:00"),
            ("on 2026-11-10", "2026-11-10T00:00", "2026-11-11T00:00"),
            ("am 10.11.", "2026-11-10T00:00", "2026-11-11T00:00"),
            ("am 24.12.", "2025-12-24T00:00", "2025-12-25T00:00"),
            ("10/11/2026", "2026-11-10T00:00", "2026-11-11T00:00"),
            ("on 10 November", "2026-11-10T00:00", "2026-11-11T00:00"),
            ("on November 10th in the evening", "2026-11-10T18:00", "2026-11-10T22:00"),
            ("am 10. November abends", "2026-11-10T18:00", "2026-11-10T22:00"),
            ("between 22 and 6", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("zwischen 22 und 6 Uhr", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("from 10 pm to 6 am", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("von 22:15 bis 23.30 Uhr", "2026-11-20T22:15", "2026-11-20T23:30"),
            ("last night between 1 and 4", "2026-11-21T01:00", "2026-11-21T04:00"),
            ("letzte Nacht zwischen 22 und 2 Uhr", "2026-11-20T22:00", "2026-11-21T02:00"),
            ("yesterday between 22 and 6", "2026-11-20T22:00", "2026-11-21T06:00"),
            ("yesterday from 8 to 10 pm", "2026-11-20T20:00", "2026-11-20T22:00"),
            ("gestern Abend zwischen 7 und 9", "2026-11-20T19:00", "2026-11-20T21:00"),
            ("yesterday at 7 pm", "2026-11-20T18:45", "2026-11-20T19:15"),
            ("heute um 7 Uhr", "2026-11-21T06:45", "2026-11-21T07:15"),
            ("um 3 Uhr nachts", "2026-11-21T02:45", "2026-11-21T03:15"),
            ("at midnight", "2026-11-20T23:45", "2026-11-21T00:15"),
            ("since yesterday", "2026-11-20T00:00", "2026-11-21T08:30"),
            ("seit gestern Abend", "2026-11-20T18:00", "2026-11-21T08:30"),
            ("seit 6 Uhr", "2026-11-21T06:00", "2026-11-21T08:30"),
            ("since 10 pm", "2026-11-20T22:00", "2026-11-21T08:30"),
            ("seit zwei Stunden", "2026-11-21T06:30", "2026-11-21T08:30"),
            ("2 hours ago", "2026-11-21T06:15", "2026-11-21T06:45"),
            ("vor 3 Tagen", "2026-11-18T00:00", "2026-11-19T00:00"),
            ("from 2026-11-01 to 2026-11-10", "2026-11-01T00:00", "2026-11-11T00:00"),
            ("vom 1. bis 10. November", "2026-11-01T00:00", "2026-11-11T00:00"),
            ("vom 1.11. bis zum 10.11.", "2026-11-01T00:00", "2026-11-11T00:00"),
            ("over 24 hours", "2026-11-20T08:30", "2026-11-21T08:30"),
        ])
    func `resolves ranges in words`(_ text: String, _ start: String, _ end: String) throws {
        let range = try #require(
            TimeExpression.range(in: text, now: moment(Self.saturday), calendar: berlin), "\(text)")
        #expect(berlin.iso8601(range.lowerBound) == berlin.iso8601(moment(start)), "\(text)")
        #expect(berlin.iso8601(range.upperBound) == berlin.iso8601(moment(end)), "\(text)")
    }

    @Test(arguments: [
        "How warm is it?", "Set 23 degrees", "between 20 and 22 degrees", "room 101", "Wie ist die Luft?", "",
        "May I ask something?", "zwischen 20 und 22 Grad",
    ])
    func `finds no time where there is none`(_ text: String) {
        #expect(TimeExpression.range(in: text, now: moment(Self.saturday), calendar: berlin) == nil)
    }

    @Test(arguments: ["tomorrow", "morgen", "übermorgen", "this evening", "heute Abend", "tomorrow at 7"])
    func `a future time begins after now`(_ text: String) throws {
        let range = try #require(TimeExpression.range(in: text, now: moment(Self.saturday), calendar: berlin))
        #expect(range.lowerBound > moment(Self.saturday))
    }

    @Test func `a night is an hour shorter in spring and an hour longer in autumn`() throws {
        // On 2026-03-29 at 02:00 the clock jumps to 03:00; on 2026-10-25 at 03:00 back to 02:00.
        for (now, start, end, hours) in [
            ("2026-03-29T09:00", "2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00", 7),
            ("2026-10-25T09:00", "2026-10-24T22:00:00+02:00", "2026-10-25T06:00:00+01:00", 9),
        ] {
            let range = try #require(TimeExpression.range(in: "last night", now: moment(now), calendar: berlin))
            #expect(berlin.iso8601(range.lowerBound) == start)
            #expect(berlin.iso8601(range.upperBound) == end)
            #expect(
                range.upperBound.millisecondsSince1970 - range.lowerBound.millisecondsSince1970 == hours * 3_600_000)
        }
    }

    @Test func `a day of a clock change has 23 or 25 hours, and the last 24 hours are always 24`() throws {
        for (now, hours) in [("2026-03-30T09:00", 23), ("2026-10-26T09:00", 25)] {
            let day = try #require(TimeExpression.range(in: "gestern", now: moment(now), calendar: berlin))
            #expect(day.upperBound.millisecondsSince1970 - day.lowerBound.millisecondsSince1970 == hours * 3_600_000)
            let rolling = try #require(TimeExpression.range(in: "last 24 hours", now: moment(now), calendar: berlin))
            #expect(
                rolling.upperBound.millisecondsSince1970 - rolling.lowerBound.millisecondsSince1970 == 86_400_000)
        }
    }

    @Test func `the hour that comes twice is covered whole, and the one that is skipped does no harm`() throws {
        let autumn = try #require(
            TimeExpression.range(in: "between 2:00 and 2:30", now: moment("2026-10-25T09:00"), calendar: berlin))
        #expect(berlin.iso8601(autumn.lowerBound) == "2026-10-25T02:00:00+02:00")
        #expect(berlin.iso8601(autumn.upperBound) == "2026-10-25T02:30:00+01:00")
        let spring = try #require(
            TimeExpression.range(in: "between 2:30 and 4:00", now: moment("2026-03-29T09:00"), calendar: berlin))
        #expect(berlin.iso8601(spring.lowerBound) == "2026-03-29T03:30:00+02:00")
        #expect(berlin.iso8601(spring.upperBound) == "2026-03-29T04:00:00+02:00")
    }

    @Test func `in the small hours last night is the night that is not over`() throws {
        let range = try #require(
            TimeExpression.range(in: "last night", now: moment("2026-11-21T02:00"), calendar: berlin))
        #expect(berlin.iso8601(range.lowerBound) == "2026-11-20T22:00:00+01:00")
        #expect(berlin.iso8601(range.upperBound) == "2026-11-21T02:00:00+01:00")
    }

    @Test(
        arguments: [
            ("until 10 pm", "2026-11-21T22:00"), ("till 22:30", "2026-11-21T22:30"), ("bis 22 Uhr", "2026-11-21T22:00"),
            ("bis 22.30 Uhr", "2026-11-21T22:30"), ("until 10", "2026-11-21T10:00"), ("until 8", "2026-11-21T20:00"),
            ("bis 8 Uhr", "2026-11-22T08:00"), ("bis 10 Uhr abends", "2026-11-21T22:00"),
            ("bis morgen früh", "2026-11-22T08:00"), ("until tomorrow morning", "2026-11-22T08:00"),
            ("until tomorrow", "2026-11-22T12:00"), ("bis morgen", "2026-11-22T12:00"),
            ("bis morgen um 9 Uhr", "2026-11-22T09:00"), ("until midnight", "2026-11-22T00:00"),
            ("bis Mitternacht", "2026-11-22T00:00"), ("until noon", "2026-11-21T12:00"),
            ("until this evening", "2026-11-21T22:00"), ("bis heute Abend", "2026-11-21T22:00"),
            ("until Monday", "2026-11-23T12:00"), ("bis Montag um 7 Uhr", "2026-11-23T07:00"),
            ("until 24 November", "2026-11-24T12:00"), ("for two hours", "2026-11-21T10:30"),
            ("für eine Stunde", "2026-11-21T09:30"), ("2 Stunden lang", "2026-11-21T10:30"),
            ("for half an hour", "2026-11-21T09:00"), ("über Nacht", "2026-11-22T08:00"),
        ])
    func `resolves ends in words`(_ text: String, _ expected: String) throws {
        let end = try #require(TimeExpression.end(in: text, now: moment(Self.saturday), calendar: berlin), "\(text)")
        #expect(berlin.iso8601(end) == berlin.iso8601(moment(expected)), "\(text)")
    }

    @Test(arguments: ["Set 23 degrees", "bis auf weiteres", "until further notice", "wärmer bitte"])
    func `finds no end where there is none`(_ text: String) {
        #expect(TimeExpression.end(in: text, now: moment(Self.saturday), calendar: berlin) == nil)
    }
}
