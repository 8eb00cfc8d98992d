package import Building
package import CivilTime

/// The data and controls of one room, as far as one caller has access. Its implementation enforces the access rights:
/// it gives no way to another room.
package protocol RoomService: Sendable {
    /// The room and its building.
    var place: RoomLocation { get }
    /// The range of set-points the caller may set, °C.
    var celsiusLimits: ClosedRange<Double> { get }
    /// The start of the range the caller has access to, such as a guest's stay; `nil` if it is unlimited.
    var knownSince: Timestamp? { get }

    /// Returns the latest readings, the heating and the desired set-point.
    func status() async throws -> RoomStatus
    /// Returns one statistic of a datapoint in a range.
    ///
    /// - Returns: A result whose `value` is `nil` if there is no reading in the range.
    func history(_ question: HistoryRequest) async throws -> HistoryResult
    /// Returns the comfort in a range, and the times of discomfort.
    func comfort(_ range: Range<Timestamp>) async throws -> ComfortReport
    /// Stores the desired set-point for the gateway, and waits briefly for its answer.
    func setDesired(_ desired: DesiredTemperature) async throws -> DesiredTemperatureOutcome
}

extension RoomService {
    /// Unlimited access, the default.
    package var knownSince: Timestamp? { nil }

    /// Returns the part of `range` that the caller has access to; empty if there is none.
    func known(_ range: Range<Timestamp>) -> Range<Timestamp> {
        let start = min(max(knownSince ?? range.lowerBound, range.lowerBound), range.upperBound)
        return start..<range.upperBound
    }
}

/// The energy of one building.
package protocol EnergyService: Sendable {
    /// The local calendar of the building.
    var calendar: LocalCalendar { get }

    /// Returns the energy of a range, with a CSV file and a signed link to it, which expires.
    func energy(_ question: EnergyRequest) async throws -> EnergyAnswer
}

/// All buildings, for operators.
package protocol BuildingService: Sendable {
    /// Returns all buildings with their floors and rooms.
    func buildings() async throws -> [BuildingListing]
    /// Returns a room.
    ///
    /// - Parameter key: A key from `buildings`, or a room's slug if only one building has it.
    /// - Returns: `nil` if there is no such room, or more than one.
    func room(_ key: String) async throws -> (any RoomService)?
    /// Returns the energy of a building; `nil` if there is no such building.
    ///
    /// - Parameter building: The building's slug; `nil` if there is only one.
    func energy(of building: String?) async throws -> (any EnergyService)?
}

/// A room and its place.
package struct RoomLocation: Sendable {
    /// The slug: `room-101`.
    package var slug: String
    /// The name for people: `Room 101`.
    package var name: String
    /// The building's name for people: `Grand Hotel`.
    package var building: String
    /// The local calendar of the building.
    package var calendar: LocalCalendar

    /// Creates a location.
    package init(slug: String, name: String, building: String, calendar: LocalCalendar) {
        self.slug = slug
        self.name = name
        self.building = building
        self.calendar = calendar
    }
}

