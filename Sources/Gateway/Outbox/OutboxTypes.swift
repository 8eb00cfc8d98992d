package import Building
import GRDB

/// A run of stored readings without a gap in their numbers.
package struct NumberedReadings: Sendable, Hashable {
    package var store: StoreID
    package var firstNumber: Int64
    package var readings: [Reading]

    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(readings.count)) }
}

/// What a store holds and has held.
package struct OutboxTally: Sendable, Hashable {
    /// How many readings got a number, ever.
    package var numbered: Int64
    /// How many of them wait for the central service.
    package var waiting: Int64
    /// How many of them it holds.
    package var delivered: Int64
    /// How many had to go before it did.
    package var lost: Int64
    /// How many came from devices whose own time can't be right.
    package var implausible: Int64
    /// How many wait until the clock is set.
    package var heldForClock: Int64
    /// How many messages could not be read, by reason.
    package var rejections: [String: Int64]
    /// How many messages the broker delivered again that were stored before, and were left out.
    package var redelivered: Int64
    /// Bytes of the file that hold something.
    package var usedBytes: Int64
}

/// What went wrong with the store's file, and what to do about it.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        case diskFull, readOnly, noAccess, other
        /// What lies in the file is damaged, or can't be read from the disk, or was never a store.
        case damaged
    }

    package var kind: Kind
    package var description: String

    init(path: String, action: String, cause: any Error) {
        kind = Self.kind(of: cause)
        let remedy =
            switch kind {
            case .diskFull: "The disk is full. Free space; intake goes on by itself."
            case .readOnly: "The file or its disk is read-only. Remount it or mend its rights."
            case .damaged: "The file is damaged or no Hearth store. It is set aside, and a new one is made."
            case .noAccess: "Give the service's user the right to read and write it and its folder."
            case .other: "See the cause."
            }
        description = "could not \(action) the buffer \(path): \(cause). \(remedy)"
    }

    private static func kind(of cause: any Error) -> Kind {
        if isOfContent(cause) { return .damaged }
        guard let error = cause as? DatabaseError else { return .other }
        return switch error.resultCode {
        case .SQLITE_FULL: .diskFull
        case .SQLITE_READONLY: .readOnly
        case .SQLITE_CANTOPEN, .SQLITE_PERM: .noAccess
        default: .other
        }
    }

    /// Whether it is the file's content that can't be read, or not be used. All statements are fixed: where SQLite can make
    /// nothing of one, or it breaks a rule of a table, a bit of the tables' description or of a row is wrong.
    static func isOfContent(_ error: any Error) -> Bool {
        if error is RowDecodingError || error is LedgerTable.NeedsMending { return true }
        guard let error = error as? DatabaseError else { return false }
        let codes: [ResultCode] = [
            .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG,
        ]
        return codes.contains(error.resultCode) || isFailureToRead(error)
    }

    /// A bad sector, for one. What could not be written is another matter: it may be written later.
    static func isFailureToRead(_ error: DatabaseError) -> Bool {
        [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS].contains(error.extendedResultCode)
    }
}
