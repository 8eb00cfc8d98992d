import Building
import DatabaseRig
import Storage
import Testing

/// What rooms' devices said last is kept in memory, and shown only while the database says that it still holds.
@Suite(.withDatabaseServer, .database, .serialized) struct SnapshotCacheTests {
    /// Two hotels in two time zones; rooms 1 and 2 on a floor of the first, 3 on one of the second.
    static let hotels = """
        INSERT INTO hotels (id, slug, name, kind, time_zone) OVERRIDING SYSTEM VALUE VALUES
            (1, 'copied', 'Copied', 'hotel', 'Europe/Berlin'), (2, 'other', 'Other', 'hotel', 'Asia/Tokyo');
        INSERT INTO floors (id, hotel_id, slug, name, level) OVERRIDING SYSTEM VALUE VALUES
            (1, 1, 'f1', '1st', 1), (2, 2, 'f1', '1st', 1);
        INSERT INTO rooms (id, floor_id, slug, name) OVERRIDING SYSTEM VALUE VALUES
            (1, 1, 'r1', 'R1'), (2, 1, 'r2', 'R2'), (3, 2, 'r3', 'R3');
        INSERT INTO raw_data (datetime, device_id, datapoint, value)
        SELECT '2024-12-27 00:00+00', device_id, 'temperature', '20'
        FROM unnest(ARRAY['copied/r1/a', 'copied/r1/b', 'copied/r2/a', 'other/r3/a']) AS device_id;
        """

    /// A database of its own in which the hotels are, and a store that has a copy of each room.
    func prepared() async throws -> Replica {
        _ = try await Replica.migrator.migrate()
        let replica = Replica()
        try await replica.run("TRUNCATE hotels CASCADE")
        try await replica.run(Self.hotels)
        _ = try await snapshots(of: replica)
        return replica
    }

    func snapshots(of replica: Replica) async throws -> [RoomSnapshot?] {
        var snapshots: [RoomSnapshot?] = []
        for room in 1...3 { snapshots.append(try await replica.store.snapshot(ofRoom: room, visible: .everything)) }
        return snapshots
    }

    static let changes: [(what: String, script: String)] = [
        ("a reading", "INSERT INTO raw_data VALUES (NULL, now(), 'copied/r1/a', 'temperature', '21')"),
        ("a datapoint", "INSERT INTO raw_data VALUES (NULL, now(), 'copied/r1/a', 'co2', '500')"),
        ("a device", "INSERT INTO raw_data VALUES (NULL, now(), 'copied/r2/z', 'co2', '500')"),
        ("a silent device", "INSERT INTO devices (device_id, hotel_id, room_id) VALUES ('copied/r2/y', 1, 2)"),
        ("a quality", "UPDATE latest_reading SET quality = 3 WHERE device_id = 'copied/r1/b'"),
        ("a newest reading less", "DELETE FROM latest_reading WHERE device_id = 'copied/r1/b'"),
        ("no newest readings at all", "TRUNCATE latest_reading"),
        ("a device's class", "UPDATE devices SET class = 'iaq' WHERE device_id = 'copied/r1/a'"),
        ("a device's room", "UPDATE devices SET room_id = 2 WHERE device_id = 'copied/r1/b'"),
        ("a device's id", "UPDATE devices SET device_id = 'copied/r1/c' WHERE device_id = 'copied/r1/b'"),
        ("a building's time zone", "UPDATE hotels SET time_zone = 'America/Lima' WHERE id = 1"),
        ("a floor's building", "UPDATE floors SET hotel_id = 2, slug = 'f9' WHERE id = 1"),
        ("a room's floor", "UPDATE rooms SET floor_id = 2 WHERE id = 1"),
        (
            "a room less",
            """
            DELETE FROM latest_reading WHERE device_id = 'other/r3/a';
            DELETE FROM series WHERE device = (SELECT id FROM devices WHERE room_id = 3);
            DELETE FROM devices WHERE room_id = 3;
            DELETE FROM rooms WHERE id = 3
            """
        ),
    ]

    @Test(arguments: changes)
    func `shows at once what another changes`(change: (what: String, script: String)) async throws {
        let replica = try await prepared()
        let before = try await snapshots(of: replica)
        try await Replica().run(change.script)
        let after = try await snapshots(of: replica)
        #expect(after != before, "\(change.what)")
        #expect(try await after == snapshots(of: Replica()), "\(change.what)")
    }

    @Test func `shows a room from the copy as long as nothing of it changes`() async throws {
        let replica = try await prepared()
        let before = try await snapshots(of: replica)
        // Neither a name nor another room's reading is a reason to read it anew; what goes past the triggers shows that.
        try await Replica().run(
            """
            UPDATE hotels SET name = 'Renamed';
            INSERT INTO raw_data VALUES (NULL, now(), 'copied/r2/a', 'temperature', '30');
            SET session_replication_role = replica;
            UPDATE latest_reading SET value = '99', number = 99 WHERE device_id = 'copied/r1/a'
            """)
        let after = try await snapshots(of: replica)
        #expect(after[0] == before[0])
        #expect(after[1] != before[1])
    }

    @Test func `never shows what is over to who asks after a commit`() async throws {
        let replica = try await prepared()
        let writer = Replica()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !Task.isCancelled { _ = try await replica.store.snapshot(ofRoom: 1, visible: .everything) }
                }
            }
            for number in 1...200 {
                try await writer.run(
                    "UPDATE latest_reading SET value = '\(number)', number = \(number) WHERE device_id = 'copied/r1/a'")
                let shown = try await replica.store.snapshot(ofRoom: 1, visible: .everything)?.devices.first?.latest
                    .first?.value
                #expect(shown == .number(Double(number)))
            }
            group.cancelAll()
        }
    }
}
