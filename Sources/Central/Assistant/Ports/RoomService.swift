package import Building

/// What one room knows and can do, as far as one caller may. Whoever implements it has decided the rights: there is no
/// way from here to another room.
package protocol RoomService: Sendable {
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
    package var knownSince: Timestamp? { nil }

    /// The part of `range` that may be told of; empty where none is.
    func known(_ range: Range<Timestamp>) -> Range<Timestamp> {
        let start = min(max(knownSince ?? range.lowerBound, range.lowerBound), range.upperBound)
        return start..<range.upperBound
    }
}

/// What one building's meters know.
package protocol EnergyService: Sendable {
    var calendar: LocalCalendar { get }

    /// Makes the CSV file and a signed, expiring link to it.
    func energy(_ question: EnergyRequest) async throws -> EnergyAnswer
}

/// What operators may see: every building.
package protocol BuildingService: Sendable {
    func buildings() async throws -> [BuildingListing]
    /// - Parameter key: as `buildings` gives it, or a room's slug alone where only one building has it.
    /// - Returns: `nil` where there is no such room, or several.
    func room(_ key: String) async throws -> (any RoomService)?
    /// - Parameter building: its slug, or `nil` where there is only one.
    func energy(of building: String?) async throws -> (any EnergyService)?
}

package struct RoomLocation: Sendable {
    /// `room-101`
    package var slug: String
    /// `Room 101`
    package var name: String
    /// `Grand Hotel`
    package var building: String
    package var calendar: LocalCalendar

    package init(slug: String, name: String, building: String, calendar: LocalCalendar) {
        self.slug = slug
        self.name = name
        self.building = building
        self.calendar = calendar
    }
}

package struct RoomStatus: Sendable {
    /// The newest of each datapoint; where several devices give one, the one that speaks best for the room comes first.
    package var readings: [Reading]
    package var heating: Heating?
    package var desired: DesiredTemperature?
    /// How much of the last hour has data, 0...100.
    package var coveragePercent: Double

    package init(readings: [Reading], heating: Heating?, desired: DesiredTemperature?, coveragePercent: Double) {
        self.readings = readings
        self.heating = heating
        self.desired = desired
        self.coveragePercent = coveragePercent
    }

    package struct Reading: Sendable {
        package var datapoint: Datapoint
        package var value: ReadingValue
        package var time: Timestamp
        package var quality: Quality
        /// The device's name within the room.
        package var source: String

        package init(
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
    package struct Heating: Sendable {
        /// In force, °C.
        package var setpointCelsius: Double?
        /// 0...100
        package var valvePercent: Double?
        /// The control loop's own: `comfort`, `eco`, `window_open`…
        package var mode: String?
        /// The control loop's own: `closed: window open since 14:02`.
        package var reason: String?
        package var time: Timestamp

        package init(
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

package enum Statistic: String, Sendable, CaseIterable {
    /// Over time. Of `presence_state`: the share of the time that was occupied, in percent.
    case average
    case minimum
    case maximum
    case lastSeen = "last_seen"
}

package struct HistoryRequest: Sendable {
    package var datapoint: Datapoint
    package var statistic: Statistic
    package var range: Range<Timestamp>

    package init(datapoint: Datapoint, statistic: Statistic, range: Range<Timestamp>) {
        self.datapoint = datapoint
        self.statistic = statistic
        self.range = range
    }
}

package struct HistoryResult: Sendable {
    package var value: ReadingValue?
    /// When a minimum, maximum or last value was measured.
    package var time: Timestamp?
    package var samples: Int
    /// How much of the range has data, 0...100.
    package var coveragePercent: Double
    /// The worst of what counted.
    package var quality: Quality

    package init(value: ReadingValue?, time: Timestamp?, samples: Int, coveragePercent: Double, quality: Quality) {
        self.value = value
        self.time = time
        self.samples = samples
        self.coveragePercent = coveragePercent
        self.quality = quality
    }
}

package struct ComfortReport: Sendable {
    /// What counts as comfortable, °C.
    package var comfortCelsius: ClosedRange<Double>
    /// Of the time that has data, 0...100; `nil` without data.
    package var withinPercent: Double?
    package var averageCelsius: Double?
    package var minimumCelsius: Double?
    package var maximumCelsius: Double?
    /// Oldest first; the longest twenty are enough.
    package var discomforts: [Discomfort]
    package var coveragePercent: Double
    package var quality: Quality

    package init(
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

    package struct Discomfort: Sendable {
        package enum Kind: String, Sendable {
            case tooCold = "too_cold"
            case tooWarm = "too_warm"
        }

        package var kind: Kind
        package var range: Range<Timestamp>
        /// The farthest from comfort, °C.
        package var extremeCelsius: Double
        /// The control loop's own, as they followed one another.
        package var reasons: [String]

        package init(kind: Kind, range: Range<Timestamp>, extremeCelsius: Double, reasons: [String]) {
            self.kind = kind
            self.range = range
            self.extremeCelsius = extremeCelsius
            self.reasons = reasons
        }
    }
}

package struct DesiredTemperature: Sendable, Equatable {
    /// `nil`: no wish, the room follows its schedule.
    package var celsius: Double?
    /// `nil`: as long as the stay lasts.
    package var until: Timestamp?

    package init(celsius: Double?, until: Timestamp?) {
        self.celsius = celsius
        self.until = until
    }
}

package struct DesiredTemperatureOutcome: Sendable {
    /// What was wished before: setting it again undoes this one.
    package var previous: DesiredTemperature
    package var desired: DesiredTemperature
    /// The set-point that the gateway says is in force, °C; `nil` while it has not said.
    package var reportedCelsius: Double?
    /// Whether the gateway has taken this wish.
    package var isApplied: Bool
    /// The gateway's own, where it took the wish not, or not to the letter: `at most 24 °C here`.
    package var reason: String?

    package init(
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

package enum EnergyResolution: String, Sendable, CaseIterable {
    case quarterHour = "15min"
    case hour = "1hour"
    case day = "1day"
    case month = "1month"
}

package enum Subsystem: String, Sendable, CaseIterable {
    case ac
    case lighting
    case plugLoad = "plug_load"
}

package struct EnergyRequest: Sendable {
    package var resolution: EnergyResolution
    package var range: Range<Timestamp>
    /// Not empty.
    package var subsystems: [Subsystem]

    package init(resolution: EnergyResolution, range: Range<Timestamp>, subsystems: [Subsystem]) {
        self.resolution = resolution
        self.range = range
        self.subsystems = subsystems
    }
}

package struct EnergyAnswer: Sendable {
    /// kWh; `nil` where the subsystem has no data in the range.
    package var totals: [(subsystem: Subsystem, kilowattHours: Double?)]
    package var file: Attachment
    package var fileExpires: Timestamp
    package var coveragePercent: Double
    package var quality: Quality

    package init(
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

package struct BuildingListing: Sendable {
    package struct Floor: Sendable {
        package var name: String
        package var rooms: [Room]

        package init(name: String, rooms: [Room]) {
            self.name = name
            self.rooms = rooms
        }
    }

    package struct Room: Sendable {
        /// What tools take as `room`: `grand/room-101`.
        package var key: String
        package var name: String

        package init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    package var slug: String
    package var name: String
    package var floors: [Floor]

    package init(slug: String, name: String, floors: [Floor]) {
        self.slug = slug
        self.name = name
        self.floors = floors
    }
}
