internal import Storage

/// What was sent already although it may be read again: as long as some transaction on the server is under way, all
/// that was written since it began counts as new.
struct SentRows {
    /// Who wrote the row that was sent, by the hash of its name. Two names with one hash do no harm unless one
    /// transaction wrote both.
    private var writers: [Int: UInt32] = [:]

    /// Beyond this all is forgotten and sent again, so that memory stays bounded.
    private static let limit = 500_000

    func contains(_ row: ChangedLatest.Row) -> Bool { writers[row.id.hashValue] == row.writer }

    mutating func add(_ rows: [ChangedLatest.Row]) {
        if writers.count + rows.count > Self.limit { writers.removeAll() }
        for row in rows { writers[row.id.hashValue] = row.writer }
    }

    /// What was written before `mark` is not read again.
    mutating func forget(before mark: ChangeMark) {
        writers = writers.filter { mark.isBefore(rowOf: $0.value) }
    }
}
