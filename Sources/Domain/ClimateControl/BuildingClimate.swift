package import Building

/// All rooms of a building that are under control: takes readings as they come, decides for each room.
///
/// It has no clock and does no I/O: every call says what time it is. The gateway runs it by the machine's clocks,
/// `hearth-simulate loop` by those of whoever drives it.
package struct BuildingClimate: Sendable {
    /// What is known of a room after a decision.
    package struct RoomDecision: Sendable {
        package var room: Slug
        package var decision: Decision
        /// Both as they were when it was decided.
        package var setpoint: Setpoint
        package var mode: ModeChoice
        /// What was known then of people in the room, and of the outdoor temperature in °C.
        package var isOccupied: Bool?
        package var outdoorCelsius: Double?
    }

    private var rooms: [Slug: RoomClimate] = [:]
    /// Where rooms were left that are not under control yet.
    private let left: SavedClimate
    /// How listed rooms are kept in which no sensors are known of.
    private let sensorless: [Slug: RoomClimateSettings]
    /// How rooms that are not listed are kept; `nil`: neither these nor the sensorless ones are heated.
    private let unlisted: RoomClimateSettings?
    private let mostUnlisted: Int
    private var adopted = 0

    /// - Parameters:
    ///   - rooms: How each listed room is kept. One without configured sensors is so from its first temperature on,
    ///     where unlisted rooms are heated.
    ///   - unlisted: How rooms are kept that are not listed and report temperatures; `nil`: not at all.
    ///   - mostUnlisted: No more of them than this, whatever is sent.
    ///   - start: The moment from which sensors may be missed.
    ///   - saved: Where the rooms were left.
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

    /// Takes what concerns control: temperatures of rooms, presence, the outdoor temperature.
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

    /// Takes the outdoor temperature for one room, in °C.
    package mutating func observe(outdoorCelsius: Double, of room: Slug, at now: MonotonicInstant) {
        rooms[room]?.observe(outdoorCelsius: outdoorCelsius, at: now)
    }

    /// Sees to it that `room` is under control.
    ///
    /// - Returns: `false` where it is not listed and can't be taken in.
    package mutating func adopt(_ room: Slug, at now: MonotonicInstant) -> Bool {
        if rooms[room] != nil { return true }
        guard let unlisted, adopted < mostUnlisted else { return false }
        adopted += 1
        let settings = sensorless[room] ?? unlisted
        rooms[room] = RoomClimate(
            settings: settings, startedAt: now, restoring: left.snapshot(of: room, settings: settings))
        return true
    }

    /// `false` where the room is unknown or its source may not ask for that.
    package mutating func set(_ setpoint: Setpoint, of room: Slug) -> Bool {
        rooms[room]?.set(setpoint) ?? false
    }

    /// Changes what people want of a room; `false` where the room is unknown.
    package mutating func choose(_ mode: ModeChoice, of room: Slug, at now: MonotonicInstant) -> Bool {
        guard rooms[room] != nil else { return false }
        rooms[room]?.choose(mode, at: now)
        return true
    }

    /// Decides for one room; `nil` where the room is unknown, or not enough is known of it (`RoomClimate.decide`).
    package mutating func decide(_ room: Slug, at now: MonotonicInstant, calendar: Timestamp?) -> Decision? {
        rooms[room]?.decide(at: now, calendar: calendar)
    }

    /// Decides for every room about which enough is known.
    ///
    /// - Parameter calendar: `nil` while it can't be trusted.
    package mutating func decide(at now: MonotonicInstant, calendar: Timestamp?) -> [RoomDecision] {
        rooms.keys.sorted().compactMap { slug in
            guard let decision = decide(slug, at: now, calendar: calendar), let room = rooms[slug] else { return nil }
            return RoomDecision(
                room: slug, decision: decision, setpoint: room.setpoint, mode: room.modeChoice,
                isOccupied: room.isOccupied, outdoorCelsius: room.outdoorCelsius)
        }
    }

    /// The rooms under control, ascending.
    package var slugs: [Slug] { rooms.keys.sorted() }

    /// What is in force; `nil` where the room is not under control.
    package func setpoint(of room: Slug) -> Setpoint? { rooms[room]?.setpoint }

    /// How a room is kept; `nil` where it is not under control.
    package func settings(of room: Slug) -> RoomClimateSettings? { rooms[room]?.settings }

    /// What is to outlive a restart.
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

/// What control has learnt of the rooms and was told about them, to outlive a restart.
package struct SavedClimate: Codable, Equatable, Sendable {
    package struct Room: Codable, Equatable, Sendable {
        /// The set-point of the configuration at that time: where it has been changed since, the new one wins.
        package var configuredSetpointCelsius: Double
        package var climate: RoomClimate.Snapshot
        /// What was heard on the room's set-point topic last, as the gateway's fingerprints.
        package var heard: [UInt64]?
    }

    package var rooms: [String: Room]

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
