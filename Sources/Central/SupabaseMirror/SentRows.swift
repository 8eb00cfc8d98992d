internal import Storage

/// The rows that were sent and may be read again: while a transaction is running on the server, everything written
/// since it began counts as new.
struct SentRows {
    /// The transaction that wrote each sent row, by the hash of the row's key. A hash collision does no harm unless one
    /// transaction wrote both rows.
    private var writers: [Int: UInt32] = [:]

    /// The number of rows at which all are forgotten and sent again, to bound memory.
    private static let limit = 500_000

    func contains(_ row: ChangedLatest.Row) -> Bool { writers[row.id.hashValue] == row.writer }

    mutating func add(_ rows: [ChangedLatest.Row]) {
        if writers.count + rows.count > Self.limit { writers.removeAll() }
        for row in rows { writers[row.id.hashValue] = row.writer }
    }

    /// Forgets rows written before `mark`, which are not read again.
    mutating func forget(before mark: ChangeMark) {
        writers = writers.filter { mark.isBefore(rowOf: $0.value) }
    }
}
