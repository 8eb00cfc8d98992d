package import Building

/// A gap-free run of a store's numbered readings, as the gateway uploads it.
///
/// The row at index `i` has the number `firstNumber + i`, so that a batch is a range of numbers and nothing else needs
/// to be sent to identify a reading. For its encoding see `ReadingBatch+Encoding`.
package struct ReadingBatch: Hashable, Sendable {
    /// The store that numbered the readings.
    package var store: StoreID
    /// The number of the first row, 1 or more.
    package var firstNumber: Int64
    /// The series to which `rows` refer by index.
    package var series: [SeriesKey]
    /// The readings in the order of their numbers. Never empty.
    package var rows: [Row]

    /// Creates a batch, without checking it.
    package init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    /// The numbers of the readings in the batch.
    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }

    /// One reading of a batch.
    package struct Row: Hashable, Sendable {
        /// The index of its series in `ReadingBatch.series`.
        package var seriesIndex: Int
        /// The time of measurement.
        package var eventTime: Timestamp
        /// The gateway's clock at the time of receipt.
        package var receivedTime: Timestamp
        /// A Boolean value that indicates whether the gateway's clock was trusted at the time of receipt.
        package var clockTrusted: Bool
        /// The degree to which the value can be trusted.
        package var quality: Quality
        /// The measured value.
        package var value: ReadingValue

        /// Creates a row.
        package init(
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
    package static let mediaType = "application/vnd.hearth.readings"
}

/// The limits that a decoder enforces, so that no body from outside can exhaust memory.
package struct BatchLimits: Sendable {
    /// The maximum size on the wire, compressed, bytes.
    package var compressedBytes = WireLimits.batchBytes
    /// The maximum size after decompression, bytes.
    package var unpackedBytes = WireLimits.unpackedBatchBytes
    /// The maximum number of readings.
    package var rows = WireLimits.batchRows
    /// The maximum number of series.
    package var series = WireLimits.batchSeries

    /// Creates the limits of `WireLimits`.
    package init() {}
}

/// The reason bytes are not a valid batch.
package struct BatchDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem and its place, for people.
    package var description: String

    /// Creates an error.
    package init(_ description: String) { self.description = description }
}
