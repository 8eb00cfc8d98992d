import CivilTime
import Foundation
import Storage
import Testing

@Suite struct CalendarBucketsTests {
    static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

    static func moment(_ text: String) -> Int64 {
        Int64(try! Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    func lengths(_ unit: CalendarBuckets.Unit, _ calendar: LocalCalendar, _ first: String, _ end: String) -> [Int64] {
        let row = CalendarBuckets(unit, calendar: calendar).row(from: Self.moment(first), before: Self.moment(end))
        return zip(row.starts, row.starts.dropFirst() + [row.end]).map { $1 - $0 }
    }

    @Test func `have days of 23 and 25 hours where the clocks are set`() {
        #expect(
            lengths(.day, Self.berlin, "2024-03-29T23:00:00Z", "2024-04-01T22:00:00Z")
                == [24, 23, 24].map { $0 * 3600 })
        #expect(
            lengths(.day, Self.berlin, "2024-10-25T22:00:00Z", "2024-10-28T23:00:00Z")
                == [24, 25, 24].map { $0 * 3600 })
    }

    @Test func `show the hour that comes twice twice, and none that is skipped`() {
        let spring = lengths(.hour, Self.berlin, "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z")
        #expect(spring == Array(repeating: 3600, count: 23))
        let autumn = lengths(.hour, Self.berlin, "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z")
        #expect(autumn == Array(repeating: 3600, count: 25))
    }

    @Test func `have months as long as they are`() {
        let days = lengths(.month, Self.berlin, "2023-12-31T23:00:00Z", "2024-12-31T23:00:00Z").map {
            Double($0) / 86_400
        }
        let hour = 1.0 / 24
        let expected: [Double] = [31, 29, 31 - hour, 30, 31, 30, 31, 31, 30, 31 + hour, 30, 31]
        #expect(zip(days, expected).allSatisfy { abs($0 - $1) < 1e-9 } && days.count == 12)
    }

    @Test(arguments: ["America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Atlantic/Azores", "Asia/Kathmandu"])
    func `begin each day once where the clocks are set at midnight, and lose no moment`(name: String) {
        let local = LocalCalendar(zoneNamed: name)!
        let row = CalendarBuckets(.day, calendar: local).row(
            from: Self.moment("2012-01-01T00:00:00Z"), before: Self.moment("2018-12-31T00:00:00Z"))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = local.zone
        let days = row.starts.map {
            calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double($0)))
        }
        #expect(Set(days).count == days.count)
        // Some 7 years of days, each with its own.
        #expect((2556...2558).contains(days.count))
        let lengths = zip(row.starts, row.starts.dropFirst()).map { $1 - $0 }
        #expect(lengths.allSatisfy { [82_800, 86_400, 90_000].contains($0) })
        for start in row.starts {
            #expect(
                calendar.startOfDay(for: Date(timeIntervalSince1970: Double(start + 3000))).timeIntervalSince1970
                    == Double(start))
        }
    }

    @Test(arguments: ["Australia/Lord_Howe", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
    func `are found again from any moment within them`(name: String) {
        let calendar = LocalCalendar(zoneNamed: name)!
        for unit in CalendarBuckets.Unit.allCases {
            let buckets = CalendarBuckets(unit, calendar: calendar)
            let first = Self.moment("2024-01-01T00:00:00Z")
            let row = buckets.row(from: first, before: first + 366 * 86_400, atMost: 9000)
            for (start, next) in zip(row.starts, row.starts.dropFirst()) {
                for moment in [start, start + (next - start) / 2, next - 1] {
                    guard buckets.start(containing: moment) == start, buckets.next(after: moment) == next else {
                        Issue.record("\(unit) at \(moment): \(start)…\(next)")
                        return
                    }
                }
            }
        }
    }
}
