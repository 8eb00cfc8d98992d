public import Building

/// What one room knows and can do, as far as one caller may. Whoever implements it has decided the rights: there is no
/// way from here to another room.
public protocol RoomService: Sendable {
    var place: RoomLocation { get }
    /// What a guest may wish for, °C.
    var celsiusLimits: ClosedRange<Double> { get }
    /// When the time begins that the caller may hear of: a guest's own stay. `nil`: everything may be told.
    var knownSince: Timestamp? { get }

    func status() async throws -> RoomStatus
    /// - Returns: with `value` `nil` where there is no reading in the range.
    func history(_ question: HistoryRequest) async throws -> HistoryResult
    func comfort(_ range: Range<Timestamp>) async throws -> ComfortReport
    /// Keeps the wish for the gateway, and waits a little for it to report back.
    func setDesired(_ desired: DesiredTemperature) async throws -> DesiredTemperatureOutcome
}

extension RoomService {
    public var knownSince: Timestamp? { nil }

    /// The part of `range` that may be told of; empty where none is.
    func known(_ range: Range<Timestamp>) -> Range<Timestamp> {
        let start = min(max(knownSince ?? range.lowerBound, range.lowerBound), range.upperBound)
        return start..<range.upperBound
    }
}

/// What one building's meters know.
public protocol EnergyService: Sendable {
    var calendar: LocalCalendar { get }

    /// Makes the CSV file and a signed, expiring link to it.
    func energy(_ question: EnergyRequest) async throws -> EnergyAnswer
}

/// What operators may see: every building.
public protocol BuildingService: Sendable {
    func buildings() async throws -> [BuildingListing]
    /// - Parameter key: as `buildings` gives it, or a room's slug alone where only one building has it.
    /// - Returns: `nil` where there is no such room, or several.
    func room(_ key: String) async throws -> (any RoomService)?
    /// - Parameter building: its slug, or `nil` where there is only one.
    func energy(of building: String?) async throws -> (any EnergyService)?
}

public struct RoomLocation: Sendable {
    /// `room-101`
    public var slug: String
    /// `Room 101`
    public var name: String
    /// `Grand Hotel`
    public var building: String
    public var calendar: LocalCalendar

    public init(slug: String, name: String, building: String, calendar: LocalCalendar) {
        self.slug = slug
        self.name = name
        self.building = building
        self.calendar = calendar
    }
}

public struct RoomStatus: Sendable {
    /// The newest of each datapoint; where several devices give one, the one that speaks best for the room comes first.
    public var readings: [Reading]
    public var heating: Heating?
    public var desired: DesiredTemperature?
    /// How much of the last hour has data, 0...100.
    public var coveragePercent: Double

    public init(readings: [Reading], heating: Heating?, desired: DesiredTemperature?, coveragePercent: Double) {
        self.readings = readings
        self.heating = heating
        self.desired = desired
        self.coveragePercent = coveragePercent
    }

    public struct Reading: Sendable {
        public var datapoint: Datapoint
        public var value: ReadingValue
        public var time: Timestamp
        public var quality: Quality
        /// The device's name within the room.
        public var source: String

        public init(
            datapoint: Datapoint, value: ReadingValue, time: Timestamp, quality: Quality, source: String
        ) {
            self.datapoint = datapoint
            self.value = value
            self.time = time
            self.quality = quality
            self.source = source
        }
    }

    /// What the control loop reported last.
    public struct Heating: Sendable {
        /// In force, °C.
        public var setpointCelsius: Double?
        /// 0...100
        public var valvePercent: Double?
        /// The control loop's own: `comfort`, `eco`, `window_open`…
        public var mode: String?
        /// The control loop's own: `closed: window open since 14:02`.
        public var reason: String?
        public var time: Timestamp

        public init(
            setpointCelsius: Double?, valvePercent: Double?, mode: String?, reason: String?, time: Timestamp
        ) {
            self.setpointCelsius = setpointCelsius
            self.valvePercent = valvePercent
            self.mode = mode
            self.reason = reason
            self.time = time
        }
    }
}

public enum Statistic: String, Sendable, CaseIterable {
    /// Over time. Of `presence_state`: the share of the time that was occupied, in percent.
    case average
    case minimum
    case maximum
    case lastSeen = "last_seen"
}

public struct HistoryRequest: Sendable {
    public var datapoint: Datapoint
    public var statistic: Statistic
    public var range: Range<Timestamp>

    public init(datapoint: Datapoint, statistic: Statistic, range: Range<Timestamp>) {
        self.datapoint = datapoint
        self.statistic = statistic
        self.range = range
    }
}

public struct HistoryResult: Sendable {
    public var value: ReadingValue?
    /// When a minimum, maximum or last value was measured.
    public var time: Timestamp?
    public var samples: Int
    /// How much of the range has data, 0...100.
    public var coveragePercent: Double
    /// The worst of what counted.
    public var quality: Quality

