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
@Suite struct WishKeeperTests {
    private let time = SettableClock(SettableClock.present)
    private static let room = Slug("room-1")!

    private func keeper(_ overrides: String...) throws -> WishKeeper {
        WishKeeper(
            configuration: try .load(path: Checkout.file("config/edge-one-room.yaml"), overrides: overrides),
            clock: time.clock, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    private func wish(
        _ celsius: Double?, version: Int64, room: String = "room-1", by source: WishMessage.Source = .guest,
        until: Int64? = nil, created: Int64? = nil
    ) -> WishList {
        WishList(
            version: version,
            wishes: [
                WishMessage(
                    version: version, room: Slug(room), celsius: celsius, source: source,
                    who: source == .guest ? "guest" : "operator ops",
                    until: until.map(Timestamp.init(millisecondsSince1970:)),
                    created: Timestamp(millisecondsSince1970: created ?? time.calendar))
            ])
    }

    /// What is reported of the room.
    private func report(_ keeper: WishKeeper, _ room: String = "room-1") throws -> Holding {
        try #require(keeper.holdings().first { $0.room?.text == room })
    }

    @Test func `puts a wish into force, and says so`() throws {
        let keeper = try keeper()
        #expect(
            try report(keeper)
                == Holding(
                    room: Self.room, version: 0, state: .unwished, celsius: 22, source: "configuration"))
        let until = time.calendar + 3_600_000
        keeper.take(wish(23, version: 4, until: until))
        #expect(
            try report(keeper)
                == Holding(
                    room: Self.room, version: 4, state: .held, celsius: 23, source: "guest", who: "guest",
                    until: Timestamp(millisecondsSince1970: until)))
        #expect(keeper.version == 4)
        // What comes again changes nothing, a newer one does, and one that is taken back gives the room back.
        keeper.rooms.set(
            Setpoint(celsius: 20, source: .localOperator, since: Timestamp(millisecondsSince1970: time.calendar)),
            of: Self.room)
        keeper.take(wish(23, version: 4))
        #expect(try report(keeper).celsius == 20)
        time.advance(60_000)
        keeper.take(wish(24, version: 5))
        #expect(try report(keeper).celsius == 24)
        keeper.take(wish(nil, version: 6))
        let back = try report(keeper)
        #expect(back.celsius == 22 && back.source == "configuration" && back.state == .held && back.version == 6)
    }

