import Building
import Foundation
import GRDB
import Glibc
import Synchronization

/// A small file beside the store with the highest number given so far, written after each commit and before anything is
/// acknowledged.
///
/// If a bit of SQLite's write-ahead log is wrong, SQLite silently treats the log as ended there and continues from an
/// earlier commit. Only a record outside the file can reveal that there was more. It is not synced to disk: after a
/// power failure it may lag behind, but it never runs ahead.
final class HighestNumber: Sendable {
    /// The contents of the file: the next number to be given, and the opening that wrote it.
    struct Mark: Equatable {
        var store: StoreID
        var incarnation: UUID
        var next: Int64
    }

    /// The size in bytes: two identities, a big-endian number, and the checksum of these.
    private static let size = 16 + 16 + 8 + 4

    private let descriptor: Int32
    private let identities: [UInt8]
    private let highest = Mutex<Int64>(0)

    /// Returns the path of the file beside a store.
    static func path(of store: String) -> String { store + ".highest" }

    /// Reads the mark; returns `nil` if there is none or it is not intact.
    static func read(beside path: String) -> Mark? {
        guard let data = FileManager.default.contents(atPath: Self.path(of: path)), data.count == size else {
            return nil
        }
        let bytes = [UInt8](data)
        let next = bytes[32..<40].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        // Numbers beyond this range are never written here.
        guard Outbox.possibleNumbers.contains(next), Array(bytes[40...]) == checksum(of: Array(bytes[..<40])) else {
            return nil
        }
        return Mark(store: StoreID(uuid: uuid(bytes[0..<16])), incarnation: uuid(bytes[16..<32]), next: next)
    }

    /// Opens or creates the file. Throws `POSIXError` if that fails.
    init(beside path: String, store: StoreID, incarnation: UUID) throws {
        let path = Self.path(of: path)
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        identities = Self.bytes(store.uuid) + Self.bytes(incarnation)
    }

    deinit { close(descriptor) }

    /// Writes the next number. A number not above the one written last changes nothing.
    ///
    /// - Parameter next: the number that the next reading gets.
    func note(next: Int64) throws {
        try highest.withLock { highest in
            guard next > highest else { return }
            var bytes = identities + (0..<8).map { UInt8(truncatingIfNeeded: next >> (56 - 8 * $0)) }
            bytes += Self.checksum(of: bytes)
            guard pwrite(descriptor, bytes, bytes.count, 0) == Self.size else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
            highest = next
        }
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] {
        let value = bytes.withUnsafeBytes { CRC32C(of: $0).value }
        return withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func uuid(_ bytes: ArraySlice<UInt8>) -> UUID {
        UUID(uuid: Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) })
    }

    private static func bytes(_ id: UUID) -> [UInt8] { withUnsafeBytes(of: id.uuid) { Array($0) } }
}

extension HighestNumber.Mark {
    /// Continues the numbering from the mark if the store has fallen back behind a commit, and declares the numbers in
    /// between lost: a number is never given twice.
    ///
    /// - Returns: the numbers that may be lost.
    func mend(_ store: StoreID, in database: Database) throws -> Range<Int64>? {
        guard self.store == store else { return nil }
        let present = try Tally.read(database).nextNumber
        guard present < next else { return nil }
        let gap = present..<next
        try Tally.change(in: database) { tally in
            tally.nextNumber = next
            tally.lost += Int64(gap.count)
        }
        try Loss.note(gap, .corrupt, of: nil, in: database)
        // The opening that is lost with them may be the one that the central service knows.
        let opening = incarnation.uuidString.lowercased()
        if try !LedgerTable.incarnation.rows(in: database).contains(where: { $0.text(1) == opening }) {
            try Outbox.noteOpening(opening, in: database)
        }
        return gap
    }
}
