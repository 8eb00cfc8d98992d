package import Building
internal import Postgres

extension CentralStore {
    /// The notification channel of changes to desired and reported states; the payload is a `LatestChange`.
    package static var desiredStateChannel: StaticString { "hearth_desired" }

    /// Returns the desired and reported set-point of a room; `nil` if there is no such room.
    package func setpoint(ofRoom room: Int, visible: VisibleRange) async throws -> RoomSetpoint? {
        let now = now()
        return try await runAside { connection in
            try DesiredStateQuery.setpoints(of: [room], at: now, connection)[room]?.seen(in: visible)
        }
    }

    /// Stores the desired set-point of a room for its gateway.
    ///
    /// - Parameters:
    ///   - celsius: The temperature, within the origin's limits; `nil` withdraws the desired state.
    ///   - until: The end, in the future. A desired state expires with its token at the latest, so that no guest leaves
    ///     one to the next.
    /// - Returns: The previous desired state, and the room's set-point now; `nil` if there is no such room.
    package func setDesired(
        celsius: Double?, until: Timestamp?, forRoom room: Int, by origin: DesiredStateOrigin
    ) async throws -> (previous: DesiredSetpoint?, setpoint: RoomSetpoint)? {
        let now = now()
        return try await transaction { connection in
            let hotel: Int? = try connection.query(
                "SELECT floors.hotel_id FROM rooms JOIN floors ON floors.id = rooms.floor_id WHERE rooms.id = $1",
                [.int(room)]
            ).first?.value(0)
            guard let hotel else { return nil }
            let version = try DesiredStateQuery.nextVersion(of: hotel, connection)
            let former = try DesiredStateQuery.setpoints(of: [room], at: now, connection)[room]
            let previous = former?.seen(in: origin.visible).desired
            try connection.query(
                """
                INSERT INTO desired_state (hotel_id, room_id, version, celsius, source, who, token_id, until, created_at)
                VALUES ($1, $2, $3, $4, $5, coalesce(
                        (SELECT 'operator ' || label || substr($6, length('operator') + 1) FROM token
                            WHERE id = $7 AND role = 'operator' AND label <> ''), $6),
                    $7, CASE WHEN $4::float8 IS NOT NULL THEN
                        least(to_timestamp($8::bigint / 1000.0), (SELECT expires_at FROM token WHERE id = $7)) END,
                    to_timestamp($9::bigint / 1000.0))
                ON CONFLICT (room_id) DO UPDATE SET version = excluded.version, celsius = excluded.celsius,
                    source = excluded.source, who = excluded.who, token_id = excluded.token_id,
                    until = excluded.until, created_at = excluded.created_at
                """,
                [
                    .int(hotel), .int(room), .bigint(version), .double(celsius), .text(origin.source.rawValue),
                    .text(origin.who), .int(origin.token),
                    .bigint(until?.millisecondsSince1970), .bigint(now.millisecondsSince1970),
                ])
            return try DesiredStateQuery.setpoints(of: [room], at: now, connection)[room].map {
                (previous, $0.seen(in: origin.visible))
            }
        }
    }

    /// Returns the desired states of a building above `version`, oldest first. If the building's version is lower, as
    /// after a restored backup, it returns all of them.
    ///
    /// - Returns: The desired states and the version up to which they are complete.
    package func desiredStates(
        of building: BuildingReference, after version: Int64
    ) async throws -> (version: Int64, desiredStates: [GatewayDesiredState]) {
        try await runAside { connection in
            // One statement sees one moment: a desired state committed later has a higher version.
            let rows = try connection.query(
                """
                SELECT desired_version.version, desired_state.version, rooms.slug, devices.device_id, desired_state.celsius,
                    desired_state.mode, desired_state.watts, desired_state.source, desired_state.who,
                    milliseconds(desired_state.until), milliseconds(desired_state.created_at)
                FROM desired_version
                LEFT JOIN desired_state ON desired_state.hotel_id = desired_version.hotel_id
                    AND (desired_state.version > $2 OR desired_version.version < $2)
                LEFT JOIN rooms ON rooms.id = desired_state.room_id
                LEFT JOIN devices ON devices.id = desired_state.device
                WHERE desired_version.hotel_id = $1 ORDER BY desired_state.version
                """, [.int(building.id), .bigint(version)])
            guard let first = rows.first else { return (0, []) }
            var desiredStates: [GatewayDesiredState] = []
            for index in 0..<rows.count {
                if let desired = try DesiredStateQuery.gatewayDesiredState(rows[index]) {
                    desiredStates.append(desired)
                }
            }
            return (try first.value(0), desiredStates)
        }
    }