/// The current state of a room.
package struct RoomStatus: Sendable {
    /// The latest reading of each datapoint and device. If several devices have a datapoint, the one most
    /// representative of the room comes first.
    package var readings: [Reading]
    /// The state of the heating; `nil` if neither a control loop nor a valve has reported.
    package var heating: Heating?
    /// The desired set-point; `nil` if there is none.
    package var desired: DesiredTemperature?
    /// The share of the last hour that has data, 0…100 %.
    package var coveragePercent: Double

    /// Creates a status.
    package init(readings: [Reading], heating: Heating?, desired: DesiredTemperature?, coveragePercent: Double) {
        self.readings = readings
        self.heating = heating
        self.desired = desired
        self.coveragePercent = coveragePercent
    }

    /// A latest reading.
    package struct Reading: Sendable {
        /// The datapoint.
        package var datapoint: Datapoint
        /// The value in the datapoint's unit.
        package var value: ReadingValue
        /// The time of the measurement.
        package var time: Timestamp
        /// The quality of the reading.
        package var quality: Quality
        /// The device's name within the room.
        package var source: String

        /// Creates a reading.
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

    /// The latest report of the control loop.
    package struct Heating: Sendable {
        /// The set-point in force, °C.
        package var setpointCelsius: Double?
        /// The valve's opening, 0…100 %.
        package var valvePercent: Double?
        /// The control loop's mode: `comfort`, `eco`, `window_open`…
        package var mode: String?
        /// The control loop's reason, as stored: the text of a `ControlReason`, or any other text.
        package var reason: String?
        /// The time of the report.
        package var time: Timestamp

        /// Creates a report.
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

/// A statistic of a datapoint over a range.
package enum Statistic: String, Sendable, CaseIterable {
    /// The mean over time. For `presence_state` it is the share of time the room was occupied, in percent.
    case average
    case minimum
    case maximum
    /// The last value in the range.
    case lastSeen = "last_seen"
}

/// The parameters of a history query.
package struct HistoryRequest: Sendable {
    /// The datapoint.
    package var datapoint: Datapoint
    /// The statistic.
    package var statistic: Statistic
    /// The range of time.
    package var range: Range<Timestamp>

    /// Creates a request.
    package init(datapoint: Datapoint, statistic: Statistic, range: Range<Timestamp>) {
        self.datapoint = datapoint
        self.statistic = statistic
        self.range = range
    }
}

/// The result of a history query.
package struct HistoryResult: Sendable {
    /// The value in the datapoint's unit; `nil` if there is no reading.
    package var value: ReadingValue?
    /// The time of a minimum, maximum or last value; `nil` for an average.
    package var time: Timestamp?
    /// The number of readings.
    package var samples: Int
    /// The share of the range that has data, 0…100 %.
    package var coveragePercent: Double
    /// The worst quality of the readings.
    package var quality: Quality

    /// Creates a result.
    package init(value: ReadingValue?, time: Timestamp?, samples: Int, coveragePercent: Double, quality: Quality) {
        self.value = value
        self.time = time
        self.samples = samples
        self.coveragePercent = coveragePercent
        self.quality = quality
    }
}

/// The comfort of a room in a range.
package struct ComfortReport: Sendable {
    /// The comfortable range, °C.
    package var comfortCelsius: ClosedRange<Double>
    /// The share of the time with data that was comfortable, 0…100 %; `nil` without data.
    package var withinPercent: Double?
    /// The mean temperature, °C; `nil` without data.
    package var averageCelsius: Double?
    /// The lowest temperature, °C; `nil` without data.
    package var minimumCelsius: Double?
    /// The highest temperature, °C; `nil` without data.
    package var maximumCelsius: Double?
    /// The longest times of discomfort, at most twenty, oldest first.
    package var discomforts: [Discomfort]
    /// The share of the range that has data, 0…100 %.
    package var coveragePercent: Double
    /// The worst quality of the readings.
    package var quality: Quality

    /// Creates a report.
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

    /// A time of discomfort.
    package struct Discomfort: Sendable {
        /// The kind of discomfort.
        package enum Kind: String, Sendable {
            case tooCold = "too_cold"
            case tooWarm = "too_warm"
        }

        /// The kind of discomfort.
        package var kind: Kind
        /// The range of time.
        package var range: Range<Timestamp>
        /// The temperature furthest from the comfortable range, °C.
        package var extremeCelsius: Double
        /// The control loop's reasons as stored, in order.
        package var reasons: [String]

        /// Creates a time of discomfort.
        package init(kind: Kind, range: Range<Timestamp>, extremeCelsius: Double, reasons: [String]) {
            self.kind = kind
            self.range = range
            self.extremeCelsius = extremeCelsius
            self.reasons = reasons
        }
    }
}

/// A desired set-point.
package struct DesiredTemperature: Sendable, Equatable {
    /// The temperature, °C; `nil` if there is no desired state and the room follows its schedule.
    package var celsius: Double?
    /// The time at which it ends; `nil` for the whole stay.
    package var until: Timestamp?

    /// Creates a desired set-point.
    package init(celsius: Double?, until: Timestamp?) {
        self.celsius = celsius
        self.until = until
    }
}

/// The outcome of setting the desired set-point.
package struct DesiredTemperatureOutcome: Sendable {
    /// The previous desired set-point: setting it again undoes the change.
    package var previous: DesiredTemperature
    /// The desired set-point as stored.
    package var desired: DesiredTemperature
    /// The set-point in force, as the gateway reports it, °C; `nil` if it has not answered.
    package var reportedCelsius: Double?
    /// A Boolean value that indicates whether the gateway has accepted the desired set-point.
    package var isApplied: Bool
    /// The gateway's reason for rejecting or clamping it, as stored: `at_most celsius=24`.
    package var reason: String?

    /// Creates an outcome.
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

/// The parameters of an energy query.
package struct EnergyRequest: Sendable {
    /// The length of a row.
    package var resolution: EnergyResolution
    /// The range of time.
    package var range: Range<Timestamp>
    /// The subsystems, at least one.
    package var subsystems: [Subsystem]

    /// Creates a request.
    package init(resolution: EnergyResolution, range: Range<Timestamp>, subsystems: [Subsystem]) {
        self.resolution = resolution
        self.range = range
        self.subsystems = subsystems
    }
}

/// The energy of a building, with its file.
package struct EnergyAnswer: Sendable {
    /// The energy of each subsystem, kWh; `nil` if the subsystem has no data in the range.
    package var totals: [(subsystem: Subsystem, kilowattHours: Double?)]
    /// The CSV file.
    package var file: Attachment
    /// The time at which the link expires.
    package var fileExpires: Timestamp
    /// The share of the range that has data, 0…100 %.
    package var coveragePercent: Double
    /// The worst quality of the readings.
    package var quality: Quality

    /// Creates an answer.
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

/// A building with its floors and rooms.
package struct BuildingListing: Sendable {
    /// A floor with its rooms.
    package struct Floor: Sendable {
        /// The floor's name for people.
        package var name: String
        /// The rooms of the floor.
        package var rooms: [Room]

        /// Creates a floor.
        package init(name: String, rooms: [Room]) {
            self.name = name
            self.rooms = rooms
        }
    }

    /// A room in a listing.
    package struct Room: Sendable {
        /// The key that tools take as `room`: `grand/room-101`.
        package var key: String
        /// The room's name for people.
        package var name: String

        /// Creates a room.
        package init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    /// The building's slug.
    package var slug: String
    /// The building's name for people.
    package var name: String
    /// The floors, from the lowest.
    package var floors: [Floor]

    /// Creates a listing.
    package init(slug: String, name: String, floors: [Floor]) {
        self.slug = slug
        self.name = name
        self.floors = floors
    }
}
