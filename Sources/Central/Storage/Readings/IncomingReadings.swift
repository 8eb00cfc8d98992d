package import Building

/// A gap-free run of numbered readings from one gateway's store, as ingest hands it to the database.
package struct IncomingReadings: Sendable {
    package var store: StoreID
    /// The number of the first reading, 1 or more.
    package var firstNumber: Int64
    package var series: [SeriesKey]
    /// In the order of their numbers.
    package var rows: [Row]

    package struct Row: Sendable {
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

    /// - Parameter rows: their `seriesIndex` must be an index of `series`.
    package init(store: StoreID, firstNumber: Int64, series: [SeriesKey], rows: [Row]) {
        self.store = store
        self.firstNumber = firstNumber
        self.series = series
        self.rows = rows
    }

    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(rows.count)) }

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
package struct StoringOutcome: Hashable, Sendable {
    package var stored: Int
    package var repeated: Int
    package var quarantined: Int

    package init(stored: Int, repeated: Int, quarantined: Int = 0) {
        self.stored = stored
        self.repeated = repeated
        self.quarantined = quarantined
    }
}
