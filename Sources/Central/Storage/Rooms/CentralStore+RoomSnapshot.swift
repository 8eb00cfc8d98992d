internal import Building
internal import Foundation
internal import Postgres

extension CentralStore {
    /// Returns the latest values of all devices of a room; `nil` if there is no such room. Concurrent requests share
    /// one statement and its result, which is then limited to each caller's visible range.
    package func snapshot(ofRoom room: Int, visible: VisibleRange) async throws -> RoomSnapshot? {
        try await snapshots.ask(room) { [self] rooms in try await snapshots(ofRooms: rooms) }?.seen(in: visible)
    }

    private func snapshots(ofRooms rooms: [Int]) async throws -> [Int: RoomSnapshot] {
        try await run { [copies] connection in
            var snapshots: [Int: RoomSnapshot] = [:]
            for (room, revision) in try Self.revisions(ofRooms: copies.known(among: rooms), on: connection) {
                snapshots[room] = copies.snapshot(ofRoom: room, at: revision)
            }
            let others = rooms.filter { snapshots[$0] == nil }
            for (snapshot, revision) in try Self.read(others, on: connection) {
                snapshots[snapshot.room] = snapshot
                if let revision { copies.keep(snapshot, at: revision) }
            }
            return snapshots
        }
    }

    private static func revisions(
        ofRooms rooms: [Int], on connection: Connection
    ) throws -> [(room: Int, revision: String)] {
        guard !rooms.isEmpty else { return [] }
        // The inner SELECT hides the number of rooms from the planner, which would otherwise make a new plan for each
        // number. Planning takes longer than execution.
        return try connection.query(
            "SELECT room_id, revision FROM room_revision WHERE room_id = ANY (ARRAY (SELECT unnest($1)))",
            [.integers(rooms)]
        ).map { (try $0.value(0), try $0.value(1)) }
    }

    /// Returns the snapshots of rooms with their revisions. Rooms that do not exist are omitted. A snapshot without a
    /// revision can't be cached, because a change would go unnoticed.
    private static func read(
        _ rooms: [Int], on connection: Connection
    ) throws -> [(snapshot: RoomSnapshot, revision: String?)] {
        guard !rooms.isEmpty else { return [] }
        // The inner SELECT is there for the same reason as above.
        let rows = try connection.query(
            """
            SELECT hotels.time_zone, devices.device_id, devices.class, latest.datapoint, latest.number,
                latest.value, latest.quality, milliseconds(latest.datetime), rooms.id, room_revision.revision
            FROM rooms
            JOIN floors ON floors.id = rooms.floor_id
            JOIN hotels ON hotels.id = floors.hotel_id
            LEFT JOIN room_revision ON room_revision.room_id = rooms.id
            LEFT JOIN devices ON devices.room_id = rooms.id
            LEFT JOIN latest_reading AS latest ON latest.device_id = devices.device_id
            WHERE rooms.id = ANY (ARRAY (SELECT unnest($1)))
            ORDER BY rooms.id, devices.device_id, latest.datapoint
            """, [.integers(rooms)])
        var found: [(snapshot: RoomSnapshot, revision: String?)] = []
        var start = 0
        while start < rows.count {
            let room: Int = try rows[start].value(8)
            let revision: String? = try rows[start].optional(9)
            var snapshot = RoomSnapshot(room: room, calendar: try rows[start].value(0), devices: [])
            while start < rows.count, try rows[start].value(8) == room {
                try snapshot.add(rows[start])
                start += 1
            }
            snapshot.guessClasses()
            snapshot.heedSensorQualities()
            found.append((snapshot, revision))
        }
        return found
    }
}

extension RoomSnapshot {
    /// The time for which a gateway's assessment of a sensor applies to later readings. Gateways send it every ten
    /// minutes; without a new one the gateway no longer watches the sensor.
    private static let sensorQualityHolds = Duration.seconds(1500)

    /// Lowers the quality of each sensor's latest temperature to the quality the gateway's control loop sees in the
    /// sensor, which may have gone silent or drifted after it sent the reading.
    mutating func heedSensorQualities() {
        for controller in devices where controller.deviceClass == .roomController {
            guard let word = controller.latest.first(where: { $0.datapoint == Datapoint.sensorQuality.name }),
                case .text(let text) = word.value,
                let names = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)),
                var id = DeviceID(controller.deviceID)
            else { continue }
            for (sensor, name) in names {
                id.device = sensor
                let sensorID = id.description
                guard let quality = Quality(name: name),
                    let device = devices.firstIndex(where: { $0.deviceID == sensorID }),
                    let place = devices[device].latest.firstIndex(where: { $0.datapoint == Datapoint.temperature.name }
                    ),
                    word.time.advanced(by: Self.sensorQualityHolds) >= devices[device].latest[place].time
                else { continue }
                devices[device].latest[place].quality = max(devices[device].latest[place].quality, quality)
            }
        }
    }

    /// Guesses the class of devices without one from their datapoints: other programs write readings to `raw_data`
    /// without a class.
    mutating func guessClasses() {
        for index in devices.indices where devices[index].deviceClass == nil {
            // The order of the datapoints matters: CO2 comes before temperature.
            devices[index].deviceClass =
                devices[index].latest.lazy
                .compactMap { Datapoint($0.datapoint).flatMap(DeviceClass.init(sending:)) }.first
        }
    }

    /// Adds a row.
    ///
    /// - Parameter row: The columns of the query above.
    mutating func add(_ row: Rows.Row) throws {
        guard let deviceID: String = try row.optional(1) else { return }
        if devices.last?.deviceID != deviceID {
            let name: String? = try row.optional(2)
            devices.append(
                Device(deviceID: deviceID, deviceClass: name.flatMap(DeviceClass.init(rawValue:)), latest: []))
        }
        guard let datapoint: String = try row.optional(3) else { return }
        let value: ReadingValue =
            if let number: Double = try row.optional(4) { .number(number) } else { .text(try row.value(5)) }
        devices[devices.count - 1].latest.append(
            Latest(
                datapoint: datapoint, value: value,
                // An unknown number, written by a newer version, must not hide the reading.
                quality: Quality(rawValue: try row.value(6)) ?? .degraded,
                time: Timestamp(millisecondsSince1970: try row.value(7))))
    }
}
