import Building
import Foundation
import GRDB
import Glibc

/// Who a store is, in a small file beside it: what its successor can tell when the store itself is damaged beyond that.
struct StoreIdentity: Codable, Equatable {
    /// The store's, as text.
    var store: String
    /// How many readings it had numbered when this was written: since then they may have become more.
    var numbered: Int64
    /// Where the damaged store was moved, until its successor has noted what was lost with it.
    var setAside: String?
    /// Of the rest, in hexadecimal digits; `nil` in a file of an earlier version.
    private var checksum: String?

    static func path(of store: String) -> String { store + ".identity" }

    /// `nil` where there is no such file, or it says nothing.
    init?(beside path: String) {
        guard let data = FileManager.default.contents(atPath: Self.path(of: path)),
            let identity = try? JSONDecoder().decode(Self.self, from: data), StoreID(identity.store) != nil,
            (0..<Outbox.highestNumber).contains(identity.numbered),
            identity.checksum == nil || identity.checksum == identity.sum
        else { return nil }
        self = identity
    }

    init(store: StoreID, numbered: Int64) {
        self.store = store.description
        self.numbered = numbered
    }

    /// As it is written: what an earlier version wrote differs, and is written anew once.
    var summed: StoreIdentity {
        var summed = self
        summed.checksum = sum
        return summed
    }

    private var sum: String {
        var checksum = CRC32C()
        checksum.add(store)
        checksum.add(numbered)
        checksum.add(setAside ?? "")
        return String(checksum.value, radix: 16)
    }

    /// Writes the file anew, whole or not at all. When it returns, it is on the disk.
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

    static func remove(beside path: String) throws {
        guard FileManager.default.fileExists(atPath: Self.path(of: path)) else { return }
        try FileManager.default.removeItem(atPath: Self.path(of: path))
    }

    /// A file, or the names in a folder.
    private static func sync(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}

extension Outbox {
    /// Notes beside the file who the store is and how many readings it has numbered, where that has changed.
    package func noteIdentity() throws(OutboxError) {
        let numbered = try read { database in
            try Tally.read(database).nextNumber - 1
        }
        let identity = StoreIdentity(store: store, numbered: numbered)
        guard StoreIdentity(beside: path) != identity.summed else { return }
        do {
            try identity.write(beside: path)
        } catch {
            throw OutboxError(path: path, action: "note the identity of", cause: error)
        }
    }
}