    public init(value: ReadingValue?, time: Timestamp?, samples: Int, coveragePercent: Double, quality: Quality) {
        self.value = value
        self.time = time
        self.samples = samples
        self.coveragePercent = coveragePercent
        self.quality = quality
    }
}

public struct ComfortReport: Sendable {
    /// What counts as comfortable, °C.
    public var comfortCelsius: ClosedRange<Double>
    /// Of the time that has data, 0...100; `nil` without data.
    public var withinPercent: Double?
    public var averageCelsius: Double?
    public var minimumCelsius: Double?
    public var maximumCelsius: Double?
    /// Oldest first; the longest twenty are enough.
    public var discomforts: [Discomfort]
    public var coveragePercent: Double
    public var quality: Quality

    public init(
        comfortCelsius: ClosedRange<Double>, withinPercent: Double?, averageCelsius: Double?, minimumCelsius: Double?,
        maximumCelsius: Double?, discomforts: [Discomfort], coveragePercent: Double, quality: Quality
    ) {
        self.comfortCelsius = comfortCelsius
        self.withinPercent = withinPercent
        self.averageCelsius = averageCelsius
        self.minimumCelsius = minimumCelsius
        self.maximumCelsius = maximumCelsius
        self.discomforts = discomforts
        self.coveragePercent = coveragePercent
        self.quality = quality
    }

    public struct Discomfort: Sendable {
        public enum Kind: String, Sendable {
            case tooCold = "too_cold"
            case tooWarm = "too_warm"
        }

        public var kind: Kind
        public var range: Range<Timestamp>
        /// The farthest from comfort, °C.
        public var extremeCelsius: Double
        /// The control loop's own, as they followed one another.
        public var reasons: [String]

        public init(kind: Kind, range: Range<Timestamp>, extremeCelsius: Double, reasons: [String]) {
            self.kind = kind
            self.range = range
            self.extremeCelsius = extremeCelsius
            self.reasons = reasons
        }
    }
}

public struct DesiredTemperature: Sendable, Equatable {
    /// `nil`: no wish, the room follows its schedule.
    public var celsius: Double?
    /// `nil`: as long as the stay lasts.
    public var until: Timestamp?

    public init(celsius: Double?, until: Timestamp?) {
        self.celsius = celsius
        self.until = until
    }
}

public struct DesiredTemperatureOutcome: Sendable {
    /// What was wished before: setting it again undoes this one.
    public var previous: DesiredTemperature
    public var desired: DesiredTemperature
    /// The set-point that the gateway says is in force, °C; `nil` while it has not said.
    public var reportedCelsius: Double?
    /// Whether the gateway has taken this wish.
    public var isApplied: Bool
    /// The gateway's own, where it took the wish not, or not to the letter: `at most 24 °C here`.
    public var reason: String?

    public init(
        previous: DesiredTemperature, desired: DesiredTemperature, reportedCelsius: Double?, isApplied: Bool,
        reason: String? = nil
    ) {
        self.reason = reason
        self.previous = previous
        self.desired = desired
        self.reportedCelsius = reportedCelsius
        self.isApplied = isApplied
    }
}

public enum EnergyResolution: String, Sendable, CaseIterable {
    case quarterHour = "15min"
    case hour = "1hour"
    case day = "1day"
    case month = "1month"
}

public enum Subsystem: String, Sendable, CaseIterable {
    case ac
    case lighting
    case plugLoad = "plug_load"
}

public struct EnergyRequest: Sendable {
    public var resolution: EnergyResolution
    public var range: Range<Timestamp>
    /// Not empty.
    public var subsystems: [Subsystem]

    public init(resolution: EnergyResolution, range: Range<Timestamp>, subsystems: [Subsystem]) {
        self.resolution = resolution
        self.range = range
        self.subsystems = subsystems
    }
}

public struct EnergyAnswer: Sendable {
    /// kWh; `nil` where the subsystem has no data in the range.
    public var totals: [(subsystem: Subsystem, kilowattHours: Double?)]
    public var file: Attachment
    public var fileExpires: Timestamp
    public var coveragePercent: Double
    public var quality: Quality

    public init(
        totals: [(subsystem: Subsystem, kilowattHours: Double?)], file: Attachment, fileExpires: Timestamp,
        coveragePercent: Double, quality: Quality
    ) {
        self.totals = totals
        self.file = file
        self.fileExpires = fileExpires
        self.coveragePercent = coveragePercent
        self.quality = quality
    }
}

public struct BuildingListing: Sendable {
    public struct Floor: Sendable {
        public var name: String
        public var rooms: [Room]

        public init(name: String, rooms: [Room]) {
            self.name = name
            self.rooms = rooms
        }
    }

    public struct Room: Sendable {
        /// What tools take as `room`: `grand/room-101`.
        public var key: String
        public var name: String

        public init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    public var slug: String
    public var name: String
    public var floors: [Floor]

    public init(slug: String, name: String, floors: [Floor]) {
        self.slug = slug
        self.name = name
        self.floors = floors
    }
}
