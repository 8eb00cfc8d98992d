package import Building
package import CivilTime

/// The settings of one room's control. Every value has a range, to which `RoomClimate` clamps it.
package struct RoomClimateSettings: Sendable, Hashable {
    /// The set-point at the start, °C, 5…30.
    package var setpointCelsius: Double

    /// The set-point while a room needs no comfort, °C, 5…30. It never exceeds the room's set-point.
    package var ecoCelsius: Double

    /// The time for which a room has to be empty, according to its life-being sensor, before it goes to eco: 5 min…1
    /// day; `nil` to ignore absence.
    package var ecoAfter: Duration?

    /// The times at which the room should be comfortable; `nil` for always.
    package var schedule: WeeklySchedule?

    /// The building's time zone, used in reasons.
    package var calendar: LocalCalendar

    /// The ids of the sensors that this room should have. If fewer of them are usable, the quality is `degraded`. If
    /// empty, the sensors heard so far count.
    package var configuredSensors: [String]

    /// The plausible room temperatures, within −100…150 °C. Sensors outside this range have no vote.
    package var plausibleCelsius: ClosedRange<Double>

    /// The silence after which a sensor has no vote, 10 s…1 day.
    package var stalenessLimit: Duration

    /// The time for which the room model fills in while no sensor is usable, 0 s…6 h. After that the valve goes to
    /// `failSafeLevel`.
    package var estimateLimit: Duration

    /// The valve's level when nothing is known of the room.
    package var failSafeLevel: PercentOpen

    /// The room temperature below which the valve is opened at least to `frostLevel`, whatever the mode, °C, 0…15.
    package var frostCelsius: Double

    /// The least opening for frost protection.
    package var frostLevel: PercentOpen

    /// The opening assumed to hold the set-point of a room that Hearth meets for the first time, 0…100 %.
    package var initialPercent: Double

    /// The excess over the target at which the valve is shut regardless of the model, K, 0.2…5.
    package var shutAboveKelvin: Double

    /// The smallest move worth a command, except to an end, 1…20 %. Near the set-point it is larger.
    package var minimumChangePercent: Int

    /// The shortest time between two small moves, 0 s…1 h.
    package var minimumInterval: Duration

    /// The size from which a move does not wait for `minimumInterval`, 2…100 %.
    package var largeChangePercent: Int

    /// The maximum daily travel of the valve, 50…10,000 %. As it is used up, moves have to be larger.
    package var dailyTravelPercent: Int

    /// The travel in about a day below which errors are corrected more briskly, 0…10,000 %.
    package var restedTravelPercent: Int

    /// The interval between decisions, 1 s…5 min. Deciding more often does no harm.
    package var controlPeriod: Duration

    /// Creates settings; every value has a default. Values are not checked until control uses them.
    package init(
        setpointCelsius: Double = 22,
        ecoCelsius: Double = 19,
        ecoAfter: Duration? = nil,
        schedule: WeeklySchedule? = nil,
        calendar: LocalCalendar = .utc,
        configuredSensors: [String] = [],
        plausibleCelsius: ClosedRange<Double> = -30...60,
        stalenessLimit: Duration = .seconds(300),
        estimateLimit: Duration = .seconds(1800),
        failSafeLevel: PercentOpen = PercentOpen(clamping: 20),
        frostCelsius: Double = 6,
        frostLevel: PercentOpen = PercentOpen(clamping: 50),
        initialPercent: Double = 20,
        shutAboveKelvin: Double = 1,
        minimumChangePercent: Int = 2,
        minimumInterval: Duration = .seconds(600),
        largeChangePercent: Int = 12,
        dailyTravelPercent: Int = 500,
        restedTravelPercent: Int = 100,
        controlPeriod: Duration = .seconds(10)
    ) {
        self.setpointCelsius = setpointCelsius
        self.ecoCelsius = ecoCelsius
        self.ecoAfter = ecoAfter
        self.schedule = schedule
        self.calendar = calendar
        self.configuredSensors = configuredSensors
        self.plausibleCelsius = plausibleCelsius
        self.stalenessLimit = stalenessLimit
        self.estimateLimit = estimateLimit
        self.failSafeLevel = failSafeLevel
        self.frostCelsius = frostCelsius
        self.frostLevel = frostLevel
        self.initialPercent = initialPercent
        self.shutAboveKelvin = shutAboveKelvin
        self.minimumChangePercent = minimumChangePercent
        self.minimumInterval = minimumInterval
        self.largeChangePercent = largeChangePercent
        self.dailyTravelPercent = dailyTravelPercent
        self.restedTravelPercent = restedTravelPercent
        self.controlPeriod = controlPeriod
    }

    /// The target of a room that is only kept from freezing, °C: a little above `frostCelsius`, so that it does not get
    /// there.
    var frostTargetCelsius: Double { frostCelsius + 1 }

    /// The same settings with every value within its documented range; NaN becomes the default.
    var withinRange: RoomClimateSettings {
        let standard = RoomClimateSettings()
        var settings = self
        settings.setpointCelsius = setpointCelsius.limited(to: SetpointLimits.celsius, else: standard.setpointCelsius)
        settings.ecoCelsius = ecoCelsius.limited(to: SetpointLimits.celsius, else: standard.ecoCelsius)
        settings.ecoAfter = ecoAfter?.limited(to: .seconds(300) ... .seconds(86_400))
        settings.plausibleCelsius = plausibleCelsius.clamped(to: -100...150)
        settings.stalenessLimit = stalenessLimit.limited(to: .seconds(10) ... .seconds(86_400))
        settings.estimateLimit = estimateLimit.limited(to: .zero ... .seconds(21_600))
        settings.frostCelsius = frostCelsius.limited(to: 0...15, else: standard.frostCelsius)
        settings.initialPercent = initialPercent.limited(to: 0...100, else: standard.initialPercent)
        settings.shutAboveKelvin = shutAboveKelvin.limited(to: 0.2...5, else: standard.shutAboveKelvin)
        settings.minimumChangePercent = minimumChangePercent.limited(to: 1...20)
        settings.minimumInterval = minimumInterval.limited(to: .zero ... .seconds(3600))
        settings.largeChangePercent = largeChangePercent.limited(to: 2...100)
        settings.dailyTravelPercent = dailyTravelPercent.limited(to: 50...10_000)
        settings.restedTravelPercent = restedTravelPercent.limited(to: 0...10_000)
        settings.controlPeriod = controlPeriod.limited(to: .seconds(1) ... .seconds(300))
        return settings
    }
}
