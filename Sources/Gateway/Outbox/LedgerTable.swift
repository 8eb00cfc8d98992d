import Foundation
import GRDB

/// A small table that records what is numbered, delivered and declared. Every row is stored twice with one checksum for
/// both, since a wrong number here would do damage far beyond the row.
///
/// SQL looks at a row's columns; `copy` holds them a second time. If either is intact, the row can be recovered;
/// `mend(_:)` rewrites it.
struct LedgerTable: Sendable {
    let name: String
    /// The columns; the first is the row's key, a whole number.
    let columns: [String]
    /// A Boolean value that indicates whether the store is damaged if both copies of a row are unreadable; otherwise
    /// that row is left out.
    let isVital: Bool

    private init(_ name: String, _ columns: [String], isVital: Bool = true) {
        self.name = name
        self.columns = columns
        self.isVital = isVital
    }

    static let store = LedgerTable("store", ["rowid", "identity"])
    static let tally = LedgerTable(
        "tally", ["rowid", "next_number", "waiting", "delivered", "lost", "implausible", "redelivered"])
    static let waiting = LedgerTable("waiting", ["first", "past"])
    static let loss = LedgerTable("loss", ["id", "store", "first", "past", "reason"])
    static let incarnation = LedgerTable("incarnation", ["id", "identity"])
    /// The runs of readings taken with an unset clock. Without its run, a reading is uploaded with the time it has,
    /// which is not trusted.
    static let unsetClock = LedgerTable(
        "unset_clock", ["first", "past", "boot", "offset_ms", "is_held"], isVital: false)
    /// The counts of rejected messages; for information only.
    static let rejection = LedgerTable("rejection", ["id", "reason", "count"], isVital: false)

    static let all = [store, tally, waiting, loss, incarnation, unsetClock, rejection]

    /// The error thrown if a row must be rewritten before its table can be used.
    struct NeedsMending: Error, CustomStringConvertible {
        var table: String
        var description: String { "a row of the table \(table) is damaged" }
    }

    /// Returns the intact rows of a selection.
    ///
    /// - Parameters:
    ///   - selection: the SQL that follows the table's name.
    ///   - isFinal: whether a damaged row is recovered from its other copy without being rewritten, for a file that
    ///     must no longer be written.
    ///
    /// - Throws: `NeedsMending` if a row is damaged; with `isFinal`, `SQLITE_CORRUPT` if both copies of a vital row
    ///   are.
    func rows(
        _ selection: String = "", _ arguments: StatementArguments = [], isFinal: Bool = false, in database: Database
    ) throws -> [LedgerRow] {
        let names = columns.joined(separator: ", ")
        let statement = try database.cachedStatement(sql: "SELECT \(names), checksum, copy FROM \(name) " + selection)
        return try Row.fetchAll(statement, arguments: arguments).compactMap { row in
            let row = StoredLedgerRow(row)
            if row.isSound { return LedgerRow(row.values) }
            guard isFinal else { throw NeedsMending(table: name) }
            if let values = row.recovered(columns.count) { return LedgerRow(values) }
            guard !isVital else { throw StoredValues.damage("the contents of the table \(name)") }
            return nil
        }
    }

    /// Writes a row, replacing the one with the same key.
    func write(_ values: [DatabaseValue], in database: Database) throws {
        let (checksum, copy) = LedgerRow.seal(values)
        let marks = repeatElement("?", count: columns.count + 2).joined(separator: ", ")
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO \(name) (\(columns.joined(separator: ", ")), checksum, copy) VALUES (\(marks))"
        ).execute(arguments: StatementArguments(values + [checksum.databaseValue, copy.databaseValue]))
    }

    /// Returns a key that no row has.
    func nextKey(in database: Database) throws -> Int64 {
        let row = try Row.fetchOne(database, sql: "SELECT max(\(columns[0])) FROM \(name)")
        guard let row, let last = row.integer(0) else { return 1 }
        guard (0..<Outbox.highestNumber).contains(last) else { throw NeedsMending(table: name) }
        return last + 1
    }

    /// Reads all rows of all tables and rewrites those of which one copy is damaged.
    ///
    /// - Throws: `SQLITE_CORRUPT` if a vital row can't be recovered.
    static func mend(_ database: Database) throws {
        for table in all { try table.mend(database) }
        try checkSum(database)
    }

    private func mend(_ database: Database) throws {
        do {
            _ = try rows(in: database)
        } catch is NeedsMending {
            let rows = try rows(isFinal: true, in: database)
            // The row's key may be the damaged value, so the row can't be addressed by it.
            try database.execute(sql: "DELETE FROM \(name)")
            for row in rows { try write(row.values, in: database) }
        }
    }

    /// Verifies that the sum of the waiting ranges equals the tally. It detects a lost row that left no gap for SQLite
    /// to notice.
    static func checkSum(_ database: Database, isFinal: Bool = false) throws {
        let waiting = try WaitingNumbers(database: database, isFinal: isFinal).all(atMost: .max)
        let tally = try Tally.read(database, isFinal: isFinal)
        guard waiting.total == tally.waiting, (waiting.last?.upperBound ?? 1) <= tally.nextNumber else {
            throw StoredValues.damage("a sum of \(waiting.total) waiting numbers with a tally of \(tally.waiting)")
        }
    }
}

