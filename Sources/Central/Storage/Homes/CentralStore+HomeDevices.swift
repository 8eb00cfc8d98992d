package import Building
package import CivilTime
internal import Postgres

extension CentralStore {
    /// Returns registered devices in the order of registration.
    ///
    /// - Parameters:
    ///   - hotel: The only building to include; `nil` for all.
    ///   - after: The id of the last device of the previous page.
    /// - Returns: `nil` if there is no device `after`.
    package func homeDevices(
        ofHotel hotel: Int?, kind: HomeDevice.Kind.Name? = nil, activeOnly: Bool = false, after: String? = nil,
        limit: Int
    ) async throws -> [HomeDevice]? {
        try await runAside { connection in
            var row = -1
            if let after {
                guard let known = try HomeDeviceQuery.row(of: after, hotel, connection) else { return nil }
                row = known
            }
            return try connection.query(
                """
                SELECT home.device, home.public_id, home.hotel_id, hotels.time_zone, home.name, home.description,
                    home.type, home.rated_watts, home.capacity_wh, home.charge_limit_watts, home.discharge_limit_watts,
                    home.registered_charge_wh, home.is_active, desired_state.mode, desired_state.watts
                FROM home_devices AS home JOIN hotels ON hotels.id = home.hotel_id
                LEFT JOIN desired_state ON desired_state.device = home.device
                WHERE ($1::bigint IS NULL OR home.hotel_id = $1) AND home.device > $2
                    AND ($3::text IS NULL OR home.type = $3) AND (home.is_active OR NOT $4)
                ORDER BY home.device LIMIT $5
                """, [.int(hotel), .int(row), .text(kind?.rawValue), .bool(activeOnly), .int(limit)]
            ).map(HomeDeviceQuery.device)
        }
    }

    /// Returns a registered device; `nil` if there is none with this id in the building, or in any building.
    package func homeDevice(_ id: String, ofHotel hotel: Int?) async throws -> HomeDevice? {
        try await runAside { try HomeDeviceQuery.device(id, hotel, $0) }
    }

    /// Returns the latest readings of devices, in the order of `devices`.
    package func readings(of devices: [HomeDevice], visible: VisibleRange) async throws -> [HomeDeviceReading] {
        guard !devices.isEmpty else { return [] }
        return try await runAside { connection in
            let rows = try connection.query(
                """
                SELECT devices.id, latest.datapoint = 'power_w', latest.number, milliseconds(latest.datetime)
                FROM unnest($1::bigint[]) AS wanted (id) JOIN devices ON devices.id = wanted.id
                JOIN latest_reading AS latest ON latest.device_id = devices.device_id
                WHERE latest.datapoint IN ('power_w', 'charge_wh') AND latest.number BETWEEN -1e290 AND 1e290
                    AND latest.datetime >= to_timestamp($2::bigint / 1000.0)
                """, [.integers(Array(Set(devices.map(\.row)))), .bigint(visible.start)])
            var readings: [Int: HomeDeviceReading] = [:]
            for index in 0..<rows.count {
                let row = rows[index]
                let device: Int = try row.value(0)
                let time = Timestamp(millisecondsSince1970: try row.value(3))
                if try row.value(1, as: Bool.self) {
                    (readings[device, default: .init()].watts, readings[device, default: .init()].wattsTime) = (
                        try row.value(2), time
                    )
                } else {
                    (
                        readings[device, default: .init()].chargeWattHours,
                        readings[device, default: .init()].chargeTime
                    ) =
                        (try row.value(2), time)
                }
            }
            return devices.map { readings[$0.row] ?? HomeDeviceReading() }
        }
    }

    /// Returns the energy of each time step from quarter-hours, in each of which a device's mean power counts as
    /// produced if it is above 0, otherwise as consumed. A quarter-hour without readings adds nothing.
    ///
    /// - Parameters:
    ///   - starts: The bounds of the steps in seconds since 1970, on quarter-hours, ascending; the last one is the end
    ///     of the last step.
    ///   - visible: The range the caller has access to; quarter-hours that began before it add nothing.
    package func homeEnergy(
        ofHotel hotel: Int?, device: HomeDevice?, steps starts: [Int64], visible: VisibleRange
    ) async throws -> [HomeEnergy] {
        guard let first = starts.first, let end = starts.last, starts.count > 1 else { return [] }
        return try await read { connection in
            let rows = try connection.query(
                """
                SELECT width_bucket(date_part('epoch', bucket), $3::double precision[]),
                    sum(greatest(watts, 0)) / 4000, sum(greatest(-watts, 0)) / 4000
                FROM (
                    SELECT rollup.bucket, CASE WHEN wanted.type = 'appliance' THEN -abs(rollup.sum / rollup.count)
                        ELSE rollup.sum / rollup.count END AS watts
                    FROM (
                        SELECT series.id, home.type FROM home_devices AS home
                        JOIN series ON series.device = home.device AND series.datapoint = 'power_w'
                        WHERE ($1::bigint IS NULL OR home.hotel_id = $1) AND ($2::bigint IS NULL OR home.device = $2)
                    ) AS wanted
                    JOIN rollup_quarter AS rollup ON rollup.series_id = wanted.id
                        AND rollup.bucket >= to_timestamp($4) AND rollup.bucket < to_timestamp($5)
                ) AS quarter
                GROUP BY 1
                """,
                [
                    .int(hotel), .int(device?.row), .doubles(starts.map(Double.init)),
                    .double(max(Double(first), Double(visible.firstWholeQuarter) / 1000)),
                    .double(Double(end)),
                ])
            var steps = [HomeEnergy](
                repeating: HomeEnergy(producedKilowattHours: 0, consumedKilowattHours: 0), count: starts.count - 1)
            for index in 0..<rows.count {
                let place: Int = try rows[index].value(0)
                guard steps.indices.contains(place - 1) else { continue }
                steps[place - 1] = HomeEnergy(
                    producedKilowattHours: try rows[index].value(1), consumedKilowattHours: try rows[index].value(2))
            }
            return steps
        }
    }

