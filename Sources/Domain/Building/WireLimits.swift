/// The size limits of messages between a gateway and the central service, in one place for both sides, so that each
/// accepts what the other sends. Texts are counted in bytes of UTF-8. The limits of set-points are `SetpointLimits`.
///
/// `docs/reference/limits.md` lists them with the side that enforces each.
package enum WireLimits {
    /// The highest version or reading number, 2^53. Up to there, every program reads JSON's numbers as whole.
    package static let highestNumber: Int64 = 1 << 53

    // MARK: Texts

    /// The maximum length of a name or a sentence for people (who set something, why a state is not as desired, a
    /// room's name), bytes.
    package static let shortText = ShortText.limit
    /// The maximum length of the last part of a device's id, bytes.
    package static let device = DeviceText.limit
    /// The maximum length of a reason for a rejected message, as counters name it, bytes.
    package static let rejectionReason = 64

    // MARK: Desired and reported state

    /// The power at which a battery or car may be told to charge or discharge, W. No home has a device of a gigawatt.
    package static let storageWatts = 0.0...1e9
    /// The maximum number of states in one report: more than a building has rooms.
    package static let reportedStates = 5000
    /// The number of states that a gateway puts into one report.
    package static let reportedStatesAtOnce = 1000
    /// The maximum size of the answer with the desired states, bytes.
    package static let desiredStatesBytes = 4 << 20

    // MARK: Stores

    /// The maximum number of openings of a store in one registration.
    package static let openings = 10_000
    /// The maximum number of openings that a gateway keeps for it, besides the known and the present one.
    package static let openingsKept = 500
    /// The maximum number of losses in one declaration.
    package static let losses = 10_000
    /// The number of losses that a gateway puts into one declaration.
    package static let lossesAtOnce = 500
    /// The maximum number of reasons for rejected messages in one report.
    package static let rejectionReasons = 100
    /// The number of ranges of waiting numbers that a gateway puts into one report.
    package static let waitingRanges = 1000

    // MARK: Bodies

    /// The maximum size of an inventory, bytes.
    package static let inventoryBytes = 4 << 20
    /// The maximum size of any other message in JSON, bytes.
    package static let messageBytes = 4 << 20
    /// The maximum size of a batch on the wire, compressed, bytes.
    package static let batchBytes = 8 << 20
    /// The maximum size of a decompressed batch, bytes.
    package static let unpackedBatchBytes = 64 << 20
    /// The maximum number of readings in a batch.
    package static let batchRows = 200_000
    /// The number of readings that a gateway puts into one batch.
    package static let batchRowsAtOnce = 10_000
    /// The maximum number of series in a batch.
    package static let batchSeries = 50_000
}

/// A name or a sentence for people, at most 200 bytes.
package typealias ShortText = BoundedText<200>
/// The last part of a device's id, at most 128 bytes.
package typealias DeviceText = BoundedText<128>
