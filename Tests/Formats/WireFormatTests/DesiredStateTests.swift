import Building
import Foundation
import Rig
import Testing
import WireFormat

/// What the central service sends as wished, as the gateway's decoder takes it.
@Suite struct DesiredStateTests {
    private static let good =
        #"{"version":3,"room":"room-101","celsius":23,"source":"guest","who":"guest","created":1795252530250}"#

    private static func list(_ entries: String...) throws -> DesiredStateList {
        try JSONDecoder().decode(
            DesiredStateList.self, from: Data("{\"version\":9,\"desired\":[\(entries.joined(separator: ","))]}".utf8))
    }

    /// Entries that are wrong in one thing, and what is said of it.
    static let wrong: [(entry: String, reason: String)] = {
        func room(_ members: String) -> String {
            let given = members.split(separator: ":")[0]
            let usual = [
                (#""version""#, "4"), (#""room""#, #""room-102""#), (#""celsius""#, "22"),
                (#""source""#, #""central""#),
                (#""who""#, #""ops""#), (#""created""#, "1795252530250"),
            ]
            return "{" + (usual.filter { $0.0 != given }.map { "\($0.0):\($0.1)" } + [members]).joined(separator: ",")
                + "}"
        }
        let time = "must be a time from 1970 to 2099 in milliseconds"
        return [
            (room(#""created":9223372036854775807"#), "created: 9223372036854775807 " + time),
            (room(#""created":-9223372036854775808"#), "created: -9223372036854775808 " + time),
            (room(#""created":4102444800000"#), "created: 4102444800000 " + time),
            (room(#""created":-1"#), "created: -1 " + time),
            (room(#""created":1e300"#), ""), (room(#""created":null"#), "“created” is missing"),
            (room(#""created":9223372036854775808"#), ""),
            (room(#""until":9223372036854775807"#), "until: 9223372036854775807 " + time),
            (room(#""until":-9223372036854775808"#), "until: -9223372036854775808 " + time),
            (room(#""version":9223372036854775807"#), "version: 9223372036854775807 must be 1 to 9007199254740992"),
            (room(#""version":-9223372036854775808"#), "version: -9223372036854775808 must be 1 to 9007199254740992"),
            (room(#""version":0"#), "version: 0 must be 1 to 9007199254740992"),
            (room(#""version":10"#), "its version 10 exceeds the list's version 9"),
            (room(#""celsius":1e308"#), ""), (room(#""celsius":1e999"#), ""),
            (room(#""celsius":30.1"#), "celsius: 30.1 must be 5 to 30 °C"),
            (room(#""celsius":-1e308"#), ""), (room(#""celsius":4.9"#), "celsius: 4.9 must be 5 to 30 °C"),
            (room(#""celsius":"warm""#), ""), (room(#""watts":-1"#), "watts: -1 must be 0 to 1000000000 W"),
            (room(#""watts":1e300"#), ""),
            (room(#""mode":"party""#), "mode: “party” must be one of charging, discharging, idle"),
            (room(#""source":"king""#), "source: “king” must be one of guest, central"),
            (room(#""room":"room 102""#), ""), (room(#""room":7"#), ""),
            (room(#""device":"wall-battery""#), "room: exactly one of room and device is required"),
            (room(#""room":null"#), "room: exactly one of room and device is required"),
            ("7", ""), ("null", ""), ("[]", ""), ("{}", "“version” is missing"),
        ]
    }()

    @Test(arguments: wrong)
    func `rejects a bad entry by itself, with the reason`(entry: String, reason: String) throws {
        let list = try Self.list(Self.good, entry, Self.good)
        #expect(list.desiredStates.map(\.room?.text) == ["room-101", "room-101"])
        #expect(list.rejected.count == 1)
        let said = try #require(list.rejected.first?.reason.text)
        #expect(reason.isEmpty ? !said.isEmpty : said == reason, "\(said)")
    }

    @Test func `takes everything at the edge of its range, and says of what a rejected entry is about`() throws {
        let last = Timestamp.representable.upperBound.millisecondsSince1970 - 1
        for (celsius, time) in [(5.0, Int64(0)), (30, last)] {
            let list = try Self.list(
                "{\"version\":9,\"room\":\"r\",\"celsius\":\(celsius),\"source\":\"guest\",\"who\":\"g\",\"until\":\(time),\"created\":\(time)}"
            )
            #expect(list.rejected.isEmpty && list.desiredStates.first?.celsius == celsius)
            #expect(list.desiredStates.first?.created.millisecondsSince1970 == time)
        }
        let rejected = try Self.list(
            #"{"version":4,"device":"wall-battery","mode":"party","source":"central","who":"x","created":1}"#
        ).rejected
        #expect(rejected.first?.version == 4 && rejected.first?.device == "wall-battery")
        // A name is for people: too long it is cut, and refuses nothing.
        let name = String(repeating: "e\u{301}\u{302}\u{303}\u{304}", count: 64)
        let long = try Self.list(Self.good.replacingOccurrences(of: #""who":"guest""#, with: "\"who\":\"\(name)\""))
        #expect(long.desiredStates.first.map { $0.who.text.utf8.count <= 200 && $0.who.text.hasSuffix("…") } == true)
    }

    @Test func `comes through as it was sent`() throws {
        let list = DesiredStateList(
            version: 18,
            desiredStates: [
                DesiredState(
                    version: 17, room: Slug("room-101"), celsius: 23, source: .guest, who: "guest",
                    until: Timestamp(millisecondsSince1970: 1_795_294_800_000),
                    created: Timestamp(millisecondsSince1970: 1_795_252_530_250)),
                DesiredState(
                    version: 18, device: "wall-battery", mode: .charging, watts: 3000, source: .central,
                    who: "operator", created: Timestamp(millisecondsSince1970: 1_795_252_600_000)),
            ])
        #expect(try JSONDecoder().decode(DesiredStateList.self, from: try JSONEncoder().encode(list)) == list)
    }

    @Test func `survives 100,000 mutated lists`() throws {
        var dice = SeededRandom(seed: 13)
        let original = Array(
            "{\"version\":9,\"desired\":[\(Self.good),\(Self.wrong.map(\.entry).joined(separator: ",")),\(Self.good)]}"
                .utf8)
        let short = Array("{\"version\":9,\"desired\":[\(Self.good),\(Self.good)]}".utf8)
        let words = [
            "9223372036854775807", "-9223372036854775808", "1e999", "null", "\"\u{301}\"", "[", "}", "\\u0000",
        ]
        for round in 0..<100_000 {
            var bytes = round % 50 == 0 ? original : short
            for _ in 0...dice.number(0...3) {
                let place = dice.number(0...(bytes.count - 1))
                if dice.chance(50) {
                    bytes[place] = UInt8(dice.number(0...255))
                } else {
                    let end = min(bytes.count, place + dice.number(0...20))
                    bytes.replaceSubrange(place..<end, with: Array(words.randomElement(using: &dice)!.utf8))
                }
            }
            guard let list = try? JSONDecoder().decode(DesiredStateList.self, from: Data(bytes)) else { continue }
            for desired in list.desiredStates {
                #expect(Timestamp.representable.contains(desired.created) && desired.version <= list.version)
            }
        }
    }
}

/// What a gateway reports, as the central service's decoder takes it.
@Suite struct ReportedStateTests {
    @Test func `survives 100,000 mutated reports`() throws {
        var dice = SeededRandom(seed: 31)
        let original = Array(
            #"{"reported":[{"room":"room-101","version":4,"state":"accepted","celsius":22.5,"source":"guest","who":"guest","until":1795252530250,"reason":"x"},{"device":"wall-battery","version":2,"state":"accepted","mode":"charging","watts":3000}]}"#
                .utf8)
        let words = ["9223372036854775807", "-1", "1e999", "null", "\"\u{301}\"", "[", "}", "\\u0000"]
        for _ in 0..<100_000 {
            var bytes = original
            for _ in 0...dice.number(0...3) {
                let place = dice.number(0...(bytes.count - 1))
                if dice.chance(50) {
                    bytes[place] = UInt8(dice.number(0...255))
                } else {
                    let end = min(bytes.count, place + dice.number(0...20))
                    bytes.replaceSubrange(place..<end, with: Array(words.randomElement(using: &dice)!.utf8))
                }
            }
            guard let report = try? JSONDecoder().decode(StateReport.self, from: Data(bytes)) else { continue }
            for reported in report.reportedStates { #expect((reported.room == nil) != (reported.device == nil)) }
        }
    }

    @Test func `whatever a gateway puts into a report, the central service takes`() throws {
        var dice = SeededRandom(seed: 7)
        let parts = ["e\u{301}\u{302}\u{303}\u{304}", "\0", "👨‍👩‍👧‍👦", "x", "ä", "\u{202E}", "\u{FFFF}", "\n", "\""]
        for round in 0..<20_000 {
            func text() -> String {
                (0..<dice.number(0...80)).map { _ in parts.randomElement(using: &dice)! }.joined()
            }
            let times = [Int64.min, Int64.max, -1, 0, 4_102_444_800_000, 1_795_252_530_250]
            let reported = ReportedState(
                room: Slug("room-\(round)"), version: 1, state: .accepted,
                celsius: [Double.nan, .infinity, 22.5, -1e300, nil].randomElement(using: &dice)!, who: text(),
                until: Timestamp(millisecondsSince1970: times.randomElement(using: &dice)!), reason: text())
            let bytes = try JSONEncoder().encode(StateReport(reportedStates: [reported, reported]))
            let read = try JSONDecoder().decode(StateReport.self, from: bytes)
            #expect(read.reportedStates.count == 2 || reported.celsius == -1e300, "\(read.rejected)")
        }
    }
}
