internal import Building
internal import CivilTime
internal import Postgres

/// The latest readings of some rooms as of one moment.
package struct LiveRooms: Sendable {
    /// The moment as a position in the order of changes.
    package var mark: ChangeMark
    /// By id. A room that does not exist, or no longer, is not among them; nor is one of a building whose time zone the
    /// system does not know.
    package var rooms: [Int: LiveRoom] = [:]

    /// Adds a room with all its readings.
    fileprivate mutating func add(_ room: LiveRoom) {
        var room = room
        room.snapshot.heedSensorQualities()
        rooms[room.snapshot.room] = room
    }
}

/// The latest readings and the set-point of a room.
package struct LiveRoom: Sendable {
    /// The building's id.
    package var building: Int
    /// The latest readings.
    package var snapshot: RoomSnapshot
    /// The desired and reported set-point.
    package var setpoint: RoomSetpoint?
    /// The transaction that wrote each latest reading, for `ChangeMark.isBefore`.
    package var writers: [LatestID: UInt32] = [:]
}

/// The key of a latest reading.
package struct LatestID: Hashable, Sendable {
    /// The device's id, unique in the whole system.
    package var deviceID: String
    /// The name of the datapoint.
    package var datapoint: String

    /// Creates a key.
    package init(deviceID: String, datapoint: String) {
        self.deviceID = deviceID
        self.datapoint = datapoint
    }
}

extension CentralStore {
    /// Returns the latest readings of rooms, all as of one moment.
    ///
    /// - Parameter cluster: The result of `clusterName()`.
    package func live(_ rooms: [Int], cluster: String) async throws -> LiveRooms {
        let now = now()
        return try await runAside { connection in
            let rows = try connection.query(
                """
                SELECT hotels.time_zone, devices.device_id, devices.class, latest.datapoint, latest.number,
                    latest.value, latest.quality, milliseconds(latest.datetime), latest.xmin::text, rooms.id,
                    hotels.id, pg_snapshot_xmin(pg_current_snapshot())::text
                FROM (SELECT) AS present
                LEFT JOIN rooms ON rooms.id = ANY ($1)
                LEFT JOIN floors ON floors.id = rooms.floor_id
                LEFT JOIN hotels ON hotels.id = floors.hotel_id
                LEFT JOIN devices ON devices.room_id = rooms.id
                LEFT JOIN latest_reading AS latest ON latest.device_id = devices.device_id
                ORDER BY rooms.id, devices.device_id, latest.datapoint
                """, [.integers(rooms)])
            var live = LiveRooms(mark: ChangeMark(cluster: cluster, transaction: try rows[0].transaction(11)))
            var current: LiveRoom?
            for index in 0..<rows.count {
                let row = rows[index]
                guard let id: Int = try row.optional(9) else { continue }
                if current?.snapshot.room != id {
                    if let current { live.add(current) }
                    current = nil
                    // Without its time zone the room's times can't be told: it is not among them, and the others are.
                    guard let calendar = try? row.value(0, as: LocalCalendar.self) else { continue }
                    let snapshot = RoomSnapshot(room: id, calendar: calendar, devices: [])
                    current = LiveRoom(building: try row.value(10), snapshot: snapshot)
                }
                try current?.snapshot.add(row)
                if let datapoint: String = try row.optional(3) {
                    let name = LatestID(deviceID: try row.value(1), datapoint: datapoint)
                    current?.writers[name] = UInt32(truncatingIfNeeded: try row.transaction(8))
                }
            }
            if let current { live.add(current) }
            for (room, setpoint) in try DesiredStateQuery.setpoints(of: Array(live.rooms.keys), at: now, connection) {
                live.rooms[room]?.setpoint = setpoint
            }
            return live
        }
    }

    /// Returns a name that distinguishes this database cluster from others; `0` if the user may not read it.
    package func clusterName() async throws -> String {
        try await runAside { connection in
            do {
                let text: String = try connection.query("SELECT system_identifier::text FROM pg_control_system()")[0]
                    .value(0)
                return UInt64(text).map { String($0, radix: 36) } ?? "0"
            } catch let error as PostgresError where error.sqlState == "42501" {
                // Without the right to read it, we assume a single cluster.
                return "0"
            }
        }
    }

    /// Returns the id of a room's building; `nil` if there is no such room.
    package func building(ofRoom room: Int) async throws -> Int? {
        try await run { connection in
            try connection.query(
                "SELECT floors.hotel_id FROM rooms JOIN floors ON floors.id = rooms.floor_id WHERE rooms.id = $1",
                [.int(room)]
            ).first?.value(0)
        }
    }
}

extension Rows.Row {
    /// Returns a transaction's number from a column of type `xid` or `xid8` as text.
    func transaction(_ column: Int) throws -> UInt64 {
        let text: String = try value(column)
        guard let number = UInt64(text) else { throw PostgresError(message: "“\(text)” is not a transaction id.") }
        return number
    }
}
