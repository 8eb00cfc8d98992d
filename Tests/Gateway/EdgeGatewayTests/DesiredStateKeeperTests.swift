import Building
import ClimateControl
import EdgeConfiguration
import EdgeGateway
import Foundation
import Logging
import Rig
import Testing
import WireFormat

/// What the gateway makes of what the central service wishes.
@Suite struct DesiredStateKeeperTests {
    private let time = SettableClock(SettableClock.present)
    private static let room = Slug("room-1")!

    private func keeper(_ overrides: String...) throws -> DesiredStateKeeper {
        DesiredStateKeeper(
            configuration: try .load(path: Checkout.file("config/edge-one-room.yaml"), overrides: overrides),
            clock: time.clock, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    private func setDesired(
        _ celsius: Double?, version: Int64, room: String = "room-1", by source: DesiredState.Source = .guest,
        until: Int64? = nil, created: Int64? = nil
    ) -> DesiredStateList {
        DesiredStateList(
            version: version,
            desiredStates: [
                DesiredState(
                    version: version, room: Slug(room), celsius: celsius, source: source,
                    who: source == .guest ? "guest" : "operator ops",
                    until: until.map(Timestamp.init(millisecondsSince1970:)),
                    created: Timestamp(millisecondsSince1970: created ?? time.calendar))
            ])
    }

    /// What is reported of the room.
    private func report(_ keeper: DesiredStateKeeper, _ room: String = "room-1") throws -> ReportedState {
        try #require(keeper.reportedStates().first { $0.room?.text == room })
    }

    @Test func `puts a wish into force, and says so`() throws {
        let keeper = try keeper()
        #expect(
            try report(keeper)
                == ReportedState(
                    room: Self.room, version: 0, state: .nothingDesired, celsius: 22, source: "configuration"))
        let until = time.calendar + 3_600_000
        keeper.take(setDesired(23, version: 4, until: until))
        #expect(
            try report(keeper)
                == ReportedState(
                    room: Self.room, version: 4, state: .accepted, celsius: 23, source: "guest", who: "guest",
                    until: Timestamp(millisecondsSince1970: until)))
        #expect(keeper.version == 4)
        // What comes again changes nothing, a newer one does, and one that is taken back gives the room back.
        keeper.rooms.set(
            Setpoint(celsius: 20, source: .localOperator, since: Timestamp(millisecondsSince1970: time.calendar)),
            of: Self.room)
        keeper.take(setDesired(23, version: 4))
        #expect(try report(keeper).celsius == 20)
        time.advance(60_000)
        keeper.take(setDesired(24, version: 5))
        #expect(try report(keeper).celsius == 24)
        keeper.take(setDesired(nil, version: 6))
        let back = try report(keeper)
        #expect(back.celsius == 22 && back.source == "configuration" && back.state == .accepted && back.version == 6)
    }

    @Test func `keeps to the building's limits, guests' narrower ones too, and says which`() throws {
        let keeper = try keeper(
            "control.guestMaximumCelsius=24", "control.maximumCelsius=25", "control.minimumCelsius=17")
        let cases: [(Double, DesiredState.Source, held: Double, reason: String?)] = [
            (24, .guest, 24, nil), (26, .guest, 24, "at_most celsius=24"),
            (16, .guest, 17, "at_least celsius=17"), (25, .central, 25, nil),
            (30, .central, 25, "at_most celsius=25"),
            (5, .central, 17, "at_least celsius=17"),
        ]
        for (index, (celsius, source, held, reason)) in cases.enumerated() {
            keeper.take(setDesired(celsius, version: Int64(index + 1), by: source))
            let report = try report(keeper)
            #expect(report.celsius == held && report.reason?.text == reason)
            #expect(report.state == (reason == nil ? .accepted : .clamped))
        }
    }

    @Test func `lets the later one win, whoever it was`() throws {
        let keeper = try keeper()
        func setLocally(_ celsius: Double) {
            keeper.rooms.set(
                Setpoint(
                    celsius: celsius, source: .localOperator, who: "Home Assistant",
                    since: Timestamp(millisecondsSince1970: time.calendar)), of: Self.room)
        }
        // Wished while the gateway was away, and set otherwise in the building since.
        let desired = time.calendar
        time.advance(60_000)
        setLocally(20)
        keeper.take(setDesired(23, version: 1, created: desired))
        var reported = try report(keeper)
        #expect(reported.state == .overridden && reported.celsius == 20 && reported.who == "Home Assistant")
        #expect(reported.reason == "overridden")
        time.advance(60_000)
        keeper.take(setDesired(24, version: 2))
        #expect(try report(keeper).state == .accepted)
        time.advance(60_000)
        setLocally(21)
        reported = try report(keeper)
        #expect(reported.version == 2 && reported.state == .overridden && reported.celsius == 21)
        // What the building set is not the central service's to take back.
        keeper.take(setDesired(nil, version: 3))
        #expect(try report(keeper).celsius == 21)
    }

