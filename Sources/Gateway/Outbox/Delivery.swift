import Foundation
import GRDB

/// A message that the broker delivered at QoS 1, by what it would look like if it came again.
package struct Delivery: Sendable, Hashable {
    /// The broker's packet identifier.
    package var packet: UInt16
    /// Of topic and payload.
    package var fingerprint: UInt64
    /// Whether the broker says that it has sent it before; not stored.
    package var isRedelivered: Bool

    package init(packet: UInt16, fingerprint: UInt64, isRedelivered: Bool = false) {
        self.packet = packet
        self.fingerprint = fingerprint
        self.isRedelivered = isRedelivered
    }
}

/// The deliveries stored last, by commit, the latest last. They are numbered in the order in which they came.
package struct RecentDeliveries: Sendable, Hashable {
    /// The deliveries that one commit noted.
    package struct Group: Sendable, Hashable {
        package var deliveries: [Delivery]
        /// The number of the first delivery after the commit.
        package var past: Int64

        package init(deliveries: [Delivery], past: Int64) {
            self.deliveries = deliveries
            self.past = past
        }
    }

    package var groups: [Group]

    package init(groups: [Group] = []) { self.groups = groups }

    /// The number of the next delivery.
    package var end: Int64 { groups.last?.past ?? 0 }
    package var deliveries: [Delivery] { groups.flatMap(\.deliveries) }
}

/// What a store is to remember of the broker's deliveries.
package struct DeliveryNote: Sendable, Hashable {
    package var deliveries: [Delivery]
    /// The number after the last one's.
    package var end: Int64
    /// Those with smaller numbers can't come again.
    package var floor: Int64
    /// How many of them were stored before, and are left out.
    package var leftOut: Int

    package init(deliveries: [Delivery], end: Int64, floor: Int64, leftOut: Int) {
        self.deliveries = deliveries
        self.end = end
        self.floor = floor
        self.leftOut = leftOut
    }
}

extension Outbox {
    /// The deliveries stored last: whatever the broker has not heard an answer to is among them.
    package func recentDeliveries() throws(OutboxError) -> RecentDeliveries {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT past, bytes, checksum FROM delivery_group ORDER BY past")
            var recent = RecentDeliveries()
            for row in rows {
                // What can't be read is not known again: its messages would be stored twice, and none is lost.
                guard let past = row.integer(0), let bytes = Data.fromDatabaseValue(row.databaseValue(1)),
                    bytes.count % Delivery.size == 0, past >= 0, past <= Self.highestNumber,
                    row.integer(2) == Delivery.checksum(of: bytes, past: past)
                else { continue }
                recent.groups.append(.init(deliveries: Delivery.unpack(bytes), past: past))
            }
            return recent
        }
    }

    /// Forgets deliveries that can't come again.
    package func forget(deliveries note: DeliveryNote) throws(OutboxError) {
        try write("update") { database in try Self.note(note, in: database) }
    }

    static func note(_ note: DeliveryNote, in database: Database) throws {
        if !note.deliveries.isEmpty {
            let bytes = Delivery.pack(note.deliveries)
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO delivery_group (past, bytes, checksum) VALUES (?, ?, ?)"
            ).execute(arguments: [note.end, bytes, Delivery.checksum(of: bytes, past: note.end)])
        }
        try database.cachedStatement(sql: "DELETE FROM delivery_group WHERE past <= ?").execute(arguments: [note.floor])
        if note.leftOut > 0 {
            try Tally.change(in: database) { $0.redelivered += Int64(note.leftOut) }
        }
    }
}

extension Delivery {
    /// Bytes of a packet identifier and a fingerprint, each with its highest byte first.
    fileprivate static let size = 10

    /// Of a group: a message that only looks like one of it must not be left out.
    static func checksum(of bytes: Data, past: Int64) -> Int64 {
        var checksum = CRC32C()
        checksum.add(past)
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.stored
    }

    static func pack(_ deliveries: [Delivery]) -> Data {
        var bytes = Data(capacity: deliveries.count * size)
        for delivery in deliveries {
            withUnsafeBytes(of: delivery.packet.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: delivery.fingerprint.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    fileprivate static func unpack(_ data: Data) -> [Delivery] {
        data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map { start in
                Delivery(
                    packet: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self)),
                    fingerprint: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt64.self)))
            }
        }
    }
}
