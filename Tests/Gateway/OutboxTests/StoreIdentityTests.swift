import Building
import Foundation
import GRDB
import Outbox
import Rig
import Testing

/// What a successor knows of a store whose file can't tell any more.
@Suite struct StoreIdentityTests {
    let folder = TemporaryFolder()
    var path: String { folder.file("outbox.sqlite") }

    func open() throws -> Outbox { try Outbox(path: path) }

    /// A store that numbered so many readings and was closed in order.
    func closed(_ count: Int) throws -> StoreID {
        let outbox = try open()
        try outbox.append((0..<count).map { OutboxTests.reading(Double($0)) })
        try outbox.close()
        return outbox.store
    }

    func identity() throws -> String { try String(contentsOfFile: path + ".identity", encoding: .utf8) }

    /// Without its checksum.
    private func identityAlone() throws -> String {
        try identity().replacing(/"checksum":"[0-9a-f]+",/, with: "")
    }

    @Test func `lies beside the file from the beginning, and is made anew where it is missing`() throws {
        let outbox = try open()
        #expect(try identityAlone() == #"{"numbered":0,"store":"\#(outbox.store)"}"#)
        try outbox.append([OutboxTests.reading(1)])
        try outbox.noteIdentity()
        #expect(try identityAlone() == #"{"numbered":1,"store":"\#(outbox.store)"}"#)
        try outbox.close()
        try FileManager.default.removeItem(atPath: path + ".identity")
        let again = try open()
        #expect(try identityAlone() == #"{"numbered":1,"store":"\#(again.store)"}"#)
    }

    @Test func `lets a successor declare what a file of mere rubbish may have held`() throws {
        let store = try closed(300)
        try String(repeating: "no database at all ", count: 500).write(toFile: path, atomically: false, encoding: .utf8)
        let successor = try open()
        #expect(successor.store != store)
        let losses = try successor.losses()
        #expect(losses.allSatisfy { $0.store == store && $0.reason == .corrupt })
        // The numbers that are known, and all that the central service knows of beyond.
        #expect(losses.map(\.numbers.lowerBound) == [1, 301])
        #expect(losses.map(\.end) == [301, nil])
        try successor.settleLosses(losses)
        #expect(try successor.losses().isEmpty)
        #expect(try identity().contains(successor.store.description))
    }

    @Test func `knows a file again that was cut off at its beginning`() throws {
        let store = try closed(300)
        try Data().write(to: URL(fileURLWithPath: path))
        let successor = try open()
        #expect(successor.setAside != nil)
        #expect(Set(try successor.losses().map(\.store)) == [store])
    }

    @Test func `cuts at any length lose no account`() throws {
        let store = try closed(3_000)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let note = try identity()
        for length in [100, 4_096, 5_000, 20_480, whole.count / 2, whole.count - 4_096] {
            try? FileManager.default.removeItem(atPath: path)
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            try note.write(toFile: path + ".identity", atomically: true, encoding: .utf8)
            let successor = try open()
            let losses = try successor.losses()
            #expect(losses.allSatisfy { $0.store == store }, "\(length)")
            #expect(losses.first?.numbers.lowerBound == 1, "\(length)")
            #expect(losses.contains { $0.numbers.upperBound >= 3_001 }, "\(length)")
            try successor.close()
        }
    }

    @Test func `declares nothing where somebody moved the file away`() throws {
        let store = try closed(300)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        let successor = try open()
        #expect(successor.store != store)
        #expect(successor.setAside == nil)
        #expect(try successor.losses().isEmpty)
        #expect(try identity().contains(successor.store.description))
    }

    @Test func `declares nothing of an earlier store after a death while a new file was made`() throws {
        _ = try closed(300)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.removeItem(atPath: path + ".identity")
        try Data().write(to: URL(fileURLWithPath: path))
        let successor = try open()
        #expect(successor.setAside == nil)
        #expect(try successor.losses().isEmpty)
    }

    @Test func `goes on after a death between setting the file aside and declaring`() throws {
        let store = try closed(300)
        let aside = path + ".damaged-earlier"
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        try #"{"numbered":300,"setAside":"\#(aside)","store":"\#(store)"}"#
            .write(toFile: path + ".identity", atomically: true, encoding: .utf8)
        let successor = try open()
        #expect(successor.setAside == aside)
        // That file is whole and says itself what waited.
        #expect(try successor.losses().map(\.numbers) == [1..<301])
        #expect(try successor.losses().map(\.store) == [store])
        try successor.close()
        #expect(try open().setAside == nil)
    }

    @Test func `goes on where the file beside it is rubbish`() throws {
        let store = try closed(300)
        _ = try folder.write("outbox.sqlite.identity", "{")
        #expect(try open().store == store)
    }
}

/// A gateway that is started again and again while no central service answers.
@Suite struct OpeningHistoryTests {
    @Test func `stays within what the central service takes, with the known opening first and the present one last`()
        throws
    {
        let folder = TemporaryFolder()
        let path = folder.file("outbox.sqlite")
        let first = try Outbox(path: path)
        try first.close()
        try DatabaseQueue(path: path).write { database in
            for id in 2..<WireLimits.openings + 3 {
                let identity = UUID().uuidString.lowercased()
                // As a row of the ledger is written: its columns once more, and their checksum.
                let copy = Data([1] + Self.bytes(id) + [3] + Self.bytes(identity.utf8.count) + Array(identity.utf8))
                let checksum = copy.withUnsafeBytes { Int32(bitPattern: CRC32C(of: $0).value) }
                try database.execute(
                    sql: "INSERT INTO incarnation (id, identity, checksum, copy) VALUES (?, ?, ?, ?)",
                    arguments: [id, identity, checksum, copy])
            }
        }
        let outbox = try Outbox(path: path)
        let openingHistory = try outbox.openingHistory()
        #expect(openingHistory.count == WireLimits.openingsKept + 2 && openingHistory.count <= WireLimits.openings)
        #expect(openingHistory.first == first.incarnation && openingHistory.last == outbox.incarnation)
    }

    /// The highest first.
    private static func bytes(_ number: Int) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