    /// Stores the reported states of a gateway. Those of unknown rooms and devices are dropped.
    ///
    /// - Parameter refused: Entries that could not be accepted. They are kept for people until one of the same subject
    ///   is accepted.
    package func note(
        _ reportedStates: [GatewayReportedState], refused: [UplinkRefusal] = [], of building: BuildingReference
    ) async throws {
        guard !reportedStates.isEmpty || !refused.isEmpty else { return }
        let now = now()
        var newest: [GatewayReportedState.Subject: GatewayReportedState] = [:]
        for reported in reportedStates { newest[reported.subject] = reported }
        let rooms = newest.values.compactMap { reported in
            if case .room(let slug) = reported.subject { (slug, reported) } else { nil }
        }
        let devices = newest.values.compactMap { reported in
            if case .device(let id) = reported.subject { (id, reported) } else { nil }
        }
        let subjects = newest.keys.map(\.name)
        let settled = subjects + [UplinkRefusal.wholeMessage]
        try await transaction { connection in
            if !rooms.isEmpty {
                try connection.query(
                    """
                    INSERT INTO reported_state (room_id, version, state, celsius, mode, watts, source, who, until,
                        reason, reported_at)
                    SELECT rooms.id, given.version, given.state, given.celsius, given.mode, given.watts, given.source,
                        given.who, to_timestamp(given.until::bigint / 1000.0), given.reason,
                        to_timestamp($12::bigint / 1000.0)
                    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::float8[], $6::text[], $7::float8[],
                        $8::text[], $9::text[], $10::float8[], $11::text[])
                        AS given (name, version, state, celsius, mode, watts, source, who, until, reason)
                    JOIN floors ON floors.hotel_id = $1
                    JOIN rooms ON rooms.floor_id = floors.id AND rooms.slug = given.name
                    ORDER BY rooms.id
                    ON CONFLICT (room_id) DO UPDATE SET version = excluded.version, state = excluded.state,
                        celsius = excluded.celsius, mode = excluded.mode, watts = excluded.watts,
                        source = excluded.source, who = excluded.who, until = excluded.until,
                        reason = excluded.reason, reported_at = excluded.reported_at
                    """, DesiredStateQuery.parameters(building, rooms, now))
            }
            if !devices.isEmpty {
                try connection.query(
                    """
                    INSERT INTO reported_state (device, version, state, celsius, mode, watts, source, who, until,
                        reason, reported_at)
                    SELECT devices.id, given.version, given.state, given.celsius, given.mode, given.watts,
                        given.source, given.who, to_timestamp(given.until::bigint / 1000.0), given.reason,
                        to_timestamp($12::bigint / 1000.0)
                    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::float8[], $6::text[], $7::float8[],
                        $8::text[], $9::text[], $10::float8[], $11::text[])
                        AS given (name, version, state, celsius, mode, watts, source, who, until, reason)
                    JOIN hotels ON hotels.id = $1
                    JOIN devices ON devices.device_id = hotels.slug || '/building/' || given.name
                    ORDER BY devices.id
                    ON CONFLICT (device) DO UPDATE SET version = excluded.version, state = excluded.state,
                        celsius = excluded.celsius, mode = excluded.mode, watts = excluded.watts,
                        source = excluded.source, who = excluded.who, until = excluded.until,
                        reason = excluded.reason, reported_at = excluded.reported_at
                    """, DesiredStateQuery.parameters(building, devices, now))
            }
            try RefusalQuery.settle(.reportedStates, settled, of: building, connection)
            try RefusalQuery.note(refused, of: building, at: now, connection)
            if !subjects.isEmpty { try DesiredStateQuery.announce(building.id, connection) }
        }
    }
}

extension GatewayReportedState.Subject {
    fileprivate var name: String {
        switch self {
        case .room(let slug): slug
        case .device(let id): id
        }
    }
}

/// The statements of desired and reported states.
enum DesiredStateQuery {
    /// Returns the next version of a building's desired states, and announces the change on commit. Until then it
    /// blocks others that want a version of the same building.
    static func nextVersion(of hotel: Int, _ connection: Connection) throws -> Int64 {
        try announce(hotel, connection)
        return try connection.query(
            """
            INSERT INTO desired_version (hotel_id, version) VALUES ($1, 1)
            ON CONFLICT (hotel_id) DO UPDATE SET version = desired_version.version + 1 RETURNING version
            """, [.int(hotel)])[0].value(0)
    }