    // MARK: Changes

    /// Registers a device. It becomes an existing device of the building that sends under the same name, if that is
    /// unregistered and has the same class or none. Otherwise a new device is created, whose readings may come later.
    ///
    /// - Parameter sender: The name its readings come under: the sensor's part of `<building>/building/<sensor>`. If
    ///   that is taken, a number is appended.
    package func registerHomeDevice(
        inHotel hotel: Int, name: String, description: String?, kind: HomeDevice.Kind, sender: String
    ) async throws -> HomeDevice {
        try await transaction { connection in
            // Registrations are serialized, so that two of the same name do not collide.
            try BuildingLock.take(hotel, on: connection)
            let device = try HomeDeviceQuery.device(
                sendingAs: sender, inHotel: hotel, name: name, kind: kind.name, connection)
            let storage = kind.storage
            var (rated, charge): (Double?, Double?) = (nil, nil)
            switch kind {
            case .solarPanel(let watts), .appliance(let watts): rated = watts
            case .electricVehicle(_, let held): charge = held
            case .battery: break
            }
            let row = try connection.query(
                """
                INSERT INTO home_devices (device, hotel_id, type, name, description, rated_watts, capacity_wh,
                    charge_limit_watts, discharge_limit_watts, registered_charge_wh)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING public_id
                """,
                [
                    .int(device), .int(hotel), .text(kind.name.rawValue), .text(name), .text(description),
                    .double(rated), .double(storage?.capacityWattHours), .double(storage?.chargeWatts),
                    .double(storage?.dischargeWatts), .double(charge),
                ])[0]
            return try HomeDeviceQuery.device(try row.value(0), hotel, connection)!
        }
    }

    /// Stores the desired state of a battery or car for its gateway.
    package func setDesired(
        _ command: StorageCommand, for device: HomeDevice, by origin: DesiredStateOrigin
    ) async throws -> HomeDevice {
        let now = now()
        return try await transaction { connection in
            let version = try DesiredStateQuery.nextVersion(of: device.hotel, connection)
            try connection.query(
                """
                INSERT INTO desired_state (hotel_id, device, version, mode, watts, source, who, token_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::bigint / 1000.0))
                ON CONFLICT (device) DO UPDATE SET version = excluded.version, mode = excluded.mode,
                    watts = excluded.watts, source = excluded.source, who = excluded.who,
                    token_id = excluded.token_id, created_at = excluded.created_at
                """,
                [
                    .int(device.hotel), .int(device.row), .bigint(version), .text(command.mode.rawValue),
                    .double(command.watts), .text(origin.source.rawValue), .text(origin.who), .int(origin.token),
                    .bigint(now.millisecondsSince1970),
                ])
            return try HomeDeviceQuery.device(device.id, device.hotel, connection)!
        }
    }

    /// Deactivates a device: it no longer counts, and its desired state is withdrawn. Its history is kept.
    package func deactivate(_ device: HomeDevice) async throws -> HomeDevice {
        let now = now()
        return try await transaction { connection in
            try connection.query(
                "UPDATE home_devices SET is_active = false WHERE device = $1 AND is_active", [.int(device.row)])
            if device.desired != nil {
                let version = try DesiredStateQuery.nextVersion(of: device.hotel, connection)
                try connection.query(
                    """
                    UPDATE desired_state SET version = $2, mode = NULL, watts = NULL,
                        created_at = to_timestamp($3::bigint / 1000.0)
                    WHERE device = $1
                    """, [.int(device.row), .bigint(version), .bigint(now.millisecondsSince1970)])
            }
            return try HomeDeviceQuery.device(device.id, device.hotel, connection)!
        }
    }

