internal import Building
internal import Postgres

/// New rows whose series have their numbers: what can be written.
struct ResolvedRows {
    let rows: NewRows
    /// The number of each of the batch's series. Of a series of which there is no row here it may be anything.
    let numbers: [Int32]
    let names: [SeriesName]

    /// Writes the rows of all parts, with what is newest of them, and what they add to the rollups.
    static func store(_ parts: [ResolvedRows], now: Timestamp, on connection: Connection) throws {
        guard !parts.isEmpty else { return }
        try copy(parts, on: connection)
        try LatestReadings(parts, now: now).store(on: connection)
        try QuarterRollups(parts).store(on: connection)
    }

    /// The rows alone, in one `COPY`.
    static func copy(_ parts: [ResolvedRows], on connection: Connection) throws {
        try connection.copyIn(
            """
            COPY reading (time, number, series_id, quality, clock_trusted, received, text) FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for part in parts {
                for range in part.rows.indices {
                    for row in part.rows.readings.rows[range] {
                        try write(row, series: part.numbers[row.seriesIndex], with: writer)
                    }
                }
            }
        }
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
