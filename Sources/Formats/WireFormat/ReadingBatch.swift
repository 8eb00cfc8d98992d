public import Building

/// A gap-free run of a store's numbered readings, as the gateway sends it up.
///
/// The row at index `i` has the number `firstNumber + i`, so that a batch is a range of numbers and nothing else needs
/// to be sent to tell one reading from another. Its bytes: `ReadingBatch+Encoding`.
public struct ReadingBatch: Hashable, Sendable {
    public var store: StoreID
    /// The number of the first row, 1 or more.
    public var firstNumber: Int64
    /// The series that `rows` refer to by their index here.
    public var series: [SeriesKey]
    /// In the order of their numbers. Never empty.
    public var rows: [Row]

    public init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    /// The numbers that the batch holds.
    public var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }

    public struct Row: Hashable, Sendable {
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

    /// The media type of an encoded batch.
    public static let mediaType = "application/vnd.hearth.readings"
}

/// The limits that a decoder holds a batch to, so that no body from outside can exhaust memory.
public struct BatchLimits: Sendable {
    /// Bytes as they come in, compressed.
    public var compressedBytes = WireLimits.batchBytes
    /// Bytes that they may unpack to.
    public var unpackedBytes = WireLimits.unpackedBatchBytes
    public var rows = WireLimits.batchRows
    public var series = WireLimits.batchSeries

    public init() {}
}

/// Why bytes are no batch. `description` says what is wrong and where.
public struct BatchDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
