package import Building
internal import Foundation
internal import Postgres

extension CentralStore {
    /// Creates and updates a building, its floors, rooms and devices from its gateway's inventory. Objects that are no
    /// longer listed are kept. Applying it twice changes nothing.
    ///
    /// - Parameter inventory: A validated inventory: unique names, texts without NUL.
    package func apply(_ inventory: Inventory) async throws {
        try await transaction { connection in
            let hotel = try InventoryWriter.building(inventory.building, on: connection)
            try BuildingLock.take(hotel, on: connection)
            try InventoryWriter.floors(inventory.floors, of: hotel, on: connection)
            try InventoryWriter.rooms(inventory.floors, of: hotel, on: connection)
            try InventoryWriter.devices(of: inventory, hotel: hotel, on: connection)
            // Triggers do so for new devices; a device may have arrived at the same moment as its room.
            try connection.query("SELECT link_orphans($1::integer)", [.int(hotel)])
        }
    }
}

/// The statements that write an inventory: a few per level, however many objects there are. Unchanged rows are not
/// written again and use up no id, because gateways send their inventory with every connection.
private enum InventoryWriter {
    static func building(_ building: Inventory.BuildingEntry, on connection: Connection) throws -> Int {
        let parameters: [Parameter] = [
            .text(building.slug.text), .text(building.name), .text(building.kind), .text(building.timeZone),
        ]
        try connection.query(
            """
            INSERT INTO hotels (slug, name, kind, time_zone) SELECT $1, $2, $3, $4
            WHERE NOT EXISTS (SELECT FROM hotels WHERE slug = $1)
            ON CONFLICT (slug) DO NOTHING
            """, parameters)
        try connection.query(
            """
            UPDATE hotels SET name = $2, kind = $3, time_zone = $4
            WHERE slug = $1 AND (name, kind, time_zone) IS DISTINCT FROM ($2, $3, $4)
            """, parameters)
        return try connection.query("SELECT id FROM hotels WHERE slug = $1", [parameters[0]])[0].value(0)
    }

    static func floors(_ floors: [Inventory.Floor], of hotel: Int, on connection: Connection) throws {
        let parameters: [Parameter] = [
            .int(hotel), .texts(floors.map(\.slug.text)), .texts(floors.map(\.name)), .integers(floors.map(\.level)),
        ]
        try connection.query(
            """
            UPDATE floors SET name = named.name, level = named.level
            FROM unnest($2::text[], $3::text[], $4::bigint[]) AS named (slug, name, level)
            WHERE floors.hotel_id = $1 AND floors.slug = named.slug
                AND (floors.name, floors.level) IS DISTINCT FROM (named.name, named.level)
            """, parameters)
        try connection.query(
            """
            INSERT INTO floors (hotel_id, slug, name, level)
            SELECT $1, slug, name, level
            FROM unnest($2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY AS named (slug, name, level, place)
            WHERE NOT EXISTS (SELECT FROM floors WHERE floors.hotel_id = $1 AND floors.slug = named.slug)
            ORDER BY place
            """, parameters)
    }

    /// A room is identified by its slug within the building, so that it may move to another floor.
    static func rooms(_ floors: [Inventory.Floor], of hotel: Int, on connection: Connection) throws {
        let rooms = floors.flatMap { floor in floor.rooms.map { (floor: floor.slug.text, room: $0) } }
        let parameters: [Parameter] = [
            .int(hotel), .texts(rooms.map(\.floor)), .texts(rooms.map(\.room.slug.text)),
            .texts(rooms.map(\.room.name)),
        ]
        try connection.query(
            """
            UPDATE rooms SET floor_id = target.id, name = named.name
            FROM unnest($2::text[], $3::text[], $4::text[]) AS named (floor, slug, name)
            JOIN floors AS target ON target.hotel_id = $1 AND target.slug = named.floor
            WHERE rooms.slug = named.slug AND rooms.floor_id IN (SELECT id FROM floors WHERE hotel_id = $1)
                AND (rooms.floor_id, rooms.name) IS DISTINCT FROM (target.id, named.name)
            """, parameters)
        try connection.query(
            """
            INSERT INTO rooms (floor_id, slug, name)
            SELECT target.id, named.slug, named.name
            FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS named (floor, slug, name, place)
            JOIN floors AS target ON target.hotel_id = $1 AND target.slug = named.floor
            WHERE NOT EXISTS (SELECT FROM rooms WHERE rooms.floor_id = target.id AND rooms.slug = named.slug)
            ORDER BY place
            """, parameters)
    }

    static func devices(of inventory: Inventory, hotel: Int, on connection: Connection) throws {
        let rooms = inventory.floors.flatMap(\.rooms)
        let devices =
            rooms.flatMap { room in room.devices.map { (room: room.slug, device: $0) } }
            + inventory.devices.map { (room: Slug.building, device: $0) }
        let parameters: [Parameter] = [
            .int(hotel),
            .texts(
                devices.map {
                    DeviceID(building: inventory.building.slug, room: $0.room, device: $0.device.id).description
                }),
            .texts(devices.map(\.room.text)), .texts(devices.map(\.device.deviceClass.rawValue)),
            .texts(devices.map(\.device.name)), .texts(devices.map(\.device.subsystem)),
        ]
        // The room of devices that exist already is set by `link_orphans`.
        try connection.query(
            """
            UPDATE devices SET hotel_id = $1, class = named.class, name = named.name,
                metadata = (devices.metadata - 'subsystem') || jsonb_strip_nulls(
                    jsonb_build_object('subsystem', named.subsystem))
            FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS named (device_id, room, class, name, subsystem)
            WHERE devices.device_id = named.device_id
                AND (devices.hotel_id, devices.class, devices.name, devices.metadata ->> 'subsystem')
                    IS DISTINCT FROM ($1::integer, named.class, named.name, named.subsystem)
            """, parameters)
        try connection.query(
            """
            INSERT INTO devices (device_id, hotel_id, room_id, class, name, metadata)
            SELECT named.device_id, $1::integer, room.id, named.class, named.name,
                jsonb_strip_nulls(jsonb_build_object('subsystem', named.subsystem))
            FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS named (device_id, room, class, name, subsystem)
            LEFT JOIN (
                SELECT rooms.id, rooms.slug FROM rooms JOIN floors ON floors.id = rooms.floor_id
                WHERE floors.hotel_id = $1
            ) AS room ON room.slug = named.room
            WHERE NOT EXISTS (SELECT FROM devices WHERE devices.device_id = named.device_id)
            ORDER BY named.device_id
            ON CONFLICT (device_id) DO NOTHING
            """, parameters)
    }
}