    @Test func `keeps to the building's limits, guests' narrower ones too, and says which`() throws {
        let keeper = try keeper(
            "control.guestMaximumCelsius=24", "control.maximumCelsius=25", "control.minimumCelsius=17")
        let cases: [(Double, WishMessage.Source, held: Double, reason: String?)] = [
            (24, .guest, 24, nil), (26, .guest, 24, "this building allows at most 24 °C"),
            (16, .guest, 17, "this building allows at least 17 °C"), (25, .central, 25, nil),
            (30, .central, 25, "this building allows at most 25 °C"),
            (5, .central, 17, "this building allows at least 17 °C"),
        ]
        for (index, (celsius, source, held, reason)) in cases.enumerated() {
            keeper.take(wish(celsius, version: Int64(index + 1), by: source))
            let report = try report(keeper)
            #expect(report.celsius == held && report.reason?.text == reason)
            #expect(report.state == (reason == nil ? .held : .limited))
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
        let wished = time.calendar
        time.advance(60_000)
        setLocally(20)
        keeper.take(wish(23, version: 1, created: wished))
        var holding = try report(keeper)
        #expect(holding.state == .replaced && holding.celsius == 20 && holding.who == "Home Assistant")
        #expect(holding.reason == "set otherwise in the building")
        time.advance(60_000)
        keeper.take(wish(24, version: 2))
        #expect(try report(keeper).state == .held)
        time.advance(60_000)
        setLocally(21)
        holding = try report(keeper)
        #expect(holding.version == 2 && holding.state == .replaced && holding.celsius == 21)
        // What the building set is not the central service's to take back.
        keeper.take(wish(nil, version: 3))
        #expect(try report(keeper).celsius == 21)
    }

    @Test func `puts nothing into force whose time is over, and ends what that replaced`() throws {
        let keeper = try keeper()
        keeper.take(wish(25, version: 1))
        keeper.take(wish(23, version: 2, until: time.calendar - 1, created: time.calendar - 60_000))
        let holding = try report(keeper)
        #expect(holding.state == .ended && holding.celsius == 22 && holding.reason == "its time was over")
        // Without a clock that can be trusted nobody knows.
        let unset = SettableClock(SettableClock.beginning)
        let blind = WishKeeper(
            configuration: try .load(path: Checkout.file("config/edge-one-room.yaml")), clock: unset.clock,
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        blind.take(wish(23, version: 2, until: time.calendar - 1))
        #expect(try report(blind).state == .held)
    }

    @Test func `refuses for rooms that it does not regulate, until it does`() throws {
        let keeper = try keeper("control.adoptUnlistedRooms=true")
        keeper.take(wish(23, version: 1, room: "attic"))
        let refused = try report(keeper, "attic")
        #expect(refused.state == .refused && refused.reason == "this room is not under control")
        keeper.rooms.observe(
            Reading(
                series: SeriesKey(
                    room: Slug("attic")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature),
                value: .number(20), eventTime: Timestamp(millisecondsSince1970: time.calendar),
                receivedTime: Timestamp(millisecondsSince1970: time.calendar), clockTrusted: true, quality: .good))
        #expect(try report(keeper, "attic").state == .held)
    }

    @Test func `goes along when the central service counts anew, as after a restored backup`() throws {
        let keeper = try keeper()
        keeper.take(wish(25, version: 17))
        keeper.take(
            WishList(
                version: 18,
                wishes: [
                    WishMessage(
                        version: 18, device: "wall-battery", mode: .charging, watts: 3000, source: .central,
                        who: "operator", created: Timestamp(millisecondsSince1970: time.calendar))
                ]))
        _ = keeper.storageOrders(all: false)
        keeper.take(WishList(version: 3, wishes: []))
        #expect(keeper.version == 3)
        #expect(try report(keeper).source == "configuration")
        #expect(keeper.storageOrders(all: false).map(\.command) == [nil])
        keeper.take(wish(24, version: 4))
        #expect(try report(keeper).celsius == 24)
    }

    @Test func `tells a battery what to do when it is wished and whenever the broker may have forgotten`() throws {
        let keeper = try keeper()
        func battery(_ version: Int64, _ mode: StorageMode?, _ watts: Double?) -> WishList {
            WishList(
                version: version,
                wishes: [
                    WishMessage(
                        version: version, device: "wall-battery", mode: mode, watts: watts, source: .central,
                        who: "operator", created: Timestamp(millisecondsSince1970: time.calendar))
                ])
        }
        keeper.take(battery(1, .charging, 3000))
        // Nothing is said to hold before the broker has it.
        #expect(!keeper.holdings().contains { $0.device != nil })
        let orders = keeper.storageOrders(all: false)
        #expect(orders.map(\.device.text) == ["wall-battery"])
        #expect(orders.map(\.command) == [StorageCommand(mode: .charging, watts: 3000)])
        #expect(keeper.storageOrders(all: false).isEmpty)
        #expect(keeper.storageOrders(all: true).count == 1)
        let holding = try #require(keeper.holdings().first { $0.device == "wall-battery" })
        #expect(holding.version == 1 && holding.state == .held && holding.mode == "charging" && holding.watts == 3000)
        keeper.take(battery(2, .idle, 5))
        #expect(keeper.storageOrders(all: false).map(\.command) == [StorageCommand(mode: .idle, watts: 0)])
        keeper.take(battery(3, nil, nil))
        #expect(keeper.storageOrders(all: false).map(\.command) == [nil])
    }

    /// As it comes from the central service.
    private func take(_ entries: String..., version: Int64, into keeper: WishKeeper) throws {
        keeper.take(
            try JSONDecoder().decode(
                WishList.self,
                from: Data("{\"version\":\(version),\"wishes\":[\(entries.joined(separator: ","))]}".utf8)))
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
        #expect(refused.version == 5 && refused.state == .refused && refused.celsius == 20)
        #expect(refused.reason?.text.isEmpty == false)
        #expect(keeper.version == 5)
        // The next one for the room settles it; an older one does not.
        time.advance(60_000)
        keeper.take(wish(24, version: 6))
        let held = try report(keeper)
        #expect(held.version == 6 && held.state == .held && held.reason == nil)
        try take(bad, version: 6, into: keeper)
        #expect(try report(keeper).state == .held)
    }

    @Test func `keeps what it can read of a book in which something can't be read`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("control.json")
        let setting = "control.statePath=\(path)"
        let first = try keeper(setting)
        first.take(wish(25, version: 17))
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
        #expect(try report(try keeper(setting)).state == .held)
    }

    @Test func `believes no book in which a bit has flipped, but the one before it`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("control.json")
        let setting = "control.statePath=\(path)"
        let first = try keeper(setting)
        first.take(wish(25, version: 17))
        try first.save(path: path)
        first.take(wish(24, version: 18))
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
        let report = HoldingReport(holdings: keeper.holdings())
        let read = try JSONDecoder().decode(HoldingReport.self, from: JSONEncoder().encode(report))
        #expect(read.refused.isEmpty && read.holdings == report.holdings)
        #expect(read.holdings.first?.who?.text.utf8.count ?? 0 <= 200)
    }
}
