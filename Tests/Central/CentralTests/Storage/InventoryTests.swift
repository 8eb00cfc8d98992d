import Building
import DatabaseRig
import Postgres
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct InventoryTests {
    func rooms(_ replica: Replica, _ slug: String) async throws -> [String] {
        try await replica.rows(
            """
            SELECT floors.slug, rooms.slug, rooms.id::text FROM rooms JOIN floors ON floors.id = floor_id
            JOIN hotels ON hotels.id = hotel_id WHERE hotels.slug = $1 ORDER BY rooms.id
            """, [.text(slug)], columns: 3)
    }

    @Test func `creates building, floors, rooms and devices, and changes nothing when it comes again`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("whole", floors: ["1": ["room-101"], "2": ["room-201"]]))
        let before = try await rooms(replica, "whole")
        #expect(
            before.map { $0.split(separator: "|").prefix(2).joined(separator: "|") } == ["1|room-101", "2|room-201"])
        let everything: StaticString =
            """
            SELECT row_to_json(d)::text || d.xmin FROM (
                SELECT devices.*, devices.xmin FROM devices WHERE device_id LIKE 'whole/%') AS d ORDER BY 1
            """
        let devices = try await replica.rows(everything)
        #expect(devices.count == 3)
        try await replica.store.apply(inventory("whole", floors: ["1": ["room-101"], "2": ["room-201"]]))
        #expect(try await rooms(replica, "whole") == before)
        #expect(try await replica.rows(everything) == devices)
    }

    @Test func `moves, renames and adds, and keeps what is no longer named`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("change"))
        let before = try await rooms(replica, "change")
        try await replica.store.apply(
            inventory(
                "change", floors: ["1": [], "2": ["room-101", "room-103"]],
                meters: [.init(id: "power_meter_1", deviceClass: .powerMeter, name: "Kitchen", subsystem: "lighting")]))
        let after = try await rooms(replica, "change")
        #expect(after.count == 3)
        // The same room, by its id, on another floor.
        #expect(after[0] == before[0].replacing("1|room-101", with: "2|room-101", maxReplacements: 1))
        #expect(after[1] == before[1])
        let meter = try await replica.rows(
            "SELECT name, metadata::text FROM devices WHERE device_id = 'change/building/power_meter_1'", columns: 2)
        #expect(meter == [#"Kitchen|{"subsystem": "lighting"}"#])
    }

    @Test func `links devices that sent before their room was known`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("early")
        _ = try await replica.store.store(readings(1..<3, of: StoreID()), building: building)
        let link: StaticString =
            """
            SELECT rooms.slug, devices.class FROM devices LEFT JOIN rooms ON rooms.id = room_id
            WHERE device_id = 'early/room-101/sensor-1'
            """
        #expect(try await replica.rows(link, columns: 2) == ["NULL|temperature_sensor"])
        try await replica.store.apply(inventory("early", devices: []))
        #expect(try await replica.rows(link, columns: 2) == ["room-101|temperature_sensor"])
    }

    @Test func `fills in a building that a token made`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("named")
        try await replica.store.apply(inventory("named"))
        let hotel = try await replica.store.hotels(ListPage(after: 0, limit: 1000)).first { $0.slug == "named" }
        #expect(
            hotel
                == HotelEntry(
                    id: building.id, slug: "named", name: "Hotel named", kind: "hotel",
                    timeZone: "Europe/Berlin"))
    }

    @Test func `may come while readings of the same new devices arrive`() async throws {
        let replica = try await Replica.migrated()
        for round in 0..<10 {
            let slug = "race-\(round)"
            let building = try await replica.building(slug)
            async let stored = replica.store.store(readings(1..<3, of: StoreID()), building: building)
            async let applied: Void = replica.store.apply(inventory(slug))
            _ = try await (stored, applied)
        }
        let unlinked = try await replica.rows(
            "SELECT device_id FROM devices WHERE device_id LIKE 'race-%/room-%' AND room_id IS NULL")
        #expect(unlinked == [])
    }
}
