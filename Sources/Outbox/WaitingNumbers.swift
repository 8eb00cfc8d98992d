import GRDB

/// The numbers that wait for the central service, as a table of ranges: few, however many numbers they hold.
struct WaitingNumbers {
    let database: Database

    /// Appends a range that begins where all numbers so far end.
    func append(_ numbers: Range<Int64>) throws {
        let extend = try database.cachedStatement(sql: "UPDATE waiting SET past = ?1 WHERE past = ?2")
        try extend.execute(arguments: [numbers.upperBound, numbers.lowerBound])
        if database.changesCount == 0 {
            try database.execute(
                sql: "INSERT INTO waiting VALUES (?, ?)", arguments: [numbers.lowerBound, numbers.upperBound])
        }
    }

    /// Takes numbers out; those that do not wait are no error.
    ///
    /// - Returns: those that waited, ascending.
    func remove(_ numbers: Range<Int64>) throws -> [Range<Int64>] {
        var removed: [Range<Int64>] = []
        for range in try overlapping(numbers) {
            removed.append(range.clamped(to: numbers))
            try database.execute(sql: "DELETE FROM waiting WHERE first = ?", arguments: [range.lowerBound])
            for rest in [
                range.lowerBound..<max(range.lowerBound, numbers.lowerBound),
                min(range.upperBound, numbers.upperBound)..<range.upperBound,
            ] where !rest.isEmpty {
                try database.execute(
                    sql: "INSERT INTO waiting VALUES (?, ?)", arguments: [rest.lowerBound, rest.upperBound])
            }
        }
        return removed
    }

    var oldest: Range<Int64>? {
        get throws { try ranges("ORDER BY first LIMIT 1").first }
    }

    var newest: Range<Int64>? {
        get throws { try ranges("ORDER BY first DESC LIMIT 1").first }
    }

    /// The oldest ranges, at most `limit` of them.
    func all(atMost limit: Int) throws -> [Range<Int64>] {
        try StoredValues.ascending(try ranges("ORDER BY first LIMIT ?", [limit]))
    }

    private func overlapping(_ numbers: Range<Int64>) throws -> [Range<Int64>] {
        try StoredValues.ascending(
            try ranges("WHERE first < ?1 AND past > ?2 ORDER BY first", [numbers.upperBound, numbers.lowerBound]))
    }

    private func ranges(_ selection: String, _ arguments: StatementArguments = []) throws -> [Range<Int64>] {
        let statement = try database.cachedStatement(sql: "SELECT first, past FROM waiting " + selection)
        return try Row.fetchAll(statement, arguments: arguments).map { try $0.numbers(0, 1) }
    }
}
