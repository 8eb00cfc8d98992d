public import Building

/// A gap-free run of numbered readings from one gateway's store, as ingest hands it to the database.
public struct IncomingReadings: Sendable {
    public var store: StoreID
    /// The number of the first reading, 1 or more.
    public var firstNumber: Int64
    public var series: [SeriesKey]
    /// In the order of their numbers.
    public var rows: [Row]

    public struct Row: Sendable {
        /// An index of `series`.
        public var seriesIndex: Int
        public var eventTime: Timestamp
        public var receivedTime: Timestamp
        public var clockTrusted: Bool
        public var quality: Quality
        public var value: ReadingValue

        public init(
            seriesIndex: Int, eventTime: Timestamp, receivedTime: Timestamp, clockTrusted: Bool, quality: Quality,
            value: ReadingValue
        ) {
            self.seriesIndex = seriesIndex
            self.eventTime = eventTime
            self.receivedTime = receivedTime
            self.clockTrusted = clockTrusted
            self.quality = quality
            self.value = value
        }
    }

    /// - Parameter rows: their `seriesIndex` must be an index of `series`.
    public init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    public var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }
}

/// What became of them: stored now, or held since before and left out.
public struct StoringOutcome: Hashable, Sendable {
    public var stored: Int
    public var repeated: Int

    public init(stored: Int, repeated: Int) {
        self.stored = stored
        self.repeated = repeated
    }
}
