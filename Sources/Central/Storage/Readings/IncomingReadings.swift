package import Building

/// A gap-free run of numbered readings from one gateway's store, as ingest passes it to the database.
package struct IncomingReadings: Sendable {
    /// The id of the store.
    package var store: StoreID
    /// The number of the first reading, at least 1.
    package var firstNumber: Int64
    /// The series of the rows.
    package var series: [SeriesKey]
    /// The readings in the order of their numbers.
    package var rows: [Row]

    /// A reading.
    package struct Row: Sendable {
        /// The index of its series in `series`.
        package var seriesIndex: Int
        /// The time of the measurement.
        package var eventTime: Timestamp
        /// The time at which the gateway received it.
        package var receivedTime: Timestamp
        /// A Boolean value that indicates whether the gateway's clock was trusted when it received the reading.
        package var clockTrusted: Bool
        /// The quality of the reading.
        package var quality: Quality
        /// The value in the datapoint's unit.
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

    /// Creates a run of readings.
    ///
    /// - Parameter rows: The readings; each `seriesIndex` must be an index of `series`.
    package init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    /// The numbers of the readings.
    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }

    /// Returns the rows at the indices, with only the series they use.
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

/// The outcome of a batch.
package struct StoringOutcome: Hashable, Sendable {
    /// The number of readings stored now.
    package var stored: Int
    /// The number of readings that were in the ledger before, and are skipped.
    package var repeated: Int
    /// The number of readings that the database refused, now in quarantine.
    package var quarantined: Int

    /// Creates an outcome.
    package init(stored: Int, repeated: Int, quarantined: Int = 0) {
        self.stored = stored
        self.repeated = repeated
        self.quarantined = quarantined
    }
}
