internal import Building
internal import Postgres

/// New rows with the ids of their series, ready to be written.
struct ResolvedRows {
    let rows: NewRows
    /// The id of each of the batch's series. The id of a series without rows here is not used.
    let numbers: [Int32]
    let names: [SeriesName]

    /// Writes the rows of all parts, the newest of them as latest readings, and their changes to the rollups.
    static func store(_ parts: [ResolvedRows], now: Timestamp, on connection: Connection) throws {
        guard !parts.isEmpty else { return }
        try copy(parts, on: connection)
        try LatestReadings(parts, now: now).store(on: connection)
        try QuarterRollups(parts).store(on: connection)
    }

    /// Writes only the rows, in one `COPY`, grouped by series: their index entries are then adjacent, which halves the
    /// database's work for many rows, and a series is read from fewer pages.
    static func copy(_ parts: [ResolvedRows], on connection: Connection) throws {
        let places = places(of: parts)
        try connection.copyIn(
            """
            COPY reading (time, number, series_id, quality, clock_trusted, received, text) FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for place in places {
                try write(parts[place.part].rows.readings.rows[place.row], series: place.series, with: writer)
            }
        }
    }

    private struct Place {
        var series: Int32
        var part: Int
        var row: Int
    }

    /// Returns the rows ordered by series, each series in the order of arrival.
    private static func places(of parts: [ResolvedRows]) -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(parts.reduce(0) { $0 + $1.rows.indices.reduce(0) { $0 + $1.count } })
        for (index, part) in parts.enumerated() {
            for range in part.rows.indices {
                for row in range {
                    let series = part.numbers[part.rows.readings.rows[row].seriesIndex]
                    places.append(Place(series: series, part: index, row: row))
                }
            }
        }
        places.sort { ($0.series, $0.part, $0.row) < ($1.series, $1.part, $1.row) }
        return places
    }

    @inline(__always)
    private static func write(_ row: IncomingReadings.Row, series: Int32, with writer: CopyWriter) throws {
        try writer.row(fields: 7)
        try writer.timestamp(millisecondsSince1970: row.eventTime.storable.millisecondsSince1970)
        let (number, text) = row.value.columns
        if let number { try writer.double(number) } else { try writer.null() }
        try writer.int32(series)
        try writer.int16(Int16(row.quality.rawValue))
        try writer.bool(row.clockTrusted)
        if row.receivedTime == row.eventTime {
            try writer.null()
        } else {
            try writer.timestamp(millisecondsSince1970: row.receivedTime.storable.millisecondsSince1970)
        }
        if let text { try writer.text(text) } else { try writer.null() }
    }
}
