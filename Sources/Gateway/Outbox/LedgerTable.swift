import Foundation
import GRDB

/// A small table that decides what is numbered, delivered and declared: every row is stored twice, with one checksum of
/// both, since a wrong number here would cost more than itself.
///
/// A row's columns are what SQL looks at, `copy` is their second writing. A row of which either is whole says what it
/// said; `mend(_:)` writes it anew.
struct LedgerTable: Sendable {
    let name: String
    /// The first is the row's key, a whole number.
    let columns: [String]
    /// Whether the store is damaged if a row is beyond reading in both writings; else the store does without that row.
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
    /// Without a run the readings go up with the times that they have, which nobody vouches for.
    static let unsetClock = LedgerTable(
        "unset_clock", ["first", "past", "boot", "offset_ms", "is_held"], isVital: false)
    /// Counts for people.
    static let rejection = LedgerTable("rejection", ["id", "reason", "count"], isVital: false)

    static let all = [store, tally, waiting, loss, incarnation, unsetClock, rejection]

    /// A row has to be written anew before anything is done with its table.
    struct NeedsMending: Error, CustomStringConvertible {
        var table: String
        var description: String { "a row of the table \(table) is damaged" }
    }

    /// Rows as they were written.
    ///
    /// - Parameters:
    ///   - selection: what follows the table's name.
    ///   - isFinal: whether a row of which one writing is damaged is read from the other: for a file that is not to be
    ///     written any more.
    /// - Throws: `NeedsMending` if one is damaged; with `isFinal`, `SQLITE_CORRUPT` if both writings are, of a vital row.
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
            guard !isVital else { throw StoredValues.damage("what the table \(name) holds") }
            return nil
        }
    }

    /// Writes a row, in the place of the one with its key.
    func write(_ values: [DatabaseValue], in database: Database) throws {
        let (checksum, copy) = LedgerRow.seal(values)
        let marks = repeatElement("?", count: columns.count + 2).joined(separator: ", ")
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO \(name) (\(columns.joined(separator: ", ")), checksum, copy) VALUES (\(marks))"
        ).execute(arguments: StatementArguments(values + [checksum.databaseValue, copy.databaseValue]))
    }

    /// A key that no row has.
    func nextKey(in database: Database) throws -> Int64 {
        let row = try Row.fetchOne(database, sql: "SELECT max(\(columns[0])) FROM \(name)")
        guard let row, let last = row.integer(0) else { return 1 }
        guard (0..<Outbox.highestNumber).contains(last) else { throw NeedsMending(table: name) }
        return last + 1
    }

    /// Reads all rows of all tables, and writes those anew of which one writing is damaged.
    ///
    /// - Throws: `SQLITE_CORRUPT` if a vital row is beyond reading.
    static func mend(_ database: Database) throws {
        for table in all { try table.mend(database) }
        try checkSum(database)
    }

    private func mend(_ database: Database) throws {
        do {
            _ = try rows(in: database)
        } catch is NeedsMending {
            let rows = try rows(isFinal: true, in: database)
            // A row's key may be what was wrong: what lies under it is unknown.
            try database.execute(sql: "DELETE FROM \(name)")
            for row in rows { try write(row.values, in: database) }
        }
    }

    /// A row that is gone, and left no gap that SQLite notices, leaves the sum of what waits.
    static func checkSum(_ database: Database, isFinal: Bool = false) throws {
        let waiting = try WaitingNumbers(database: database, isFinal: isFinal).all(atMost: .max)
        let tally = try Tally.read(database, isFinal: isFinal)
        guard waiting.total == tally.waiting, (waiting.last?.upperBound ?? 1) <= tally.nextNumber else {
            throw StoredValues.damage("\(waiting.total) numbers that wait, where \(tally.waiting) are counted,")
        }
    }
}

/// A row's columns, as they were written.
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

// MARK: The two writings

extension LedgerRow {
    /// The checksum of a row, and its second writing.
    static func seal(_ values: [DatabaseValue]) -> (checksum: Int64, copy: Data) {
        let copy = bytes(of: values)
        return (checksum(of: copy), copy)
    }

    fileprivate static func checksum(of bytes: Data) -> Int64 { bytes.withUnsafeBytes { CRC32C(of: $0).stored } }

    private enum Kind: UInt8 { case null, integer, real, text, blob }

    /// Each value as its kind, then eight bytes, the highest first, or a length in eight bytes and as many more.
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

    /// `nil` if they are not those of so many values.
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

/// A row as it lies in the file.
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

    /// What two of columns, copy and checksum agree about.
    func recovered(_ count: Int) -> [DatabaseValue]? {
        if columnsAreSound || bytes == copy { return values }
        return copyIsSound ? copy.flatMap { LedgerRow.values(in: $0, count: count) } : nil
    }
}
