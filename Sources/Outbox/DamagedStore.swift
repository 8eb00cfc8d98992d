import Building
import Foundation
import GRDB

/// A store's file that can't be used any more.
struct DamagedStore {
    /// Where it lies now.
    let path: String
    /// What it could still tell of itself.
    let store: StoreID?
    /// The numbers that may be lost with it.
    let lost: [Range<Int64>]

    /// Whether the file is as SQLite wrote it. Reads all of it.
    static func isSound(_ database: DatabasePool) throws -> Bool {
        try database.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") == "ok" }
    }

    /// Moves the file and what belongs to it away, under a name with the time, and asks it who it was.
    init(settingAside path: String, at date: Date) throws {
        let stamp = date.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
        self.path = "\(path).damaged-\(stamp)"
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: self.path + suffix)
        }
        var configuration = Configuration()
        configuration.readonly = true
        let database = try? DatabaseQueue(path: self.path, configuration: configuration)
        store = try? database?.read { try String.fetchOne($0, sql: "SELECT identity FROM store") }.flatMap {
            StoreID($0)
        }
        lost = (try? database?.read { try Self.lost($0) }) ?? []
    }

    /// What waited; where that can't be read, every number that was given. What the central service holds of them is
    /// not lost: it takes them out of the declaration itself.
    private static func lost(_ database: Database) throws -> [Range<Int64>] {
        if let waiting = try? WaitingNumbers(database: database).all(atMost: 100_000) { return waiting }
        let next = try Int64.fetchOne(database, sql: "SELECT next_number FROM tally") ?? 1
        return next > 1 ? [1..<next] : []
    }
}
