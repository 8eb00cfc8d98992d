internal import Building
internal import Postgres

extension CentralStore {
    /// Returns the power, capacity and charge of all active devices. Power counts if it was reported in the last 15
    /// minutes, charge as it was last reported; unknown values count as 0.
    ///
    /// - Parameter hotel: The only building to include; `nil` for all.
    package func homeSummary(ofHotel hotel: Int?) async throws -> HomeSummary {
        let since = freshSince
        return try await runAside { connection in
            // There are two statements, because a plan that suits both would scan all buildings for one.
            let rows =
                if let hotel {
                    try connection.query(
                        """
                        SELECT coalesce(power.produced, 0), coalesce(power.consumed, 0), milliseconds(power.newest),
                            coalesce(storage.capacity, 0), coalesce(storage.charge, 0)
                        FROM (
                            SELECT sum(watts) FILTER (WHERE watts > 0) AS produced,
                                -sum(watts) FILTER (WHERE watts < 0) AS consumed, max(power_time) AS newest
                            FROM home_state WHERE power_time >= to_timestamp($1) AND watts IS NOT NULL AND hotel_id = $2
                        ) AS power, (
                            SELECT sum(capacity_wh) AS capacity, sum(charge_wh) AS charge
                            FROM home_state WHERE capacity_wh IS NOT NULL AND hotel_id = $2
                        ) AS storage
                        """, [since, .int(hotel)])
                } else {
                    try connection.query(
                        """
                        SELECT coalesce(power.produced, 0), coalesce(power.consumed, 0), milliseconds(power.newest),
                            coalesce(storage.capacity, 0), coalesce(storage.charge, 0)
                        FROM (
                            SELECT sum(watts) FILTER (WHERE watts > 0) AS produced,
                                -sum(watts) FILTER (WHERE watts < 0) AS consumed, max(power_time) AS newest
                            FROM home_state WHERE power_time >= to_timestamp($1) AND watts IS NOT NULL
                        ) AS power, (
                            SELECT sum(capacity_wh) AS capacity, sum(charge_wh) AS charge
                            FROM home_state WHERE capacity_wh IS NOT NULL
                        ) AS storage
                        """, [since])
                }
            let row = rows[0]
            let measured: Int64? = try row.optional(2)
            return HomeSummary(
                producedWatts: try row.value(0), consumedWatts: try row.value(1),
                capacityWattHours: try row.value(3), chargeWattHours: try row.value(4),
                measured: measured.map { Timestamp(millisecondsSince1970: $0) })
        }
    }

    /// Returns the state of the active batteries and cars in the order of registration.
    ///
    /// - Parameter hotel: The only building to include; `nil` for all.
    package func homeStorage(ofHotel hotel: Int?) async throws -> [HomeStorageState] {
        let since = freshSince
        return try await runAside { connection in
            let rows =
                if let hotel {
                    try connection.query(
                        """
                        SELECT home.public_id, home.name, home.type, state.capacity_wh, state.charge_wh,
                            CASE WHEN state.power_time >= to_timestamp($1) THEN state.watts END, desired.mode
                        FROM home_state AS state JOIN home_devices AS home ON home.device = state.device
                        LEFT JOIN desired_state AS desired ON desired.device = state.device
                        WHERE state.hotel_id = $2 AND state.capacity_wh IS NOT NULL AND home.capacity_wh IS NOT NULL
                        ORDER BY state.device
                        """, [since, .int(hotel)])
                } else {
                    try connection.query(
                        """
                        SELECT home.public_id, home.name, home.type, state.capacity_wh, state.charge_wh,
                            CASE WHEN state.power_time >= to_timestamp($1) THEN state.watts END, desired.mode
                        FROM home_state AS state JOIN home_devices AS home ON home.device = state.device
                        LEFT JOIN desired_state AS desired ON desired.device = state.device
                        WHERE state.capacity_wh IS NOT NULL AND home.capacity_wh IS NOT NULL
                        ORDER BY state.device
                        """, [since])
                }
            return try rows.map { row in
                let capacity: Double = try row.value(3)
                let charge: Double? = try row.optional(4)
                let desired: String? = try row.optional(6)
                return HomeStorageState(
                    id: try row.value(0), name: try row.value(1),
                    kind: HomeDevice.Kind.Name(rawValue: try row.value(2)) ?? .battery, capacityWattHours: capacity,
                    chargeWattHours: charge ?? 0,
                    mode: HomeDeviceState.mode(
                        desired: desired.flatMap(StorageMode.init(rawValue:)), capacity: capacity,
                        fresh: try row.optional(5),
                        charge: charge))
            }
        }
    }

    /// The time since which a reading describes the present, in seconds since 1970.
    private var freshSince: Parameter {
        .double(Double(now().advanced(by: .zero - HomeDeviceState.longestAge).millisecondsSince1970) / 1000)
    }
}
