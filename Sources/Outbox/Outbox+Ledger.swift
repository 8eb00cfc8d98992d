public import Building
public import Foundation
import GRDB

/// Why a reading had to go before the central service held it.
public enum LossReason: String, Sendable, Hashable, CaseIterable {
    /// The buffer had reached its cap.
    case bufferFull = "buffer_full"
    /// The store's file was damaged.
    case corrupt
    /// Somebody gave the readings up.
    case `operator`
}

/// Numbers whose readings had to go, to be declared centrally.
public struct Loss: Sendable, Hashable {
    /// What `settleLosses` takes.
    public var id: Int64
    public var store: StoreID
    public var numbers: Range<Int64>
    public var reason: LossReason
    /// Where the numbers end; `nil` where only the central service may know how many there were.
    public var end: Int64? { numbers.upperBound == .max ? nil : numbers.upperBound }
}

extension Outbox {
    /// The openings of this store since the last one that the central service knows, that one first, the present one
    /// last. By it the central service recognises a file that was copied, or restored from a backup.
    public func lineage() throws(OutboxError) -> [UUID] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT identity FROM incarnation ORDER BY id").compactMap {
                UUID(uuidString: $0)
            }
        }
    }

    /// The central service knows the present opening.
    public func settleLineage() throws(OutboxError) {
        try write("update") { database in
            try database.execute(sql: "DELETE FROM incarnation WHERE id < (SELECT max(id) FROM incarnation)")
        }
    }

    /// Losses that were not declared yet, the oldest first.
    public func losses(atMost limit: Int = WireLimits.lossesAtOnce) throws(OutboxError) -> [Loss] {
        try read { database in try Self.losses(of: store, atMost: limit, in: database) }
    }

    /// - Parameter own: the store that the losses are of where no other is named; `nil` leaves them out.
    static func losses(of own: StoreID?, atMost limit: Int = 100_000, in database: Database) throws -> [Loss] {
        try Row.fetchAll(
            database, sql: "SELECT id, store, first, past, reason FROM loss ORDER BY id LIMIT ?", arguments: [limit]
        ).compactMap { row in
            guard let id = row.integer(0), let reason = row.text(4).flatMap(LossReason.init(rawValue:)),
                let store = row.text(1).flatMap({ StoreID($0) }) ?? own,
                let first = row.integer(2), let past = row.integer(3), first >= 0, first < past,
                past <= highestNumber || past == .max
            else { return nil }
            return Loss(id: id, store: store, numbers: first..<past, reason: reason)
        }
    }

    /// The central service has taken these declarations. A loss that has grown meanwhile stays.
    public func settleLosses(_ losses: [Loss]) throws(OutboxError) {
        try write("update") { database in
            for loss in losses {
                try database.execute(
                    sql: "DELETE FROM loss WHERE id = ? AND past = ?", arguments: [loss.id, loss.numbers.upperBound])
            }
        }
    }

    /// The ranges of numbers that wait, the oldest first.
    public func waitingRanges(atMost limit: Int = WireLimits.waitingRanges) throws(OutboxError) -> [Range<Int64>] {
        try read { database in try WaitingNumbers(database: database).all(atMost: limit) }
    }
}
