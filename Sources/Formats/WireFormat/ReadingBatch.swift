package import Building

/// A gap-free run of a store's numbered readings, as the gateway sends it up.
///
/// The row at index `i` has the number `firstNumber + i`, so that a batch is a range of numbers and nothing else needs
/// to be sent to tell one reading from another. Its bytes: `ReadingBatch+Encoding`.
package struct ReadingBatch: Hashable, Sendable {
    package var store: StoreID
    /// The number of the first row, 1 or more.
    package var firstNumber: Int64
    /// The series that `rows` refer to by their index here.
    package var series: [SeriesKey]
    /// In the order of their numbers. Never empty.
    package var rows: [Row]

    package init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    /// The numbers that the batch holds.
    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }

    package struct Row: Hashable, Sendable {
        /// An index of `series`.
        package var seriesIndex: Int
        package var eventTime: Timestamp
        package var receivedTime: Timestamp
        package var clockTrusted: Bool
        package var quality: Quality
        package var value: ReadingValue

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

/// The limits that a decoder holds a batch to, so that no body from outside can exhaust memory.
package struct BatchLimits: Sendable {
    /// Bytes as they come in, compressed.
    package var compressedBytes = WireLimits.batchBytes
    /// Bytes that they may unpack to.
    package var unpackedBytes = WireLimits.unpackedBatchBytes
    package var rows = WireLimits.batchRows
    package var series = WireLimits.batchSeries

    package init() {}
}

/// Why bytes are no batch. `description` says what is wrong and where.
package struct BatchDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
