package import Building

/// The work of this process's loader since its start, for monitoring. Counters only increase.
package struct MeterLoaderReport: Hashable, Sendable {
    /// The state of one meter.
    package struct Meter: Hashable, Sendable {
        /// The meter's name at its source.
        package var muid: String
        /// The time of its last load by this process; `nil` before the first.
        package var lastSuccess: Timestamp?
        /// The time of the newest reading loaded by this process; `nil` before the first.
        package var newestReading: Timestamp?
        /// The number of failed loads since the last successful one.
        package var failures = 0
    }

    /// The number of successful loads of single meters.
    package var loadsSucceeded = 0
    /// The number of failed loads of single meters, which are repeated.
    package var loadsFailed = 0
    /// The number of new readings stored.
    package var readingsAdded = 0
    /// The number of stored readings corrected.
    package var readingsCorrected = 0
    /// The number of readings that were stored before.
    package var readingsUnchanged = 0
    /// The number of records that could not be decoded.
    package var recordsRefused = 0
    /// The configured meters in the order of the configuration.
    package var meters: [Meter]
}
