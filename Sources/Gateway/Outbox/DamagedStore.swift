import Building
import Foundation
import GRDB
import Glibc

/// A store's file that can no longer be used.
struct DamagedStore {
    /// The path to which the file was moved.
    let path: String
    /// The identity of the store, read from its file or the file beside it; `nil` if neither can be read.
    let store: StoreID?
    /// The numbers that may be lost with it. A range up to `Int64.max` is open: the count is not known here.
    let lost: [Range<Int64>]
    /// The losses that the store had not yet declared: of its own readings, and of a damaged predecessor's.
    let undeclared: [Loss]

    /// Returns whether the file is as SQLite wrote it. Reads the whole file.
    static func isSound(_ database: DatabasePool) throws -> Bool {
        try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") == "ok" }
    }

    /// Returns whether an error means that the file is damaged. After a read error the files are read once more: if
    /// that succeeds, the error was transient.
    static func isDamage(_ error: any Error, of path: String) -> Bool {
        guard OutboxError.isOfContent(error) else { return false }
        guard let error = error as? DatabaseError, OutboxError.isFailureToRead(error) else { return true }
        return !["", "-wal"].allSatisfy { canBeRead(path + $0) }
    }

    /// Returns whether a file can be read to its end; a missing file counts as readable.
    private static func canBeRead(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { Glibc.close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// Moves the file and its companions to a name that contains the time, and reads from it what it can.
    init(settingAside path: String, identity: StoreIdentity?, at date: Date) throws {
        let stamp = date.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
        // Two within one second, or after the clock was set back, must not get the same name.
        let names = ["\(path).damaged-\(stamp)"] + (2...).lazy.prefix(1_000).map { "\(path).damaged-\(stamp)-\($0)" }
        let aside = names.first { !FileManager.default.fileExists(atPath: $0) } ?? names[0]
        if var identity {
            // If the process is killed now, the next start continues from here.
            identity.setAside = aside
            try identity.write(beside: path)
        }
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: aside + suffix)
        }
        self.init(at: aside, identity: identity)
    }

    /// Reads a store that was moved away before.
    init(at path: String, identity: StoreIdentity?) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        let database = try? DatabaseQueue(path: path, configuration: configuration)
        let own = try? database?.read { try Outbox.store(in: $0, isFinal: true) }
        let noted = identity.flatMap { StoreID($0.store) }
        store = own ?? noted
        let undeclared = try? database?.read { try Outbox.losses(of: own ?? noted, isFinal: true, in: $0) }
        self.undeclared = undeclared ?? []
        let numbered = own == nil || own == noted ? identity?.numbered ?? 0 : 0
        let knowsDropped = undeclared != nil
        if let lost = try? database?.read({ try Self.lost($0, numbered: numbered, knowsDropped: knowsDropped) }) {
            self.lost = lost
        } else {
            // The noted number is older than the damage: the central service may know of readings that came after it.
            lost = (numbered > 0 ? [1..<numbered + 1] : []) + [numbered + 1..<Int64.max]
        }
    }

    /// Returns the numbers that were waiting; if those can't be read, every number that was given. The central service
    /// removes from the declaration what it holds.
    ///
    /// - Parameters:
    ///   - numbered: the number noted beside the file, which may have lost its latest commits.
    ///   - knowsDropped: whether the losses that the store had not yet declared can be read.
    private static func lost(_ database: Database, numbered: Int64, knowsDropped: Bool) throws -> [Range<Int64>]? {
        guard let own = try? Tally.read(database, isFinal: true).nextNumber else { return nil }
        let next = max(own, numbered + 1)
        let numbers = WaitingNumbers(database: database, isFinal: true)
        if knowsDropped, (try? LedgerTable.checkSum(database, isFinal: true)) != nil,
            let waiting = try? numbers.all(atMost: 100_000)
        {
            return waiting + (own < next ? [own..<next] : [])
        }
        return next > 1 ? [1..<next] : []
    }
}