    @Test func `puts nothing into force whose time is over, and ends what that replaced`() throws {
        let keeper = try keeper()
        keeper.take(setDesired(25, version: 1))
        keeper.take(setDesired(23, version: 2, until: time.calendar - 1, created: time.calendar - 60_000))
        let reported = try report(keeper)
        #expect(reported.state == .expired && reported.celsius == 22 && reported.reason == "expired")
        // Without a clock that can be trusted nobody knows.
        let unset = SettableClock(SettableClock.beginning)
        let blind = DesiredStateKeeper(
            configuration: try .load(path: Checkout.file("config/edge-one-room.yaml")), clock: unset.clock,
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        blind.take(setDesired(23, version: 2, until: time.calendar - 1))
        #expect(try report(blind).state == .accepted)
    }

    @Test func `refuses for rooms that it does not regulate, until it does`() throws {
        let keeper = try keeper("control.adoptUnlistedRooms=true")
        keeper.take(setDesired(23, version: 1, room: "attic"))
        let refused = try report(keeper, "attic")
        #expect(refused.state == .rejected && refused.reason == "not_controlled")
        keeper.rooms.observe(
            Reading(
                series: SeriesKey(
                    room: Slug("attic")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature),
                value: .number(20), eventTime: Timestamp(millisecondsSince1970: time.calendar),
                receivedTime: Timestamp(millisecondsSince1970: time.calendar), clockTrusted: true, quality: .good))
        #expect(try report(keeper, "attic").state == .accepted)
    }

    @Test func `goes along when the central service counts anew, as after a restored backup`() throws {
        let keeper = try keeper()
        keeper.take(setDesired(25, version: 17))
        keeper.take(
            DesiredStateList(
                version: 18,
                desiredStates: [
                    DesiredState(
                        version: 18, device: "wall-battery", mode: .charging, watts: 3000, source: .central,
                        who: "operator", created: Timestamp(millisecondsSince1970: time.calendar))
                ]))
        _ = keeper.storageOrders(all: false)
        keeper.take(DesiredStateList(version: 3, desiredStates: []))
        #expect(keeper.version == 3)
        #expect(try report(keeper).source == "configuration")
        #expect(keeper.storageOrders(all: false).map(\.command) == [nil])
        keeper.take(setDesired(24, version: 4))
        #expect(try report(keeper).celsius == 24)
    }

    @Test func `tells a battery what to do when it is wished and whenever the broker may have forgotten`() throws {
        let keeper = try keeper()
        func battery(_ version: Int64, _ mode: StorageMode?, _ watts: Double?) -> DesiredStateList {
            DesiredStateList(
                version: version,
                desiredStates: [
                    DesiredState(
                        version: version, device: "wall-battery", mode: mode, watts: watts, source: .central,
                        who: "operator", created: Timestamp(millisecondsSince1970: time.calendar))
                ])
        }
        keeper.take(battery(1, .charging, 3000))
        // Nothing is said to hold before the broker has it.
        #expect(!keeper.reportedStates().contains { $0.device != nil })
        let orders = keeper.storageOrders(all: false)
        #expect(orders.map(\.device.text) == ["wall-battery"])
        #expect(orders.map(\.command) == [StorageCommand(mode: .charging, watts: 3000)])
        #expect(keeper.storageOrders(all: false).isEmpty)
        #expect(keeper.storageOrders(all: true).count == 1)
        let reported = try #require(keeper.reportedStates().first { $0.device == "wall-battery" })
        #expect(
            reported.version == 1 && reported.state == .accepted && reported.mode == "charging"
                && reported.watts == 3000)
        keeper.take(battery(2, .idle, 5))
        #expect(keeper.storageOrders(all: false).map(\.command) == [StorageCommand(mode: .idle, watts: 0)])
        keeper.take(battery(3, nil, nil))
        #expect(keeper.storageOrders(all: false).map(\.command) == [nil])
    }

