import Foundation
import GRDB

/// Checks of stored values as they are read: a disk that flips bits must neither crash the process nor falsify its
/// sums. Impossible values throw `SQLITE_CORRUPT`, as damage that SQLite itself finds does.
enum StoredValues {
    /// Returns the error for an impossible value.
    static func damage(_ what: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "impossible value: \(what)")
    }

    /// Returns the one whole number that a statement yields; `nil` if it yields none, or NULL.
    static func number(
        _ database: Database, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> Int64? {
        // The value's type is checked first: asked for a number, SQLite returns 0 for any text.
        guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments), !row.databaseValue(0).isNull else {
            return nil
        }
        return try number(row.databaseValue(0))
    }

    /// Returns a count or a reading's number.
    static func number(_ value: DatabaseValue) throws -> Int64 {
        guard let number = Int64.fromDatabaseValue(value), Outbox.possibleNumbers.contains(number) else {
            throw damage("the number \(value)")
        }
        return number
    }

    /// Returns the range `[first, past)`, which must not be empty.
    static func numbers(_ first: DatabaseValue, _ past: DatabaseValue) throws -> Range<Int64> {
        let (first, past) = (try number(first), try number(past))
        guard first < past else { throw damage("the range [\(first), \(past))") }
        return first..<past
    }

    /// Returns the ranges; throws unless they ascend without overlap.
    static func ascending(_ ranges: [Range<Int64>]) throws -> [Range<Int64>] {
        for (one, next) in zip(ranges, ranges.dropFirst()) where one.upperBound > next.lowerBound {
            throw damage("overlapping ranges of numbers")
        }
        return ranges
    }
}

extension Outbox {
    /// The highest number: whole numbers up to here are exact in every program, also in JSON.
    static let highestNumber: Int64 = 1 << 53
    static let possibleNumbers = 0...highestNumber
}

extension Row {
    /// Returns a whole number; `nil` if the column holds something else.
    func integer(_ index: Int) -> Int64? { Int64.fromDatabaseValue(databaseValue(index)) }
    func text(_ index: Int) -> String? { String.fromDatabaseValue(databaseValue(index)) }
    func bytes(_ index: Int) -> Data? { Data.fromDatabaseValue(databaseValue(index)) }

    func databaseValue(_ index: Int) -> DatabaseValue { self[index] }
}
