package import Building
import Foundation
import GRDB

/// A message that could not be decoded, kept for operators to inspect.
package struct DeadLetter: Sendable, Hashable {
    /// The number of dead letters that the store keeps; older ones are dropped.
    package static let mostKept = 1000
    /// The number of bytes of the payload that are kept.
    package static let headSize = 512
    /// The number of bytes of the topic that are kept.
    package static let topicSize = 512

    /// The time of receipt.
    package var receivedTime: Timestamp
    /// The topic, shortened to `topicSize` bytes.
    package var topic: String
    /// The raw value of the rejection reason.
    package var reason: String
    /// The size of the whole payload, in bytes.
    package var size: Int
    /// The first bytes of the payload, at most `headSize`.
    package var head: [UInt8]

    /// Creates a dead letter, shortening topic and payload to the sizes that are kept.
    package init(receivedTime: Timestamp, topic: String, reason: String, size: Int, payload: [UInt8]) {
        self.receivedTime = receivedTime
        self.topic = topic.shortened(toBytes: Self.topicSize)
        self.reason = reason
        self.size = size
        head = Array(payload.prefix(Self.headSize))
    }
}

extension Outbox {
    /// Returns the latest dead letters, newest first, from the store of a gateway that may be running.
    ///
    /// - Throws: `OutboxError` if there is no store at `path` or it can't be read.
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

    /// Stores dead letters, counts them by reason and drops the oldest.
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

    /// Adds to the counts by reason.
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

    /// Returns the number of messages that could not be decoded, by reason.
    static func rejections(in database: Database) throws -> [String: Int64] {
        let counts = try LedgerTable.rejection.rows(in: database).compactMap { row in
            row.text(1).flatMap { reason in row.integer(2).map { (reason, max(0, $0)) } }
        }
        return Dictionary(counts) { max($0, $1) }
    }
}

extension DeadLetter {
    /// Decodes a row of `received_ms, topic, reason, size, head`; returns `nil` if it holds values that are never
    /// written.
    init?(_ row: Row) {
        guard let received = row.integer(0), let topic = row.text(1), let reason = row.text(2),
            let size = row.integer(3).flatMap(Int.init(exactly:)), let head = row.bytes(4),
            Timestamp.representable.contains(Timestamp(millisecondsSince1970: received))
        else { return nil }
        self.init(
            receivedTime: Timestamp(millisecondsSince1970: received), topic: topic, reason: reason, size: size,
            payload: Array(head))
    }

    /// The checksum of the stored columns.
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