    /// Returns the chosen building. If none is named, it returns the candidates, homes first, at most three.
    package func homes(_ choice: HomeChoice) async throws -> [HomeEntry] {
        try await runAside { connection in
            var (number, slug): (Int?, String?) = (nil, nil)
            switch choice {
            case .number(let hotel): number = hotel
            case .slug(let text): slug = text
            case .any: break
            }
            return try connection.query(
                """
                SELECT id, slug, kind, time_zone FROM hotels
                WHERE id = $1 OR slug = $2 OR ($1::bigint IS NULL AND $2::text IS NULL)
                ORDER BY kind <> 'home', id LIMIT 3
                """, [.int(number), .text(slug)]
            ).map {
                HomeEntry(id: try $0.value(0), slug: try $0.value(1), kind: try $0.value(2), calendar: try $0.value(3))
            }
        }
    }
}

/// The choice of a building.
package enum HomeChoice: Hashable, Sendable {
    /// A building by its id.
    case number(Int)
    /// A building by its slug.
    case slug(String)
    /// No particular building: up to three candidates, homes first.
    case any
}

/// A building in which devices are registered.
package struct HomeEntry: Hashable, Sendable {
    /// The building's id.
    package var id: Int
    /// The building's slug.
    package var slug: String
    /// The kind of building; `home` for homes.
    package var kind: String
    package var calendar: LocalCalendar
}

private enum HomeDeviceQuery {
    static func row(of id: String, _ hotel: Int?, _ connection: Connection) throws -> Int? {
        try connection.query(
            "SELECT device FROM home_devices WHERE public_id = $1 AND ($2::bigint IS NULL OR hotel_id = $2)",
            [.text(id), .int(hotel)]
        ).first?.value(0)
    }

    static func device(_ id: String, _ hotel: Int?, _ connection: Connection) throws -> HomeDevice? {
        try connection.query(
            """
            SELECT home.device, home.public_id, home.hotel_id, hotels.time_zone, home.name, home.description,
                home.type, home.rated_watts, home.capacity_wh, home.charge_limit_watts, home.discharge_limit_watts,
                home.registered_charge_wh, home.is_active, desired_state.mode, desired_state.watts
            FROM home_devices AS home JOIN hotels ON hotels.id = home.hotel_id
            LEFT JOIN desired_state ON desired_state.device = home.device
            WHERE home.public_id = $1 AND ($2::bigint IS NULL OR home.hotel_id = $2)
            """, [.text(id), .int(hotel)]
        ).first.map(device)
    }

    static func device(_ row: Rows.Row) throws -> HomeDevice {
        let limits = StorageLimits(
            capacityWattHours: try row.optional(8) ?? 0, chargeWatts: try row.optional(9) ?? 0,
            dischargeWatts: try row.optional(10) ?? 0)
        let rated: Double = try row.optional(7) ?? 0
        let kind: HomeDevice.Kind =
            switch HomeDevice.Kind.Name(rawValue: try row.value(6)) {
            case .solarPanel: .solarPanel(ratedWatts: rated)
            case .battery: .battery(limits)
            case .electricVehicle: .electricVehicle(limits, chargeWattHours: try row.optional(11))
            case .appliance, nil: .appliance(averageWatts: rated)
            }
        let mode: String? = try row.optional(13)
        return HomeDevice(
            row: try row.value(0), id: try row.value(1), hotel: try row.value(2), calendar: try row.value(3),
            name: try row.value(4), description: try row.optional(5), kind: kind, isActive: try row.value(12),
            desired: try mode.flatMap(StorageMode.init(rawValue:)).map {
                StorageCommand(mode: $0, watts: try row.optional(14) ?? 0)
            })
    }

    /// Returns the id of the device for the readings: an existing free one, otherwise a new one.
    static func device(
        sendingAs sender: String, inHotel hotel: Int, name: String, kind: HomeDevice.Kind.Name, _ connection: Connection
    ) throws -> Int {
        var attempt = 1
        while true {
            let candidate = attempt == 1 ? sender : "\(sender)-\(attempt)"
            let parameters: [Parameter] = [.int(hotel), .text(candidate), .text(kind.rawValue), .text(name)]
            let known = try connection.query(
                """
                SELECT devices.id, home.device IS NULL AND coalesce(devices.class = $3, true)
                FROM devices LEFT JOIN home_devices AS home ON home.device = devices.id
                WHERE devices.device_id = (SELECT slug FROM hotels WHERE id = $1) || '/building/' || $2
                """, Array(parameters.prefix(3)))
            if let known = known.first {
                if try known.value(1, as: Bool.self) { return try known.value(0) }
                attempt += 1
                continue
            }
            let made = try connection.query(
                """
                INSERT INTO devices (device_id, hotel_id, class, name)
                SELECT slug || '/building/' || $2, id, $3, $4 FROM hotels WHERE id = $1
                ON CONFLICT (device_id) DO NOTHING RETURNING id
                """, parameters)
            if let made = made.first { return try made.value(0) }
            // A reading has just created the device: check it again.
        }
    }
}
