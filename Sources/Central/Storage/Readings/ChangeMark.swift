/// A place in the order of a database's changes: everything that was committed by transactions before it has been seen.
///
/// Transactions get their numbers when they begin to write and commit in any order. So the mark is the number of the
/// oldest transaction that was still under way: a row that was written by it or a later one may be new, all others were
/// seen. What was seen may be taken for new, never the other way round.
package struct ChangeMark: Hashable, Sendable, CustomStringConvertible {
    /// The database cluster: numbers of different ones have nothing to do with each other.
    package var cluster: String
    package var transaction: UInt64

    package init(cluster: String, transaction: UInt64) {
        self.cluster = cluster
        self.transaction = transaction
    }

    /// As `description` writes it; `nil` where `text` is no such thing.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 64, parts.count == 2, !parts[0].isEmpty,
            parts[0].utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 122) }),
            let transaction = UInt64(parts[1])
        else { return nil }
        self.init(cluster: String(parts[0]), transaction: transaction)
    }

    package var description: String { "\(cluster)-\(transaction)" }

    /// Whether a row that `writer` wrote may be new since.
    ///
    /// - Parameter writer: the row's `xmin`, which has the lower 32 bits of a transaction's number.
    package func isBefore(rowOf writer: UInt32) -> Bool {
        // Numbers below 3 stand for “long ago”. The others are compared as PostgreSQL does, in a circle.
        writer >= 3 && Int32(bitPattern: writer &- UInt32(truncatingIfNeeded: transaction)) >= 0
    }

    /// Whether what changed between this mark and `present` can be told by the 32 bits of the rows.
    package func canBeResumed(at present: ChangeMark) -> Bool {
        cluster == present.cluster && transaction <= present.transaction
            && present.transaction - transaction < 1 << 30
    }
}