    /// As it comes from the central service.
    private func take(_ entries: String..., version: Int64, into keeper: DesiredStateKeeper) throws {
        keeper.take(
            try JSONDecoder().decode(
                DesiredStateList.self,
                from: Data("{\"version\":\(version),\"desired\":[\(entries.joined(separator: ","))]}".utf8)))
    }

    @Test(arguments: [
        #""created":9223372036854775807"#, #""created":-9223372036854775808"#,
        #""created":1795252530250,"until":9223372036854775807"#,
        #""created":1795252530250,"until":-9223372036854775808"#, #""created":1e300"#,
        #""created":1795252530250,"celsius":1e308"#, #""created":1795252530250,"source":"king""#,
    ])
    func `reports a wish that can't be carried out as refused, and keeps what holds`(members: String) throws {
        let keeper = try keeper()
        // Somebody in the building has set it: this is where times are compared.
        keeper.rooms.set(
            Setpoint(celsius: 20, source: .localOperator, since: Timestamp(millisecondsSince1970: time.calendar)),
            of: Self.room)
        let common = [#""celsius":23"#, #""source":"guest""#, #""who":"guest""#].filter { member in
            !members.contains(member.split(separator: ":")[0])
        }
        let bad = "{\"version\":5,\"room\":\"room-1\"," + (common + [members]).joined(separator: ",") + "}"
        try take(bad, version: 5, into: keeper)
        let refused = try report(keeper)
        #expect(refused.version == 5 && refused.state == .rejected && refused.celsius == 20)
        #expect(refused.reason?.text.isEmpty == false)
        #expect(keeper.version == 5)
        // The next one for the room settles it; an older one does not.
        time.advance(60_000)
        keeper.take(setDesired(24, version: 6))
        let held = try report(keeper)
        #expect(held.version == 6 && held.state == .accepted && held.reason == nil)
        try take(bad, version: 6, into: keeper)
        #expect(try report(keeper).state == .accepted)
    }

    @Test func `keeps what it can read of a book in which something can't be read`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("control.json")
        let setting = "control.statePath=\(path)"
        let first = try keeper(setting)
        first.take(setDesired(25, version: 17))
        try first.save(path: path)
        let saved = try String(contentsOfFile: path, encoding: .utf8)
        #expect(saved.contains("\"created\":\(time.calendar)"))
        // As an older version may have written it.
        for damage in ["\"created\":9223372036854775807", "\"created\":-1", "\"created\":\"x\""] {
            try saved.replacing(/"checksum":"[0-9a-f]{8}",/, with: "")
                .replacingOccurrences(of: "\"created\":\(time.calendar)", with: damage)
                .write(toFile: path, atomically: true, encoding: .utf8)
            let again = try keeper(setting)
            #expect(again.version == 17)
            #expect(try report(again).celsius == 25)
        }
        try saved.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try report(try keeper(setting)).state == .accepted)
    }

    @Test func `believes no book in which a bit has flipped, but the one before it`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("control.json")
        let setting = "control.statePath=\(path)"
        let first = try keeper(setting)
        first.take(setDesired(25, version: 17))
        try first.save(path: path)
        first.take(setDesired(24, version: 18))
        try first.save(path: path)
        let saved = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try report(try keeper(setting)).celsius == 24)
        // Any bit, also of the checksum, but for the name of that: without it the file is an earlier version's.
        for index in [13, 20] + Array(stride(from: 24, to: saved.count, by: 7)) {
            var damaged = saved
            damaged[index] ^= 1 << UInt8(index % 8)
            try damaged.write(to: URL(fileURLWithPath: path))
            let again = try keeper(setting)
            #expect(again.version == 17, "byte \(index)")
            #expect(try report(again).celsius == 25, "byte \(index)")
        }
        // Nor is one believed where both are damaged.
        try Data(saved.prefix(100)).write(to: URL(fileURLWithPath: path + ".before"))
        #expect(try keeper(setting).version == 0)
    }

    @Test func `reports a name of any length within what the central service takes`() throws {
        let keeper = try keeper()
        let name = String(repeating: "e\u{301}\u{302}\u{303}\u{304}", count: 64)
        keeper.rooms.set(Setpoint(celsius: 20, source: .localOperator, who: name), of: Self.room)
        let report = StateReport(reportedStates: keeper.reportedStates())
        let read = try JSONDecoder().decode(StateReport.self, from: JSONEncoder().encode(report))
        #expect(read.rejected.isEmpty && read.reportedStates == report.reportedStates)
        #expect(read.reportedStates.first?.who?.text.utf8.count ?? 0 <= 200)
    }
}
