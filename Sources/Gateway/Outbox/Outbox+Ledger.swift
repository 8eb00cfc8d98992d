package import Building
package import Foundation
import GRDB

/// The reason a reading was lost before the central service held it.
package enum LossReason: String, Sendable, Hashable, CaseIterable {
    /// The buffer had reached its size limit.
    case bufferFull = "buffer_full"
    /// The store's file was damaged.
    case corrupt
    /// An operator gave the readings up.
    case `operator`
}

/// A range of numbers whose readings were lost, to be declared to the central service.
package struct Loss: Sendable, Hashable {
    /// The row's key, by which `settleLosses` removes it.
    package var id: Int64
    /// The store that had given the numbers.
    package var store: StoreID
    /// The lost numbers; a range up to `Int64.max` has no known end.
    package var numbers: Range<Int64>
    /// The reason for the loss.
    package var reason: LossReason
    /// The end of the numbers; `nil` if only the central service may know how many there were.
    package var end: Int64? { numbers.upperBound == .max ? nil : numbers.upperBound }
}

extension Outbox {
    /// Returns the openings of this store, from the last one that the central service knows to the present one. They
    /// let the central service recognise a file that was copied or restored from a backup.
    package func openingHistory() throws(OutboxError) -> [UUID] {
        try read { database in
            try LedgerTable.incarnation.rows("ORDER BY id", in: database).compactMap { row in
                row.text(1).flatMap { UUID(uuidString: $0) }
            }
        }
    }

    /// Forgets earlier openings, now that the central service knows the present one.
    package func settleOpeningHistory() throws(OutboxError) {
        try write("update") { database in
            let openings = try LedgerTable.incarnation.rows("ORDER BY id", in: database)
            for opening in openings.dropLast() {
                try database.execute(sql: "DELETE FROM incarnation WHERE id = ?", arguments: [opening.values[0]])
            }
        }
    }

    /// Returns the losses that have not been declared yet, oldest first.
    package func losses(atMost limit: Int = WireLimits.lossesAtOnce) throws(OutboxError) -> [Loss] {
        try read { database in try Self.losses(of: store, atMost: limit, in: database) }
    }

    /// Returns the losses noted in a database.
    ///
    /// - Parameter own: the store to which losses without a named store belong; with `nil` these are left out.
    static func losses(
        of own: StoreID?, atMost limit: Int = 100_000, isFinal: Bool = false, in database: Database
    ) throws -> [Loss] {
        try LedgerTable.loss.rows("ORDER BY id LIMIT ?", [limit], isFinal: isFinal, in: database).compactMap { row in
            guard let id = row.integer(0), let reason = row.text(4).flatMap(LossReason.init(rawValue:)),
                let store = row.text(1).flatMap({ StoreID($0) }) ?? own,
                let first = row.integer(2), let past = row.integer(3), first >= 0, first < past,
                past <= highestNumber || past == .max
            else { return nil }
            return Loss(id: id, store: store, numbers: first..<past, reason: reason)
        }
    }

    /// Forgets losses that the central service has recorded. A loss that has grown meanwhile stays.
    package func settleLosses(_ losses: [Loss]) throws(OutboxError) {
        try write("update") { database in
            for loss in losses {
                try database.execute(
                    sql: "DELETE FROM loss WHERE id = ? AND past = ?", arguments: [loss.id, loss.numbers.upperBound])
            }
        }
    }

    /// Returns the ranges of waiting numbers, oldest first.
    package func waitingRanges(atMost limit: Int = WireLimits.waitingRanges) throws(OutboxError) -> [Range<Int64>] {
        try read { database in
            try LedgerTable.checkSum(database)
            return try WaitingNumbers(database: database).all(atMost: limit)
        }
    }
}

extension Loss {
    /// Notes numbers of this store for declaration, joined with a loss directly before them that has the same reason.
    static func note(_ numbers: Range<Int64>, _ reason: LossReason, in database: Database) throws {
        let before = try LedgerTable.loss.rows(
            "WHERE past = ? AND reason = ? AND store IS NULL LIMIT 1", [numbers.lowerBound, reason.rawValue],
            in: database
        ).first
        guard let before, let first = before.integer(2) else {
            return try note(numbers, reason, of: nil, in: database)
        }
        try write(id: before.values[0], first..<numbers.upperBound, reason, of: nil, in: database)
    }

    /// Notes numbers of a store for declaration.
    ///
    /// - Parameter store: an earlier store; `nil` for this one.
    static func note(
        _ numbers: Range<Int64>, _ reason: LossReason, of store: StoreID?, in database: Database
    ) throws {
        let id = try LedgerTable.loss.nextKey(in: database)
        try write(id: id.databaseValue, numbers, reason, of: store, in: database)
    }

    private static func write(
        id: DatabaseValue, _ numbers: Range<Int64>, _ reason: LossReason, of store: StoreID?, in database: Database
    ) throws {
        try LedgerTable.loss.write(
            [
                id, (store?.description).databaseValue, numbers.lowerBound.databaseValue,
                numbers.upperBound.databaseValue, reason.rawValue.databaseValue,
            ], in: database)
    }
}
