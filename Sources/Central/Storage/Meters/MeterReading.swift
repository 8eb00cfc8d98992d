package import Building

/// The energy counted by a register of a smart meter in one interval.
package struct MeterReading: Hashable, Sendable {
    /// The time that the meter gave to the interval.
    package var time: Timestamp
    /// The OBIS code of the register.
    package var register: MeterRegister
    /// The energy of this interval alone, kWh, finite and at least 0.
    package var kilowattHours: Double
    /// The quality in the source's terms; `measured` if it is final.
    package var quality: String

    /// Creates a reading.
    package init(time: Timestamp, register: MeterRegister, kilowattHours: Double, quality: String) {
        self.time = time
        self.register = register
        self.kilowattHours = kilowattHours
        self.quality = quality
    }

    /// The quality of a final reading, which an estimate does not replace.
    package static let measured = "measured"
    /// The largest length of `quality` in bytes.
    package static let longestQuality = 64
}

/// The outcome of storing a meter's readings.
package struct MeterStoringOutcome: Hashable, Sendable {
    /// The number of new readings.
    package var added = 0
    /// The number of readings that replaced one with another value or quality.
    package var corrected = 0
    /// The number of readings that were stored before, or that a final reading takes precedence over.
    package var unchanged = 0

    /// Creates an outcome; by default nothing was stored.
    package init(added: Int = 0, corrected: Int = 0, unchanged: Int = 0) {
        self.added = added
        self.corrected = corrected
        self.unchanged = unchanged
    }

    /// Adds the counts of another outcome.
    package static func += (sum: inout MeterStoringOutcome, outcome: MeterStoringOutcome) {
        sum.added += outcome.added
        sum.corrected += outcome.corrected
        sum.unchanged += outcome.unchanged
    }
}

/// The error of a meter that was loaded for another building before.
package struct ForeignMeterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The meter's name at its source.
    package var muid: String
    /// The slug of the meter's building.
    package var owner: String

    /// Creates an error.
    package init(muid: String, owner: String) {
        self.muid = muid
        self.owner = owner
    }

    /// The error and the remedy, for people.
    package var description: String {
        "The meter \(muid) belongs to the building “\(owner)”: specify that one."
    }
}
