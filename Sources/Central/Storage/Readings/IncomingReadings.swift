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

    /// The rows at these indices, and the series that they use.
    func part(_ indices: Range<Int>) -> IncomingReadings {
        var places: [Int: Int] = [:]
        var used: [SeriesKey] = []
        let rows = rows[indices].map { row in
            var row = row
            let place = places[row.seriesIndex] ?? used.count
            if place == used.count {
                places[row.seriesIndex] = place
                used.append(series[row.seriesIndex])
            }
            row.seriesIndex = place
            return row
        }
        return IncomingReadings(
            store: store, firstNumber: firstNumber + Int64(indices.lowerBound), series: used, rows: rows)
    }
}

/// What became of them: stored now, held since before and left out, or refused by the database and put into quarantine.
public struct StoringOutcome: Hashable, Sendable {
    public var stored: Int
    public var repeated: Int
    public var quarantined: Int

    public init(stored: Int, repeated: Int, quarantined: Int = 0) {
        self.stored = stored
        self.repeated = repeated
        self.quarantined = quarantined
    }
}
