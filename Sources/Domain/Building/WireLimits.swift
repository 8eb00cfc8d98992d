/// How large what goes between a gateway and the central service may be: the one place for both sides, so that what one
/// of them makes the other takes. Texts are counted in bytes of UTF-8.
///
/// `docs/reference/limits.md` lists them with who keeps each.
package enum WireLimits {
    /// JSON's numbers are whole up to here in every program. Versions and numbers of readings stay below.
    package static let highestNumber: Int64 = 1 << 53

    // MARK: Texts

    /// A name or a sentence for people: who set something, why it is not as wanted, what a room is called.
    package static let shortText = ShortText.limit
    /// The last part of a device's id.
    package static let device = DeviceText.limit
    /// A reason for a rejected message, as counters name it.
    package static let rejectionReason = 64

    // MARK: Desired and reported state

    /// Set-points that somebody may ask for, °C.
    package static let setpointCelsius = 5.0...30
    /// Set-points that a guest may ask for, °C.
    package static let guestSetpointCelsius = 16.0...26
    /// How fast a battery or car may be told to charge or discharge, W. No home has a device of a gigawatt.
    package static let storageWatts = 0.0...1e9
    /// What one report of a building's state may name: more than a building has rooms.
    package static let reportedStates = 5000
    /// What a gateway puts into one report.
    package static let reportedStatesAtOnce = 1000
    /// The answer with the desired states, bytes.
    package static let desiredStatesBytes = 4 << 20

    // MARK: Stores

    /// Openings of a store that one registration may name.
    package static let openings = 10_000
    /// Openings that a gateway keeps for it, beside the one that is known and the present one.
    package static let openingsKept = 500
    /// Losses in one declaration.
    package static let losses = 10_000
    /// Losses that a gateway puts into one declaration.
    package static let lossesAtOnce = 500
    /// Reasons for rejected messages in one report.
    package static let rejectionReasons = 100
    /// Ranges of waiting numbers that a gateway puts into one report.
    package static let waitingRanges = 1000

    // MARK: Bodies

    /// An inventory, bytes.
    package static let inventoryBytes = 4 << 20
    /// Any other message in JSON, bytes.
    package static let messageBytes = 4 << 20
    /// A batch as it comes in, compressed, bytes.
    package static let batchBytes = 8 << 20
    /// A batch unpacked, bytes.
    package static let unpackedBatchBytes = 64 << 20
    /// Readings in a batch.
    package static let batchRows = 200_000
    /// Readings that a gateway puts into one batch.
    package static let batchRowsAtOnce = 10_000
    /// Series in a batch.
    package static let batchSeries = 50_000
}

/// A name or a sentence for people.
package typealias ShortText = BoundedText<200>
/// The last part of a device's id.
package typealias DeviceText = BoundedText<128>
