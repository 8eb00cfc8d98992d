import GRDB

/// The running counts of a store, kept in one row so that nothing has to be counted.
struct Tally {
    /// The number that the next reading gets.
    var nextNumber: Int64
    var waiting: Int64
    var delivered: Int64
    var lost: Int64
    var implausible: Int64
    var redelivered: Int64
    private let key: DatabaseValue

    /// Reads the counts and checks them.
    static func read(_ database: Database, isFinal: Bool = false) throws -> Tally {
        let rows = try LedgerTable.tally.rows(isFinal: isFinal, in: database)
        guard rows.count == 1, let row = rows.first else { throw StoredValues.damage("a store without a tally") }
        let tally = Tally(
            nextNumber: try row.number(1), waiting: try row.number(2), delivered: try row.number(3),
            lost: try row.number(4), implausible: try row.number(5), redelivered: try row.number(6), key: row.values[0])
        guard tally.nextNumber >= 1 else { throw StoredValues.damage("a store without a next number") }
        return tally
    }

    /// Changes the counts within a transaction.
    @discardableResult
    static func change(in database: Database, _ change: (inout Tally) throws -> Void) throws -> Tally {
        var tally = try read(database)
        try change(&tally)
        let counts = [
            tally.nextNumber, tally.waiting, tally.delivered, tally.lost, tally.implausible, tally.redelivered,
        ]
        guard counts.allSatisfy(Outbox.possibleNumbers.contains) else {
            throw StoredValues.damage("the counts \(counts)")
        }
        try LedgerTable.tally.write([tally.key] + counts.map(\.databaseValue), in: database)
        return tally
    }
}
