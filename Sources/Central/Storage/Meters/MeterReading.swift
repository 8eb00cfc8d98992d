package import Building

/// The energy that a register of a smart meter counted in one interval.
package struct MeterReading: Hashable, Sendable {
    /// As the meter stamped the interval.
    package var time: Timestamp
    package var register: MeterRegister
    /// Of that interval alone, 0 or more, finite.
    package var kilowattHours: Double
    /// In the words of the source; `measured` where it is final.
    package var quality: String

    package init(time: Timestamp, register: MeterRegister, kilowattHours: Double, quality: String) {
        self.time = time
        self.register = register
        self.kilowattHours = kilowattHours
        self.quality = quality
    }

    /// The quality of a reading that an estimate no longer replaces.
    package static let measured = "measured"
    /// Bytes of the longest `quality`.
    package static let longestQuality = 64
}

/// What became of readings of a meter.
package struct MeterStoringOutcome: Hashable, Sendable {
    /// Those that were not there.
    package var added = 0
    /// Those that were there with another value or quality.
    package var corrected = 0
    /// Those that were there just so, or better: an estimate does not replace what was measured.
    package var unchanged = 0

    package init(added: Int = 0, corrected: Int = 0, unchanged: Int = 0) {
        self.added = added
        self.corrected = corrected
        self.unchanged = unchanged
    }

    package static func += (sum: inout MeterStoringOutcome, outcome: MeterStoringOutcome) {
        sum.added += outcome.added
        sum.corrected += outcome.corrected
        sum.unchanged += outcome.unchanged
    }
}

/// A meter that was loaded for one building before is asked for in another.
package struct ForeignMeterError: Error, Hashable, Sendable, CustomStringConvertible {
    package var muid: String
    /// The slug of the building that has it.
    package var owner: String

    package init(muid: String, owner: String) {
        self.muid = muid
        self.owner = owner
    }

    package var description: String {
        "The meter \(muid) belongs to the building “\(owner)”: name that one."
    }
}
