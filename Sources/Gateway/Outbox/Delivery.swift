import Foundation
import GRDB

/// A message that the broker delivered at QoS 1, with what is needed to recognise a redelivery.
package struct Delivery: Sendable, Hashable {
    /// The broker's packet identifier.
    package var packet: UInt16
    /// The fingerprint of topic and payload.
    package var fingerprint: UInt64
    /// A Boolean value that indicates whether the broker marks it as sent before; not stored.
    package var isRedelivered: Bool

    /// Creates a delivery.
    package init(packet: UInt16, fingerprint: UInt64, isRedelivered: Bool = false) {
        self.packet = packet
        self.fingerprint = fingerprint
        self.isRedelivered = isRedelivered
    }
}

/// The deliveries stored last, grouped by commit, oldest first. They are numbered in the order in which they came.
package struct RecentDeliveries: Sendable, Hashable {
    /// The deliveries that one commit noted.
    package struct Group: Sendable, Hashable {
        /// The deliveries, oldest first.
        package var deliveries: [Delivery]
        /// The number of the first delivery after the commit.
        package var past: Int64

        /// Creates a group.
        package init(deliveries: [Delivery], past: Int64) {
            self.deliveries = deliveries
            self.past = past
        }
    }

    /// The groups, oldest first.
    package var groups: [Group]

    /// Creates a list of groups; without any, the next delivery has the number 0.
    package init(groups: [Group] = []) { self.groups = groups }

    /// The number of the next delivery.
    package var end: Int64 { groups.last?.past ?? 0 }
    /// The deliveries of all groups, oldest first.
    package var deliveries: [Delivery] { groups.flatMap(\.deliveries) }
}

/// The changes to a store's record of the broker's deliveries.
package struct DeliveryNote: Sendable, Hashable {
    /// The deliveries to add.
    package var deliveries: [Delivery]
    /// The number after that of the last delivery.
    package var end: Int64
    /// The number below which deliveries can't come again.
    package var floor: Int64
    /// The number of deliveries that were stored before and are left out.
    package var leftOut: Int

    /// Creates a note.
    package init(deliveries: [Delivery], end: Int64, floor: Int64, leftOut: Int) {
        self.deliveries = deliveries
        self.end = end
        self.floor = floor
        self.leftOut = leftOut
    }
}

extension Outbox {
    /// Returns the deliveries stored last. All that the broker may send again are among them.
    package func recentDeliveries() throws(OutboxError) -> RecentDeliveries {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT past, bytes, checksum FROM delivery_group ORDER BY past")
            var recent = RecentDeliveries()
            for row in rows {
                // A group that can't be read is not recognised: its messages would be stored twice, and none would be
                // lost.
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

    /// Writes a note within a transaction.
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
    /// The size of a packet identifier and a fingerprint in bytes, both big-endian.
    fileprivate static let size = 10

    /// Returns the checksum of a group. Damage must not make a new message look like one of the group.
    static func checksum(of bytes: Data, past: Int64) -> Int64 {
        var checksum = CRC32C()
        checksum.add(past)
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.stored
    }

    /// Returns deliveries as bytes.
    static func pack(_ deliveries: [Delivery]) -> Data {
        var bytes = Data(capacity: deliveries.count * size)
        for delivery in deliveries {
            withUnsafeBytes(of: delivery.packet.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: delivery.fingerprint.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Returns the deliveries that the bytes contain.
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
