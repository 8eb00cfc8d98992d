/// A position in the order of a database's changes: everything committed by transactions before it has been seen.
///
/// Transactions get their numbers when they begin to write, and commit in any order. So the mark is the number of the
/// oldest transaction that was still running: a row written by it or a later one may be new, all others were seen. A
/// row that was seen may count as new, but never the other way round.
package struct ChangeMark: Hashable, Sendable, CustomStringConvertible {
    /// The database cluster: numbers of different clusters can't be compared.
    package var cluster: String
    /// The number of the oldest transaction that was running.
    package var transaction: UInt64

    /// Creates a mark.
    package init(cluster: String, transaction: UInt64) {
        self.cluster = cluster
        self.transaction = transaction
    }

    /// Parses a mark in the form of `description`; `nil` if `text` is not a valid mark.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 64, parts.count == 2, !parts[0].isEmpty,
            parts[0].utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 122) }),
            let transaction = UInt64(parts[1])
        else { return nil }
        self.init(cluster: String(parts[0]), transaction: transaction)
    }

    /// The mark as text: the cluster's name, a hyphen, and the transaction's number.
    package var description: String { "\(cluster)-\(transaction)" }

    /// Returns whether a row written by `writer` may be new since the mark.
    ///
    /// - Parameter writer: The row's `xmin`, which has the lower 32 bits of a transaction's number.
    package func isBefore(rowOf writer: UInt32) -> Bool {
        // Numbers below 3 stand for “long ago”. Others are compared modulo 2³², as PostgreSQL does.
        writer >= 3 && Int32(bitPattern: writer &- UInt32(truncatingIfNeeded: transaction)) >= 0
    }

    /// Returns whether the rows' 32 bits suffice to tell what changed between this mark and `present`.
    package func canBeResumed(at present: ChangeMark) -> Bool {
        cluster == present.cluster && transaction <= present.transaction
            && present.transaction - transaction < 1 << 30
    }
}
