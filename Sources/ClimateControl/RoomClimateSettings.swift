public import Building

/// How one room is to be kept warm. Every value has a range; `RoomClimate` moves what lies outside to its nearest end.
public struct RoomClimateSettings: Sendable, Hashable {
    /// The set-points that a room can have, in °C.
    public static let setpointRange = 5.0...30.0

    /// The set-point at start, in °C, 5…30.
    public var setpointCelsius: Double

    /// The ids of the sensors that this room should have. When fewer of them can be used, the quality is `degraded`.
    /// Empty: those that have been heard so far.
    public var configuredSensors: [String]

    /// Temperatures outside this range are no room's, and get no vote: within −100…150 °C.
    public var plausibleCelsius: ClosedRange<Double>

    /// A sensor silent for longer has no vote, 10 s…1 day.
    public var stalenessLimit: Duration

    /// The valve's level when no sensor has been usable for `stalenessLimit`.
    public var failSafeLevel: PercentOpen

    /// Below this room temperature, in °C, the valve is opened at least to `frostLevel`, whatever the set-point, 0…15.
    public var frostCelsius: Double

    /// How far frost protection opens the valve at least.
    public var frostLevel: PercentOpen

    /// How much further the valve opens per kelvin below the set-point, 5…100 %/K.
    public var proportionalPercentPerKelvin: Double

    /// How long a lasting error takes to move the valve as far as it did at once, 10 min…1 day.
    public var integralTime: Duration

    /// The opening that the integral starts from in a room that Hearth meets for the first time, 0…100 %.
    public var initialIntegralPercent: Double

    /// Above the set-point by this many kelvin or more the valve is shut, whatever the integral has learned, 0.2…5.
    public var shutAboveKelvin: Double

    /// How long small changes of the verdict are averaged before they reach the valve, 0 s…10 min. Changes by more
    /// than half a kelvin pass at once.
    public var smoothing: Duration

    /// The smallest move that is worth a command, 1…20 %.
    public var minimumChangePercent: Int

    /// The shortest time between two small moves, 0 s…1 h.
    public var minimumInterval: Duration

    /// A move of this size or more does not wait for `minimumInterval`, 2…100 %.
    public var largeChangePercent: Int

    /// How often the room should be decided upon, 1 s…5 min. Deciding more often does no harm.
    public var controlPeriod: Duration

    public init(
        setpointCelsius: Double = 22,
        configuredSensors: [String] = [],
        plausibleCelsius: ClosedRange<Double> = -30...60,
        stalenessLimit: Duration = .seconds(300),
        failSafeLevel: PercentOpen = PercentOpen(clamping: 20),
        frostCelsius: Double = 6,
        frostLevel: PercentOpen = PercentOpen(clamping: 50),
        proportionalPercentPerKelvin: Double = 35,
        integralTime: Duration = .seconds(2700),
        initialIntegralPercent: Double = 20,
        shutAboveKelvin: Double = 1,
        smoothing: Duration = .seconds(120),
        minimumChangePercent: Int = 2,
        minimumInterval: Duration = .seconds(120),
        largeChangePercent: Int = 10,
        controlPeriod: Duration = .seconds(10)
    ) {
        self.setpointCelsius = setpointCelsius
        self.configuredSensors = configuredSensors
        self.plausibleCelsius = plausibleCelsius
        self.stalenessLimit = stalenessLimit
        self.failSafeLevel = failSafeLevel
        self.frostCelsius = frostCelsius
        self.frostLevel = frostLevel
        self.proportionalPercentPerKelvin = proportionalPercentPerKelvin
        self.integralTime = integralTime
        self.initialIntegralPercent = initialIntegralPercent
        self.shutAboveKelvin = shutAboveKelvin
        self.smoothing = smoothing
        self.minimumChangePercent = minimumChangePercent
        self.minimumInterval = minimumInterval
        self.largeChangePercent = largeChangePercent
        self.controlPeriod = controlPeriod
    }

    /// The same settings with every value within its documented range; what is not a number becomes the default.
    var withinRange: RoomClimateSettings {
        let standard = RoomClimateSettings()
        var settings = self
        settings.setpointCelsius = setpointCelsius.limited(to: Self.setpointRange, else: standard.setpointCelsius)
        settings.plausibleCelsius = plausibleCelsius.clamped(to: -100...150)
        settings.stalenessLimit = stalenessLimit.limited(to: .seconds(10) ... .seconds(86_400))
        settings.frostCelsius = frostCelsius.limited(to: 0...15, else: standard.frostCelsius)
        settings.proportionalPercentPerKelvin = proportionalPercentPerKelvin.limited(
            to: 5...100, else: standard.proportionalPercentPerKelvin)
        settings.integralTime = integralTime.limited(to: .seconds(600) ... .seconds(86_400))
        settings.initialIntegralPercent = initialIntegralPercent.limited(
            to: 0...100, else: standard.initialIntegralPercent)
        settings.shutAboveKelvin = shutAboveKelvin.limited(to: 0.2...5, else: standard.shutAboveKelvin)
        settings.smoothing = smoothing.limited(to: .zero ... .seconds(600))
        settings.minimumChangePercent = minimumChangePercent.limited(to: 1...20)
        settings.minimumInterval = minimumInterval.limited(to: .zero ... .seconds(3600))
        settings.largeChangePercent = largeChangePercent.limited(to: 2...100)
        settings.controlPeriod = controlPeriod.limited(to: .seconds(1) ... .seconds(300))
        return settings
    }
}
