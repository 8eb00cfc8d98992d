package import Building

/// What the loader of this process has done since it began, for those who watch over it. Counters only grow.
package struct MeterLoaderReport: Hashable, Sendable {
    package struct Meter: Hashable, Sendable {
        package var muid: String
        /// When it was last loaded here; `nil` before the first time.
        package var lastSuccess: Timestamp?
        /// The newest reading that was loaded here.
        package var newestReading: Timestamp?
        /// Loads that failed since the last one that succeeded.
        package var failures = 0
    }

    /// Loads of one meter that came to their end.
    package var loadsSucceeded = 0
    /// Loads of one meter that did not; they are tried again.
    package var loadsFailed = 0
    package var readingsAdded = 0
    package var readingsCorrected = 0
    package var readingsUnchanged = 0
    /// Records that could not be read.
    package var recordsRefused = 0
    /// Those that are configured, in the order of the configuration.
    package var meters: [Meter]
}