    static func announce(_ hotel: Int, _ connection: Connection) throws {
        _ = try connection.query("SELECT pg_notify('hearth_desired', $1)", [.text(String(hotel))])
    }

    /// Returns the desired and reported set-points of rooms by room id.
    static func setpoints(
        of rooms: [Int], at now: Timestamp, _ connection: Connection
    ) throws -> [Int: RoomSetpoint] {
        let rows = try connection.query(
            """
            SELECT rooms.id, hotels.id, hotels.time_zone,
                desired.version, desired.celsius, milliseconds(desired.until), desired.source, desired.who,
                milliseconds(desired.created_at),
                reported.version, reported.state, reported.celsius, reported.source, reported.who,
                milliseconds(reported.until), reported.reason, milliseconds(reported.reported_at)
            FROM rooms JOIN floors ON floors.id = rooms.floor_id JOIN hotels ON hotels.id = floors.hotel_id
            LEFT JOIN desired_state AS desired ON desired.room_id = rooms.id
            LEFT JOIN reported_state AS reported ON reported.room_id = rooms.id
            WHERE rooms.id = ANY ($1)
            """, [.integers(rooms)])
        var setpoints: [Int: RoomSetpoint] = [:]
        for index in 0..<rows.count {
            let setpoint = try setpoint(rows[index], at: now)
            setpoints[setpoint.room] = setpoint
        }
        return setpoints
    }

    private static func setpoint(_ row: Rows.Row, at now: Timestamp) throws -> RoomSetpoint {
        var setpoint = RoomSetpoint(
            room: try row.value(0), building: try row.value(1), calendar: try row.value(2))
        if let version: Int64 = try row.optional(3) {
            let desired = DesiredSetpoint(
                version: version, celsius: try row.optional(4), until: try row.time(5),
                source: DesiredStateOrigin.Source(rawValue: try row.value(6)) ?? .guest, who: try row.value(7),
                created: Timestamp(millisecondsSince1970: try row.value(8)))
            setpoint.newest = desired
            setpoint.desired = desired.isActive(at: now) ? desired : nil
        }
        if let version: Int64 = try row.optional(9) {
            setpoint.reported = ReportedSetpoint(
                version: version, state: try row.value(10), celsius: try row.optional(11), source: try row.optional(12),
                who: try row.optional(13), until: try row.time(14), reason: try row.optional(15),
                time: Timestamp(millisecondsSince1970: try row.value(16)))
        }
        return setpoint
    }

    /// Returns the row's desired state.
    ///
    /// - Returns: `nil` if the row has none.
    static func gatewayDesiredState(_ row: Rows.Row) throws -> GatewayDesiredState? {
        guard let version: Int64 = try row.optional(1) else { return nil }
        let subject: GatewayDesiredState.Subject
        if let room: String = try row.optional(2) {
            subject = .setpoint(room: room, celsius: try row.optional(4))
        } else {
            let id: String = try row.value(3)
            let mode: String? = try row.optional(5)
            let command = try mode.flatMap(StorageMode.init(rawValue:)).map {
                StorageCommand(mode: $0, watts: try row.optional(6) ?? 0)
            }
            subject = .storage(device: DeviceID.local(id), command)
        }
        return GatewayDesiredState(
            version: version, subject: subject, source: DesiredStateOrigin.Source(rawValue: try row.value(7)) ?? .guest,
            who: try row.value(8), until: try row.time(9),
            created: Timestamp(millisecondsSince1970: try row.value(10)))
    }

    static func parameters(
        _ building: BuildingReference, _ named: [(name: String, reported: GatewayReportedState)], _ now: Timestamp
    ) -> [Parameter] {
        let reportedStates = named.map(\.reported)
        return [
            .int(building.id), .texts(named.map(\.name)), .bigints(reportedStates.map(\.version)),
            .texts(reportedStates.map(\.state)), .doubles(reportedStates.map(\.celsius)),
            .texts(reportedStates.map(\.mode)),
            .doubles(reportedStates.map(\.watts)), .texts(reportedStates.map(\.source)),
            .texts(reportedStates.map(\.who)),
            .doubles(reportedStates.map { $0.until.map { Double($0.millisecondsSince1970) } }),
            .texts(reportedStates.map(\.reason)), .bigint(now.millisecondsSince1970),
        ]
    }
}

extension Rows.Row {
    /// Returns a column with milliseconds since 1970; `nil` if it is null.
    fileprivate func time(_ column: Int) throws -> Timestamp? {
        let milliseconds: Int64? = try optional(column)
        return milliseconds.map { Timestamp(millisecondsSince1970: $0) }
    }
}
