package import Building

/// The controlled rooms of a building: takes readings as they arrive and decides for each room.
///
/// It has no clock and does no I/O: every call passes the time. The gateway runs it by the machine's clocks,
/// `hearth-simulate loop` by those of its driver.
package struct BuildingClimate: Sendable {
    /// A decision for one room, with the state on which it was based.
    package struct RoomDecision: Sendable {
        /// The room's slug.
        package var room: Slug
        /// The decision for the room's valve.
        package var decision: Decision
        /// The set-point at the time of the decision.
        package var setpoint: Setpoint
        /// The mode that people had chosen at the time of the decision.
        package var mode: ModeChoice
        /// The presence of people at the time of the decision; `nil` if unknown.
        package var isOccupied: Bool?
        /// The outdoor temperature at the time of the decision, °C; `nil` if unknown.
        package var outdoorCelsius: Double?
    }

    private var rooms: [Slug: RoomClimate] = [:]
    /// The saved state of rooms that are not yet controlled.
    private let left: SavedClimate
    /// The settings of listed rooms without configured sensors.
    private let sensorless: [Slug: RoomClimateSettings]
    /// The settings of rooms that are not listed. If `nil`, neither these nor the sensorless ones are heated.
    private let unlisted: RoomClimateSettings?
    private let mostUnlisted: Int
    private var adopted = 0

    /// Creates the control of a building.
    ///
    /// - Parameters:
    ///   - rooms: The settings of each listed room. A room without configured sensors is controlled from its first
    ///     temperature on, provided that unlisted rooms are heated.
    ///   - unlisted: The settings of rooms that are not listed but report temperatures; `nil` to ignore such rooms.
    ///   - mostUnlisted: The maximum number of such rooms, whatever is sent.
    ///   - start: The moment from which sensors may be missed.
    ///   - saved: The state of the rooms before a restart.
    package init(
        rooms: [Slug: RoomClimateSettings], unlisted: RoomClimateSettings? = nil, mostUnlisted: Int = 64,
        startedAt start: MonotonicInstant, restoring saved: SavedClimate = SavedClimate()
    ) {
        left = saved
        self.unlisted = unlisted
        self.mostUnlisted = mostUnlisted
        sensorless = rooms.filter { $0.value.configuredSensors.isEmpty }
        for (room, settings) in rooms where !settings.configuredSensors.isEmpty {
            self.rooms[room] = RoomClimate(
                settings: settings, startedAt: start, restoring: saved.snapshot(of: room, settings: settings))
        }
    }

    /// Takes the readings that matter for control, such as rooms' temperatures, presence and the outdoor temperature;
    /// ignores others.
    package mutating func observe(_ reading: Reading, at now: MonotonicInstant) {
        let series = reading.series
        switch (series.datapoint, reading.value) {
        case (.temperature, .number(let celsius))
        where series.deviceClass == .temperatureSensor && series.room != .building:
            guard adopt(series.room, at: now) else { return }
            rooms[series.room]?.observe(sensor: series.device, celsius: celsius, at: now)
        case (.presenceState, .text(let state)) where series.deviceClass == .lifeBeing:
            guard state == "occupied" || state == "unoccupied" else { return }
            rooms[series.room]?.observe(isOccupied: state == "occupied", at: now)
        case (.outdoorTemperature, .number(let celsius)) where series.room == .building:
            for room in rooms.keys { observe(outdoorCelsius: celsius, of: room, at: now) }
        default: break
        }
    }

    /// Takes the outdoor temperature for one room, °C.
    package mutating func observe(outdoorCelsius: Double, of room: Slug, at now: MonotonicInstant) {
        rooms[room]?.observe(outdoorCelsius: outdoorCelsius, at: now)
    }

    /// Takes `room` under control unless it already is.
    ///
    /// - Returns: `false` if the room is not listed and cannot be adopted.
    package mutating func adopt(_ room: Slug, at now: MonotonicInstant) -> Bool {
        if rooms[room] != nil { return true }
        guard let unlisted, adopted < mostUnlisted else { return false }
        adopted += 1
        let settings = sensorless[room] ?? unlisted
        rooms[room] = RoomClimate(
            settings: settings, startedAt: now, restoring: left.snapshot(of: room, settings: settings))
        return true
    }

    /// Changes the set-point of a room; returns `false` if the room is unknown or the source may not ask for this
    /// value.
    package mutating func set(_ setpoint: Setpoint, of room: Slug) -> Bool {
        rooms[room]?.set(setpoint) ?? false
    }

    /// Changes the mode that people want for a room; returns `false` if the room is unknown.
    package mutating func choose(_ mode: ModeChoice, of room: Slug, at now: MonotonicInstant) -> Bool {
        guard rooms[room] != nil else { return false }
        rooms[room]?.choose(mode, at: now)
        return true
    }

    /// Decides for one room; returns `nil` if the room is unknown, or too little is known of it (`RoomClimate.decide`).
    package mutating func decide(_ room: Slug, at now: MonotonicInstant, calendar: Timestamp?) -> Decision? {
        rooms[room]?.decide(at: now, calendar: calendar)
    }

    /// Decides for every room of which enough is known.
    ///
    /// - Parameter calendar: The calendar time; `nil` while it cannot be trusted.
    package mutating func decide(at now: MonotonicInstant, calendar: Timestamp?) -> [RoomDecision] {
        rooms.keys.sorted().compactMap { slug in
            guard let decision = decide(slug, at: now, calendar: calendar), let room = rooms[slug] else { return nil }
            return RoomDecision(
                room: slug, decision: decision, setpoint: room.setpoint, mode: room.modeChoice,
                isOccupied: room.isOccupied, outdoorCelsius: room.outdoorCelsius)
        }
    }

    /// The rooms under control, in ascending order.
    package var slugs: [Slug] { rooms.keys.sorted() }

    /// Returns the set-point in force; `nil` if the room is not controlled.
    package func setpoint(of room: Slug) -> Setpoint? { rooms[room]?.setpoint }

    /// Returns the settings of a room; `nil` if it is not controlled.
    package func settings(of room: Slug) -> RoomClimateSettings? { rooms[room]?.settings }

    /// The state that must survive a restart.
    package var saved: SavedClimate {
        SavedClimate(
            rooms: Dictionary(
                uniqueKeysWithValues: rooms.map { slug, room in
                    (
                        slug.text,
                        SavedClimate.Room(
                            configuredSetpointCelsius: room.settings.setpointCelsius, climate: room.snapshot)
                    )
                }))
    }
}

/// The state of all rooms that must survive a restart: what control has learned, and what it was told.
package struct SavedClimate: Codable, Equatable, Sendable {
    /// The state of one room.
    package struct Room: Codable, Equatable, Sendable {
        /// The configured set-point at the time of saving, °C. If the configuration has changed since, the new one
        /// wins.
        package var configuredSetpointCelsius: Double
        /// The state of the room's control.
        package var climate: RoomClimate.Snapshot
        /// The last messages heard on the room's set-point topic, as the gateway's fingerprints.
        package var heard: [UInt64]?
    }

    /// The rooms by slug.
    package var rooms: [String: Room]

    /// Creates a saved state; empty by default.
    package init(rooms: [String: Room] = [:]) {
        self.rooms = rooms
    }

    func snapshot(of room: Slug, settings: RoomClimateSettings) -> RoomClimate.Snapshot? {
        guard let saved = rooms[room.text] else { return nil }
        var snapshot = saved.climate
        if saved.configuredSetpointCelsius != settings.setpointCelsius {
            snapshot.setpoint = nil
        }
        return snapshot
    }
}