/// The columns of a ledger row, as they were written.
struct LedgerRow {
    let values: [DatabaseValue]

    init(_ values: [DatabaseValue]) { self.values = values }

    func integer(_ index: Int) -> Int64? { Int64.fromDatabaseValue(values[index]) }
    func text(_ index: Int) -> String? { String.fromDatabaseValue(values[index]) }
    func number(_ index: Int) throws -> Int64 { try StoredValues.number(values[index]) }
    func numbers(_ first: Int, _ past: Int) throws -> Range<Int64> {
        try StoredValues.numbers(values[first], values[past])
    }
}

// MARK: The two copies

extension LedgerRow {
    /// Returns the checksum of a row and its second copy.
    static func seal(_ values: [DatabaseValue]) -> (checksum: Int64, copy: Data) {
        let copy = bytes(of: values)
        return (checksum(of: copy), copy)
    }

    fileprivate static func checksum(of bytes: Data) -> Int64 { bytes.withUnsafeBytes { CRC32C(of: $0).stored } }

    private enum Kind: UInt8 { case null, integer, real, text, blob }

    /// Returns the values as bytes: each as its kind, then eight big-endian bytes, or a length in eight bytes and as
    /// many more.
    fileprivate static func bytes(of values: [DatabaseValue]) -> Data {
        var bytes = Data()
        func append(_ kind: Kind, _ word: UInt64, _ rest: some Sequence<UInt8>) {
            bytes.append(kind.rawValue)
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: rest)
        }
        for value in values {
            switch value.storage {
            case .null: append(.null, 0, [])
            case .int64(let number): append(.integer, UInt64(bitPattern: number), [])
            case .double(let number): append(.real, number.bitPattern, [])
            case .string(let text): append(.text, UInt64(text.utf8.count), text.utf8)
            case .blob(let data): append(.blob, UInt64(data.count), data)
            }
        }
        return bytes
    }

    /// Returns the values that the bytes contain; `nil` if they are not exactly `count` values.
    fileprivate static func values(in bytes: Data, count: Int) -> [DatabaseValue]? {
        var rest = bytes[...]
        func take(_ count: Int) -> Data? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        var values: [DatabaseValue] = []
        for _ in 0..<count {
            guard let kind = take(1)?.first.flatMap(Kind.init(rawValue:)),
                let word = take(8)?.reduce(UInt64(0), { $0 << 8 | UInt64($1) })
            else { return nil }
            switch kind {
            case .null: values.append(.null)
            case .integer: values.append(Int64(bitPattern: word).databaseValue)
            case .real: values.append(Double(bitPattern: word).databaseValue)
            case .text, .blob:
                guard let length = Int(exactly: word), let data = take(length) else { return nil }
                if kind == .blob {
                    values.append(Data(data).databaseValue)
                } else {
                    guard let text = String(validating: data, as: UTF8.self) else { return nil }
                    values.append(text.databaseValue)
                }
            }
        }
        return rest.isEmpty ? values : nil
    }
}

/// A row as it is stored in the file.
private struct StoredLedgerRow {
    let values: [DatabaseValue]
    private let bytes: Data
    private let checksum: Int64?
    private let copy: Data?

    init(_ row: Row) {
        let stored = Array(row.databaseValues)
        values = Array(stored.dropLast(2))
        bytes = LedgerRow.bytes(of: values)
        checksum = Int64.fromDatabaseValue(stored[stored.count - 2])
        copy = Data.fromDatabaseValue(stored[stored.count - 1])
    }

    private var columnsAreSound: Bool { LedgerRow.checksum(of: bytes) == checksum }
    private var copyIsSound: Bool { copy.map(LedgerRow.checksum) == checksum }

    var isSound: Bool { bytes == copy && columnsAreSound }

    /// Returns the values on which two of columns, copy and checksum agree; `nil` if no two do.
    func recovered(_ count: Int) -> [DatabaseValue]? {
        if columnsAreSound || bytes == copy { return values }
        return copyIsSound ? copy.flatMap { LedgerRow.values(in: $0, count: count) } : nil
    }
}
