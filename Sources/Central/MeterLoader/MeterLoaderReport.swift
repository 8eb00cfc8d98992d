public import Building

/// What the loader of this process has done since it began, for those who watch over it. Counters only grow.
public struct MeterLoaderReport: Hashable, Sendable {
    public struct Meter: Hashable, Sendable {
        public var muid: String
        /// When it was last loaded here; `nil` before the first time.
        public var lastSuccess: Timestamp?
        /// The newest reading that was loaded here.
        public var newestReading: Timestamp?
        /// Loads that failed since the last one that succeeded.
        public var failures = 0
    }

    /// Loads of one meter that came to their end.
    public var loadsSucceeded = 0
    /// Loads of one meter that did not; they are tried again.
    public var loadsFailed = 0
    public var readingsAdded = 0
    public var readingsCorrected = 0
    public var readingsUnchanged = 0
    /// Records that could not be read.
    public var recordsRefused = 0
    /// Those that are configured, in the order of the configuration.
    public var meters: [Meter]
}
