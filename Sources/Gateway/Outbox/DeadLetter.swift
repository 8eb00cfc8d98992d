package import Building
import Foundation
import GRDB

/// A message that could not be read, kept for people to look at.
package struct DeadLetter: Sendable, Hashable {
    /// How many the store keeps; older ones make room.
    package static let mostKept = 1000
    /// How much of the payload is kept, bytes.
    package static let headSize = 512
    /// How much of the topic is kept, bytes.
    package static let topicSize = 512

    package var receivedTime: Timestamp
    package var topic: String
    package var reason: String
    /// The size of the whole payload, bytes.
    package var size: Int
    /// Its first bytes.
    package var head: [UInt8]

    package init(receivedTime: Timestamp, topic: String, reason: String, size: Int, payload: [UInt8]) {
        self.receivedTime = receivedTime
        self.topic = topic.shortened(toBytes: Self.topicSize)
        self.reason = reason
        self.size = size
        head = Array(payload.prefix(Self.headSize))
    }
}

extension Outbox {
    /// What could not be read lately, the newest first, from the store of a gateway that may be running.
    ///
    /// - Throws: `OutboxError` where there is no store at `path`, or it can't be read.
    package static func deadLetters(inStoreAt path: String, atMost limit: Int) throws(OutboxError) -> [DeadLetter] {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return try DatabaseQueue(path: path, configuration: configuration).read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT received_ms, topic, reason, size, head, checksum FROM dead_letter
                        ORDER BY id DESC LIMIT ?
                        """, arguments: [limit]
                ).compactMap { row in
                    DeadLetter(row).flatMap { row.integer(5) == $0.checksum ? $0 : nil }
                }
            }
        } catch {
            throw OutboxError(path: path, action: "read", cause: error)
        }
    }

    static func insert(_ letters: [DeadLetter], into database: Database) throws {
        guard !letters.isEmpty else { return }
        for letter in letters {
            try database.execute(
                sql: """
                    INSERT INTO dead_letter (received_ms, topic, reason, size, head, checksum)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    letter.receivedTime.millisecondsSince1970, letter.topic, letter.reason, letter.size,
                    Data(letter.head), letter.checksum,
                ])
        }
        try countRejections(Dictionary(letters.map { ($0.reason, 1) }, uniquingKeysWith: +), in: database)
        try database.execute(
            sql: "DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?",
            arguments: [DeadLetter.mostKept])
    }

    private static func countRejections(_ more: [String: Int64], in database: Database) throws {
        let known = try LedgerTable.rejection.rows(in: database)
        for (reason, count) in more.sorted(by: { $0.key < $1.key }) {
            let row = known.first { $0.text(1) == reason }
            let key = try row?.values[0] ?? LedgerTable.rejection.nextKey(in: database).databaseValue
            let sum = (row?.integer(2) ?? 0).addingReportingOverflow(count)
            try LedgerTable.rejection.write(
                [key, reason.databaseValue, (sum.overflow ? .max : sum.partialValue).databaseValue], in: database)
        }
    }

    /// How many messages could not be read, by reason.
    static func rejections(in database: Database) throws -> [String: Int64] {
        let counts = try LedgerTable.rejection.rows(in: database).compactMap { row in
            row.text(1).flatMap { reason in row.integer(2).map { (reason, max(0, $0)) } }
        }
        return Dictionary(counts) { max($0, $1) }
    }
}

extension DeadLetter {
    /// From a row of `received_ms, topic, reason, size, head`; `nil` where it holds what was never put there.
    init?(_ row: Row) {
        guard let received = row.integer(0), let topic = row.text(1), let reason = row.text(2),
            let size = row.integer(3).flatMap(Int.init(exactly:)), let head = row.bytes(4),
            Timestamp.representable.contains(Timestamp(millisecondsSince1970: received))
        else { return nil }
        self.init(
            receivedTime: Timestamp(millisecondsSince1970: received), topic: topic, reason: reason, size: size,
            payload: Array(head))
    }

    var checksum: Int64 {
        var checksum = CRC32C()
        checksum.add(receivedTime.millisecondsSince1970)
        checksum.add(topic)
        checksum.add(reason)
        checksum.add(Int64(size))
        head.withUnsafeBytes { checksum.add($0) }
        return checksum.stored
    }
}
