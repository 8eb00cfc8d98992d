import GRDB

/// The numbers that wait for delivery, as a table of ranges: few, however many numbers they cover.
struct WaitingNumbers {
    let database: Database
    /// A Boolean value that indicates whether the file must no longer be written.
    var isFinal = false

    /// Appends a range that begins where all numbers so far end.
    func append(_ numbers: Range<Int64>) throws {
        guard let last = try newest, last.upperBound >= numbers.lowerBound else { return try write(numbers) }
        guard last.upperBound == numbers.lowerBound else {
            throw StoredValues.damage("new numbers \(numbers) while \(last) are waiting")
        }
        try write(last.lowerBound..<numbers.upperBound)
    }

    /// Removes numbers; those that do not wait are ignored.
    ///
    /// - Returns: the numbers that were waiting, in ascending order.
    func remove(_ numbers: Range<Int64>) throws -> [Range<Int64>] {
        var removed: [Range<Int64>] = []
        for range in try overlapping(numbers) {
            removed.append(range.clamped(to: numbers))
            try database.execute(sql: "DELETE FROM waiting WHERE first = ?", arguments: [range.lowerBound])
            for rest in [
                range.lowerBound..<max(range.lowerBound, numbers.lowerBound),
                min(range.upperBound, numbers.upperBound)..<range.upperBound,
            ] where !rest.isEmpty {
                try write(rest)
            }
        }
        return removed
    }

    /// The oldest range; `nil` if nothing waits.
    var oldest: Range<Int64>? {
        get throws { try ranges("ORDER BY first LIMIT 1").first }
    }

    /// The newest range; `nil` if nothing waits.
    var newest: Range<Int64>? {
        get throws { try ranges("ORDER BY first DESC LIMIT 1").first }
    }

    /// Returns the oldest ranges, at most `limit` of them.
    func all(atMost limit: Int) throws -> [Range<Int64>] {
        try StoredValues.ascending(try ranges("ORDER BY first LIMIT ?", [limit]))
    }

    /// Returns the ranges that overlap `numbers`. They are read one by one from the end, so that each is checked before
    /// its bounds decide anything.
    func overlapping(_ numbers: Range<Int64>) throws -> [Range<Int64>] {
        var found: [Range<Int64>] = []
        var end = numbers.upperBound
        while let range = try ranges("WHERE first < ? ORDER BY first DESC LIMIT 1", [end]).first,
            range.upperBound > numbers.lowerBound
        {
            found.append(range)
            end = range.lowerBound
        }
        return try StoredValues.ascending(found.reversed())
    }

    private func ranges(_ selection: String, _ arguments: StatementArguments = []) throws -> [Range<Int64>] {
        try LedgerTable.waiting.rows(selection, arguments, isFinal: isFinal, in: database).map { try $0.numbers(0, 1) }
    }

    private func write(_ range: Range<Int64>) throws {
        try LedgerTable.waiting.write([range.lowerBound.databaseValue, range.upperBound.databaseValue], in: database)
    }
}
