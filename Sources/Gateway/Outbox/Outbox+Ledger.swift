package import Building
package import Foundation
import GRDB

/// Why a reading had to go before the central service held it.
package enum LossReason: String, Sendable, Hashable, CaseIterable {
    /// The buffer had reached its cap.
    case bufferFull = "buffer_full"
    /// The store's file was damaged.
    case corrupt
    /// Somebody gave the readings up.
    case `operator`
}

/// Numbers whose readings had to go, to be declared centrally.
package struct Loss: Sendable, Hashable {
    /// What `settleLosses` takes.
    package var id: Int64
    package var store: StoreID
    package var numbers: Range<Int64>
    package var reason: LossReason
    /// Where the numbers end; `nil` where only the central service may know how many there were.
    package var end: Int64? { numbers.upperBound == .max ? nil : numbers.upperBound }
}

extension Outbox {
    /// The openings of this store since the last one that the central service knows, that one first, the present one
    /// last. By it the central service recognises a file that was copied, or restored from a backup.
    package func openingHistory() throws(OutboxError) -> [UUID] {
        try read { database in
            try LedgerTable.incarnation.rows("ORDER BY id", in: database).compactMap { row in
                row.text(1).flatMap { UUID(uuidString: $0) }
            }
        }
    }

    /// The central service knows the present opening.
    package func settleOpeningHistory() throws(OutboxError) {
        try write("update") { database in
            let openings = try LedgerTable.incarnation.rows("ORDER BY id", in: database)
            for opening in openings.dropLast() {
                try database.execute(sql: "DELETE FROM incarnation WHERE id = ?", arguments: [opening.values[0]])
            }
        }
    }

    /// Losses that were not declared yet, the oldest first.
    package func losses(atMost limit: Int = WireLimits.lossesAtOnce) throws(OutboxError) -> [Loss] {
        try read { database in try Self.losses(of: store, atMost: limit, in: database) }
    }

    /// - Parameter own: the store that the losses are of where no other is named; `nil` leaves them out.
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

    /// The central service has taken these declarations. A loss that has grown meanwhile stays.
    package func settleLosses(_ losses: [Loss]) throws(OutboxError) {
        try write("update") { database in
            for loss in losses {
                try database.execute(
                    sql: "DELETE FROM loss WHERE id = ? AND past = ?", arguments: [loss.id, loss.numbers.upperBound])
            }
        }
    }

    /// The ranges of numbers that wait, the oldest first.
    package func waitingRanges(atMost limit: Int = WireLimits.waitingRanges) throws(OutboxError) -> [Range<Int64>] {
        try read { database in
            try LedgerTable.checkSum(database)
            return try WaitingNumbers(database: database).all(atMost: limit)
        }
    }
}

extension Loss {
    /// Notes numbers of this store for declaration, with those that went before them for the same reason.
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

    /// - Parameter store: an earlier one; `nil`: this.
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
