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
                    version: version, room: room, celsius: celsius, source: source,
                    who: source == .guest ? "guest" : "operator ops", until: until, created: created ?? time.calendar)
            ])
    }

    /// What is reported of the room.
    private func report(_ keeper: WishKeeper, _ room: String = "room-1") throws -> Holding {
        try #require(keeper.holdings().first { $0.room == room })
    }

    @Test func `puts a wish into force, and says so`() throws {
        let keeper = try keeper()
        #expect(
            try report(keeper)
                == Holding(
                    room: "room-1", version: 0, state: .unwished, celsius: 22, source: "configuration"))
        let until = time.calendar + 3_600_000
        keeper.take(wish(23, version: 4, until: until))
        #expect(
            try report(keeper)
                == Holding(
                    room: "room-1", version: 4, state: .held, celsius: 23, source: "guest", who: "guest", until: until))
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
            #expect(report.celsius == held && report.reason == reason)
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
                        version: 18, device: "wall-battery", mode: "charging", watts: 3000, source: .central,
                        who: "operator", created: time.calendar)
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
        func battery(_ version: Int64, _ mode: String?, _ watts: Double?) -> WishList {
            WishList(
                version: version,
                wishes: [
                    WishMessage(
                        version: version, device: "wall-battery", mode: mode, watts: watts, source: .central,
                        who: "operator", created: time.calendar)
                ])
        }
        keeper.take(battery(1, "charging", 3000))
        // Nothing is said to hold before the broker has it.
        #expect(!keeper.holdings().contains { $0.device != nil })
        let orders = keeper.storageOrders(all: false)
        #expect(orders.map(\.device.text) == ["wall-battery"])
        #expect(orders.map(\.command) == [StorageCommand(mode: .charging, watts: 3000)])
        #expect(keeper.storageOrders(all: false).isEmpty)
        #expect(keeper.storageOrders(all: true).count == 1)
        let holding = try #require(keeper.holdings().first { $0.device == "wall-battery" })
        #expect(holding.version == 1 && holding.state == .held && holding.mode == "charging" && holding.watts == 3000)
        keeper.take(battery(2, "idle", 5))
        #expect(keeper.storageOrders(all: false).map(\.command) == [StorageCommand(mode: .idle, watts: 0)])
        keeper.take(battery(3, nil, nil))
        #expect(keeper.storageOrders(all: false).map(\.command) == [nil])
    }
}
