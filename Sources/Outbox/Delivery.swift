import GRDB

/// A message that the broker delivered at QoS 1, by what it would look like if it came again.
public struct Delivery: Sendable, Hashable {
    /// How many the store remembers: half of all packet identifiers, since of those that are further apart nobody can
    /// tell which came first. A broker that was restored from an older file sends again what it had queued.
    public static let mostKept = 32_768

    /// The broker's packet identifier.
    public var packet: UInt16
    /// Of topic and payload.
    public var fingerprint: UInt64

    public init(packet: UInt16, fingerprint: UInt64) {
        self.packet = packet
        self.fingerprint = fingerprint
    }
}

extension Outbox {
    /// The deliveries stored last, at most `Delivery.mostKept`: whatever the broker has not heard an answer to is
    /// among them.
    public func recentDeliveries() throws(OutboxError) -> [Delivery] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT packet, fingerprint FROM delivery").map { row in
                Delivery(
                    packet: UInt16(truncatingIfNeeded: row[0] as Int64),
                    fingerprint: UInt64(bitPattern: row[1] as Int64))
            }
        }
    }

    static func insert(_ deliveries: [Delivery], into database: Database) throws {
        guard !deliveries.isEmpty else { return }
        let insert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO delivery (slot, packet, fingerprint) VALUES (?, ?, ?)")
        for delivery in deliveries {
            // A packet identifier is in flight once at a time, and brokers count them up: its remainder is its slot.
            insert.setUncheckedArguments([
                Int64(delivery.packet) % Int64(Delivery.mostKept), Int64(delivery.packet),
                Int64(bitPattern: delivery.fingerprint),
            ])
            try insert.execute()
        }
    }
}
