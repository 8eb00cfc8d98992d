public import Building

/// The energy that a register of a smart meter counted in one interval.
public struct MeterReading: Hashable, Sendable {
    /// As the meter stamped the interval.
    public var time: Timestamp
    public var register: MeterRegister
    /// Of that interval alone, 0 or more, finite.
    public var kilowattHours: Double
    /// In the words of the source; `measured` where it is final.
    public var quality: String

    public init(time: Timestamp, register: MeterRegister, kilowattHours: Double, quality: String) {
        self.time = time
        self.register = register
        self.kilowattHours = kilowattHours
        self.quality = quality
    }

    /// The quality of a reading that an estimate no longer replaces.
    public static let measured = "measured"
    /// Bytes of the longest `quality`.
    public static let longestQuality = 64
}

/// What became of readings of a meter.
public struct MeterStoringOutcome: Hashable, Sendable {
    /// Those that were not there.
    public var added = 0
    /// Those that were there with another value or quality.
    public var corrected = 0
    /// Those that were there just so, or better: an estimate does not replace what was measured.
    public var unchanged = 0

    public init(added: Int = 0, corrected: Int = 0, unchanged: Int = 0) {
        self.added = added
        self.corrected = corrected
        self.unchanged = unchanged
    }

    public static func += (sum: inout MeterStoringOutcome, outcome: MeterStoringOutcome) {
        sum.added += outcome.added
        sum.corrected += outcome.corrected
        sum.unchanged += outcome.unchanged
    }
}

/// A meter that was loaded for one building before is asked for in another.
public struct ForeignMeterError: Error, Hashable, Sendable, CustomStringConvertible {
    public var muid: String
    /// The slug of the building that has it.
    public var owner: String

    public init(muid: String, owner: String) {
        self.muid = muid
        self.owner = owner
    }

    public var description: String {
        "The meter \(muid) belongs to the building “\(owner)”: name that one."
    }
}
