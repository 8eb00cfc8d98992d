import Foundation
import GRDB

/// What lies in the file is checked where it is read: a disk that changes bits must end neither the process nor its
/// sums. What can't be true throws `SQLITE_CORRUPT`, as what SQLite itself finds damaged.
enum StoredValues {
    static func damage(_ what: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(what) can't be true")
    }

    /// The one whole number that a statement gives; `nil` where it gives none, or NULL.
    static func number(
        _ database: Database, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> Int64? {
        // As a value first: asked for as a number, SQLite gives 0 for any text.
        guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments), !row.databaseValue(0).isNull else {
            return nil
        }
        return try number(row.databaseValue(0))
    }

    /// A count or a reading's number.
    static func number(_ value: DatabaseValue) throws -> Int64 {
        guard let number = Int64.fromDatabaseValue(value), Outbox.possibleNumbers.contains(number) else {
            throw damage("\(value) as a number")
        }
        return number
    }

    /// The numbers `[first, past)`, not empty.
    static func numbers(_ first: DatabaseValue, _ past: DatabaseValue) throws -> Range<Int64> {
        let (first, past) = (try number(first), try number(past))
        guard first < past else { throw damage("[\(first), \(past)) as a range of numbers") }
        return first..<past
    }

    /// Ranges must ascend and keep apart.
    static func ascending(_ ranges: [Range<Int64>]) throws -> [Range<Int64>] {
        for (one, next) in zip(ranges, ranges.dropFirst()) where one.upperBound > next.lowerBound {
            throw damage("ranges of numbers that overlap")
        }
        return ranges
    }
}

extension Outbox {
    /// Whole numbers up to here are the same in every program, also in JSON.
    static let highestNumber: Int64 = 1 << 53
    static let possibleNumbers = 0...highestNumber
}

extension Row {
    /// `nil` where the column holds something else.
    func integer(_ index: Int) -> Int64? { Int64.fromDatabaseValue(databaseValue(index)) }
    func text(_ index: Int) -> String? { String.fromDatabaseValue(databaseValue(index)) }
    func bytes(_ index: Int) -> Data? { Data.fromDatabaseValue(databaseValue(index)) }

    func databaseValue(_ index: Int) -> DatabaseValue { self[index] }
}
