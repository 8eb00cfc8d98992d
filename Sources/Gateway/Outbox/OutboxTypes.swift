package import Building
import GRDB

/// A run of stored readings with consecutive numbers.
package struct NumberedReadings: Sendable, Hashable {
    /// The store that gave the numbers.
    package var store: StoreID
    /// The number of the first reading.
    package var firstNumber: Int64
    /// The readings, in the order of their numbers.
    package var readings: [Reading]

    /// The numbers of the readings.
    package var numbers: Range<Int64> { firstNumber..<(firstNumber + Int64(readings.count)) }
}

/// The counts of a store.
package struct OutboxTally: Sendable, Hashable {
    /// The number of readings numbered since the store was created.
    package var numbered: Int64
    /// The number of readings that wait for delivery.
    package var waiting: Int64
    /// The number of readings that the central service holds.
    package var delivered: Int64
    /// The number of readings that were dropped before they were delivered.
    package var lost: Int64
    /// The number of readings from devices that gave an implausible time.
    package var implausible: Int64
    /// The number of readings that are held back until the clock is set.
    package var heldForClock: Int64
    /// The number of messages that could not be decoded, by reason.
    package var rejections: [String: Int64]
    /// The number of redelivered messages that were left out because they were stored before.
    package var redelivered: Int64
    /// The used size of the file, in bytes.
    package var usedBytes: Int64
}

/// A failure of the store's file, with its remedy.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, which determines the remedy.
    package enum Kind: Sendable, Hashable {
        case diskFull, readOnly, noAccess, other
        /// The contents of the file are damaged, can't be read from the disk, or were never a store.
        case damaged
    }

    /// The kind of failure.
    package var kind: Kind
    /// The action, the path, the cause and the remedy, for operators.
    package var description: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - action: the verb that follows “could not”.
    ///   - cause: the underlying error, which determines the kind.
    init(path: String, action: String, cause: any Error) {
        kind = Self.kind(of: cause)
        let remedy =
            switch kind {
            case .diskFull: "The disk is full. Free space; intake then resumes by itself."
            case .readOnly: "The file or its disk is read-only. Remount it or correct its permissions."
            case .damaged: "The file is damaged or not a Hearth store. It is set aside and a new one is created."
            case .noAccess: "Give the service's user read and write permission for the file and its folder."
            case .other: "See the cause given above."
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

    /// Returns whether the file's contents can't be read or used. All statements are fixed: if SQLite can't compile
    /// one, or one violates a constraint, a bit of the schema or of a row is wrong.
    static func isOfContent(_ error: any Error) -> Bool {
        if error is RowDecodingError || error is LedgerTable.NeedsMending { return true }
        guard let error = error as? DatabaseError else { return false }
        let codes: [ResultCode] = [
            .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG,
        ]
        return codes.contains(error.resultCode) || isFailureToRead(error)
    }

    /// Returns whether a read failed, for example because of a bad sector. A failed write is different: it may succeed
    /// later.
    static func isFailureToRead(_ error: DatabaseError) -> Bool {
        [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS].contains(error.extendedResultCode)
    }
}
