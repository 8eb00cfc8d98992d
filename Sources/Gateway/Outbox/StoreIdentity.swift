import Building
import Foundation
import GRDB
import Glibc

/// The identity of a store in a small file beside it, for a successor in case the store itself is too damaged to be
/// read.
struct StoreIdentity: Codable, Equatable {
    /// The store's id, as text.
    var store: String
    /// The number of readings numbered when this was written; there may be more by now.
    var numbered: Int64
    /// The path to which the damaged store was moved, until its successor has noted what was lost with it.
    var setAside: String?
    /// The checksum of the other members in hexadecimal digits; `nil` in a file of an earlier version.
    private var checksum: String?

    /// Returns the path of the file beside a store.
    static func path(of store: String) -> String { store + ".identity" }

    /// Reads the file; returns `nil` if there is none or its contents are invalid.
    init?(beside path: String) {
        guard let data = FileManager.default.contents(atPath: Self.path(of: path)),
            let identity = try? JSONDecoder().decode(Self.self, from: data), StoreID(identity.store) != nil,
            (0..<Outbox.highestNumber).contains(identity.numbered),
            identity.checksum == nil || identity.checksum == identity.sum
        else { return nil }
        self = identity
    }

    /// Creates an identity without a checksum.
    init(store: StoreID, numbered: Int64) {
        self.store = store.description
        self.numbered = numbered
    }

    /// The identity with its checksum, as it is written. A file of an earlier version differs from it and is rewritten
    /// once.
    var summed: StoreIdentity {
        var summed = self
        summed.checksum = sum
        return summed
    }

    /// The checksum of the other members.
    private var sum: String {
        var checksum = CRC32C()
        checksum.add(store)
        checksum.add(numbered)
        checksum.add(setAside ?? "")
        return String(checksum.value, radix: 16)
    }

    /// Replaces the file atomically. When it returns, the file is on disk.
    func write(beside path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(summed)
        let target = Self.path(of: path)
        let draft = target + ".new"
        guard FileManager.default.createFile(atPath: draft, contents: data) else { throw CocoaError(.fileWriteUnknown) }
        try Self.sync(draft)
        guard rename(draft, target) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        try Self.sync(URL(fileURLWithPath: target).deletingLastPathComponent().path)
    }

    /// Removes the file, if there is one.
    static func remove(beside path: String) throws {
        guard FileManager.default.fileExists(atPath: Self.path(of: path)) else { return }
        try FileManager.default.removeItem(atPath: Self.path(of: path))
    }

    /// Syncs a file, or the names in a folder.
    private static func sync(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}

extension Outbox {
    /// Writes the identity and the number of readings beside the store, if they have changed.
    package func noteIdentity() throws(OutboxError) {
        let numbered = try read { database in
            try Tally.read(database).nextNumber - 1
        }
        let identity = StoreIdentity(store: store, numbered: numbered)
        guard StoreIdentity(beside: path) != identity.summed else { return }
        do {
            try identity.write(beside: path)
        } catch {
            throw OutboxError(path: path, action: "record the identity of", cause: error)
        }
    }
}
