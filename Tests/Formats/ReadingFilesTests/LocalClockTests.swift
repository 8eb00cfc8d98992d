import Building
import CivilTime
import Foundation
import ReadingFiles
import Testing

@Suite struct LocalClockTests {
    static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

    func moment(_ clock: inout LocalClock, _ local: String) throws -> String? {
        clock.moment(try #require(ISO8601Time(local)).wall).map {
            Date(timeIntervalSince1970: $0.secondsSince1970).formatted(.iso8601)
        }
    }

    @Test func `knows summer and winter`() throws {
        var clock = LocalClock(Self.berlin)
        #expect(try moment(&clock, "2024-07-01T12:00:00") == "2024-07-01T10:00:00Z")
        #expect(try moment(&clock, "2024-12-01T12:00:00") == "2024-12-01T11:00:00Z")
    }

    @Test func `tells the two hours apart that clocks show in autumn, by the order of the rows`() throws {
        var clock = LocalClock(Self.berlin)
        let locals = ["01:45", "02:00", "02:15", "02:30", "02:45", "02:00", "02:15", "02:30", "02:45", "03:00"]
        let moments = try locals.map { try moment(&clock, "2024-10-27T\($0):00")! }
        #expect(
            moments == [
                "2024-10-26T23:45:00Z", "2024-10-27T00:00:00Z", "2024-10-27T00:15:00Z", "2024-10-27T00:30:00Z",
                "2024-10-27T00:45:00Z", "2024-10-27T01:00:00Z", "2024-10-27T01:15:00Z", "2024-10-27T01:30:00Z",
                "2024-10-27T01:45:00Z", "2024-10-27T02:00:00Z",
            ])
    }

    @Test func `takes the first of the two where the rows do not tell`() throws {
        var clock = LocalClock(Self.berlin)
        #expect(try moment(&clock, "2024-10-27T02:30:00") == "2024-10-27T00:30:00Z")
        #expect(try moment(&clock, "2024-10-27T02:30:00") == "2024-10-27T00:30:00Z")
        // Another device's rows begin anew.
        #expect(try moment(&clock, "2024-11-30T00:00:00") == "2024-11-29T23:00:00Z")
        #expect(try moment(&clock, "2024-10-27T02:30:00") == "2024-10-27T00:30:00Z")
    }

    @Test func `knows no time that the clocks leave out in spring`() throws {
        var clock = LocalClock(Self.berlin)
        #expect(try moment(&clock, "2024-03-31T01:59:00") == "2024-03-31T00:59:00Z")
        #expect(try moment(&clock, "2024-03-31T02:00:00") == nil)
        #expect(try moment(&clock, "2024-03-31T02:59:00") == nil)
        #expect(try moment(&clock, "2024-03-31T03:00:00") == "2024-03-31T01:00:00Z")
    }

    @Test func `tells milliseconds within a quarter of an hour`() throws {
        var clock = LocalClock(Self.berlin)
        let quarter = WallTime(CivilDate(year: 2024, month: 7, day: 1)!, hour: 12)
        let first = clock.moment(quarter)
        let start = try #require(first)
        let later = clock.moment(WallTime(quarter.date, second: quarter.second + 899), millisecond: 999)
        #expect(later == start.advanced(by: .milliseconds(899_999)))
    }

    @Test func `knows the midnight that ends a day`() throws {
        var clock = LocalClock(Self.berlin)
        #expect(try moment(&clock, "2024-06-30T24:00") == "2024-06-30T22:00:00Z")
        #expect(try moment(&clock, "2024-07-01T00:00") == "2024-06-30T22:00:00Z")
    }

    @Test(arguments: [
        ("sample_iaq_data_Room101.csv", "room-101"), ("iaq_sensor_Room102", "room-102"), ("ROOM 1.csv", "room-1"),
        ("room-1010.csv", nil), ("lobby.csv", "lobby"), ("data.csv", nil), ("room-101_room-102.csv", nil),
    ])
    func `finds the room that a name speaks of`(name: String, room: String?) {
        let rooms = ["room-1", "room-101", "room-102", "lobby"].map { Slug($0)! }
        #expect(RoomInName.find(in: name, rooms: rooms) == room.map { Slug($0)! })
    }
}
