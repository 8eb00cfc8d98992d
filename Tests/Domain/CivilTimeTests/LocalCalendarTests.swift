import Building
import CivilTime
import Foundation
import Testing

@Suite struct LocalCalendarTests {
    private static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!
    private static let lordHowe = LocalCalendar(zoneNamed: "Australia/Lord_Howe")!

    private static func wall(_ text: String) throws -> WallTime { try #require(ISO8601Time(text)).wall }

    private static func texts(_ moments: [Timestamp]) -> [String] { moments.map { ISO8601Writer.utcText($0) } }

    @Test func `has one moment for a time of day, none in the spring gap, two in the repeated hour`() throws {
        func moments(_ text: String) throws -> [String] { Self.texts(Self.berlin.moments(try Self.wall(text))) }
        #expect(try moments("2024-07-01T12:00") == ["2024-07-01T10:00:00Z"])
        #expect(try moments("2024-12-01T12:00") == ["2024-12-01T11:00:00Z"])
        #expect(try moments("2024-03-31T01:59:59") == ["2024-03-31T00:59:59Z"])
        #expect(try moments("2024-03-31T02:00") == [])
        #expect(try moments("2024-03-31T02:59:59") == [])
        #expect(try moments("2024-03-31T03:00") == ["2024-03-31T01:00:00Z"])
        #expect(try moments("2024-10-27T01:59:59") == ["2024-10-26T23:59:59Z"])
        #expect(try moments("2024-10-27T02:00") == ["2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z"])
        #expect(try moments("2024-10-27T02:59:59") == ["2024-10-27T00:59:59Z", "2024-10-27T01:59:59Z"])
        #expect(try moments("2024-10-27T03:00") == ["2024-10-27T02:00:00Z"])
    }

    @Test func `chooses the moment after the gap that is as much later, and the first or the last of two`() throws {
        #expect(try Self.texts([Self.berlin.moment(Self.wall("2024-03-31T02:30"))]) == ["2024-03-31T01:30:00Z"])
        let twice = try Self.wall("2024-10-27T02:30")
        #expect(Self.texts([Self.berlin.moment(twice)]) == ["2024-10-27T00:30:00Z"])
        #expect(Self.texts([Self.berlin.moment(twice, last: true)]) == ["2024-10-27T01:30:00Z"])
    }

    @Test func `knows clocks that are set by half an hour, in a zone that is half an hour off`() throws {
        func moments(_ text: String) throws -> [String] { Self.texts(Self.lordHowe.moments(try Self.wall(text))) }
        #expect(try moments("2024-06-01T12:00") == ["2024-06-01T01:30:00Z"])
        #expect(try moments("2024-10-06T01:59:59") == ["2024-10-05T15:29:59Z"])
        #expect(try moments("2024-10-06T02:15") == [])
        #expect(try moments("2024-10-06T02:30") == ["2024-10-05T15:30:00Z"])
        #expect(try moments("2024-04-07T01:29:59") == ["2024-04-06T14:29:59Z"])
        #expect(try moments("2024-04-07T01:45") == ["2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z"])
        #expect(try Self.texts([Self.lordHowe.moment(Self.wall("2024-10-06T02:15"))]) == ["2024-10-05T15:45:00Z"])
        #expect(Self.lordHowe.wall(try #require(ISO8601Time("2024-10-05T15:45Z")?.moment(in: .utc))).clock == "02:45")
    }

    @Test(arguments: ["America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Atlantic/Azores", "Pacific/Apia"])
    func `begins each day where Foundation does, also where the clocks are set at midnight`(name: String) throws {
        let calendar = try #require(LocalCalendar(zoneNamed: name))
        var foundation = Calendar(identifier: .gregorian)
        foundation.timeZone = calendar.zone
        let first = try #require(CivilDate(year: 2012, month: 1, day: 1))
        for date in (0..<2555).map(first.adding(days:)) {
            let start = calendar.start(of: date)
            let expected = foundation.startOfDay(for: Date(timeIntervalSince1970: start.secondsSince1970))
            #expect(start.secondsSince1970 == expected.timeIntervalSince1970, "\(date.parts)")
            #expect(calendar.wall(start).date == date, "\(date.parts)")
        }
    }

    @Test func `floors moments before 1970`() {
        let wall = LocalCalendar.utc.wall(Timestamp(millisecondsSince1970: -1))
        #expect(wall.date.parts == (1969, 12, 31))
        #expect(wall.second == 86_399)
    }

    @Test(arguments: ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC", "GMT"])
    func `is made of a zone's name`(name: String) {
        #expect(LocalCalendar(zoneNamed: name)?.zoneName == name)
    }

    @Test(arguments: [
        "", "Berlin", "CET", "EST", "GMT+2", "UTC+2", "+02:00", "Europe/Nowhere", "Mars/Olympus", "/", "Europe/",
        "Europe/Berlin ",
    ])
    func `is not made of anything else`(name: String) {
        #expect(LocalCalendar(zoneNamed: name) == nil)
    }

    @Test func `has UTC by that name`() {
        #expect(LocalCalendar.utc.zoneName == "UTC")
        #expect(LocalCalendar.utc.offset(at: Timestamp(millisecondsSince1970: 1_719_828_000_000)) == 0)
    }
}
