internal import Building
internal import CivilTime
internal import JSON

/// The tool that returns the room's latest readings.
struct LatestReadingsTool: Tool {
    let access: RoomAccess
    let now: @Sendable () -> Timestamp

    static let name = "latest_readings"
    /// The age above which a reading is not current.
    private static let freshness = Duration.seconds(900)

    var definition: ToolDefinition {
        ToolDefinition(
            name: Self.name, title: "Room now",
            description: """
                The newest readings of the room: temperature, humidity, CO2, presence, and what the heating is doing and why \
                (set-point, valve, mode, the control loop's own reason), and the desired temperature. Use it \
                for every question about now, and before a relative change of the temperature. A reading whose \
                is_current is false is older than 15 minutes: say when it was measured.
                """,
            input: access.schema([]))
    }

    func call(_ arguments: JSON) async throws -> ToolResult {
        let room = try await access.room(arguments)
        let status = try await room.status()
        let place = room.place
        let calendar = place.calendar
        let now = now()
        let headlines = Self.headlines(status.readings)
        let readings = headlines.map { reading -> JSON in
            [
                "datapoint": .string(reading.datapoint.name), "value": JSON(rounding: reading.value),
                "unit": JSON(reading.datapoint.unit), "measured_at": calendar.json(reading.time),
                "is_current": .bool(Self.isCurrent(reading.time, now)), "quality": .string(reading.quality.name),
                "source": .string(reading.source),
            ]
        }
        let heating: JSON =
            status.heating.map { heating in
                [
                    "setpoint_celsius": JSON(heating.setpointCelsius), "valve_percent": JSON(heating.valvePercent),
                    "mode": JSON(heating.mode), "reason": .reason(heating.reason),
                    "reason_code": .reasonCode(heating.reason),
                    "reported_at": calendar.json(heating.time),
                    "is_current": .bool(Self.isCurrent(heating.time, now)),
                ]
            } ?? .null
        let members: [JSON.Member] =
            [
                .init("room", .string(place.name)), .init("building", .string(place.building)),
                .init("now", calendar.json(now)), .init("time_zone", .string(calendar.zoneName)),
                .init("readings", .array(readings)), .init("heating", heating),
                .init("desired", calendar.json(status.desired)),
                .init(
                    "limits_celsius",
                    [
                        "minimum": JSON(room.celsiusLimits.lowerBound), "maximum": JSON(room.celsiusLimits.upperBound),
                    ]),
            ]
            + calendar.known(room) + JSON.trust(status.coveragePercent, headlines.map(\.quality).max() ?? .failed)
        return ToolResult(content: .object(members), summary: Self.summary(headlines))
    }

    private static func isCurrent(_ time: Timestamp, _ now: Timestamp) -> Bool {
        time.advanced(by: freshness) >= now
    }

    /// Returns one reading of each datapoint: the first that has not failed.
    private static func headlines(_ readings: [RoomStatus.Reading]) -> [RoomStatus.Reading] {
        var names: [Datapoint] = []
        for reading in readings where !names.contains(reading.datapoint) { names.append(reading.datapoint) }
        return names.compactMap { name in
            let candidates = readings.filter { $0.datapoint == name }
            return candidates.first { $0.quality != .failed } ?? candidates.first
        }
    }

    private static func summary(_ readings: [RoomStatus.Reading]) -> String {
        guard !readings.isEmpty else { return "no readings" }
        return readings.prefix(6).map { reading in
            "\(reading.datapoint.name) \(reading.value.text)" + (reading.datapoint.unit.map { " \($0)" } ?? "")
        }.joined(separator: ", ")
    }
}
