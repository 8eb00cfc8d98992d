public import Building
internal import Postgres

/// A part of a gateway's message that was refused for good: sent again, it would be refused again.
public struct UplinkRefusal: Hashable, Sendable {
    /// What the message was.
    public enum Message: String, Hashable, Sendable, CaseIterable {
        case holdings
    }

    public var message: Message
    /// What it is about: a room's slug, the last part of a device's id; empty if nobody could tell.
    public var subject: String
    /// For people.
    public var reason: String

    public init(message: Message, subject: String, reason: String) {
        self.message = message
        self.subject = subject
        self.reason = reason
    }
}

/// A refusal as it is kept.
public struct KeptRefusal: Hashable, Sendable {
    /// The building's slug.
    public var building: String
    public var refusal: UplinkRefusal
    /// How often it was refused.
    public var count: Int64
    public var first: Timestamp
    public var last: Timestamp
}

extension CentralStore {
    /// What is refused of gateways' messages at present, by building and subject.
    ///
    /// - Parameter building: only this one's.
    public func refusals(building: Slug? = nil) async throws -> [KeptRefusal] {
        try await run { connection in
            try connection.query(
                """
                SELECT hotels.slug, message, subject, reason, count, milliseconds(first_at), milliseconds(last_at)
                FROM uplink_refusal JOIN hotels ON hotels.id = hotel_id
                WHERE $1::text IS NULL OR hotels.slug = $1
                ORDER BY hotels.slug COLLATE "C", message, subject COLLATE "C"
                """, [.text(building?.text)]
            ).map { row -> KeptRefusal? in
                guard let message = UplinkRefusal.Message(rawValue: try row.value(1)) else { return nil }
                return KeptRefusal(
                    building: try row.value(0),
                    refusal: UplinkRefusal(message: message, subject: try row.value(2), reason: try row.value(3)),
                    count: try row.value(4), first: Timestamp(millisecondsSince1970: try row.value(5)),
                    last: Timestamp(millisecondsSince1970: try row.value(6)))
            }.compactMap(\.self)
        }
    }
}

enum RefusalQuery {
    /// Of one building; the newest stay.
    private static let mostKept = 100

    static func note(
        _ refusals: [UplinkRefusal], of building: BuildingReference, at now: Timestamp, _ connection: Connection
    ) throws {
        guard !refusals.isEmpty else { return }
        var newest: [String: UplinkRefusal] = [:]
        for refusal in refusals.suffix(mostKept) { newest[refusal.message.rawValue + "/" + refusal.subject] = refusal }
        let kept = newest.sorted { $0.key < $1.key }.map(\.value)
        try connection.query(
            """
            INSERT INTO uplink_refusal AS known (hotel_id, message, subject, reason, first_at, last_at)
            SELECT $1, message, subject, reason, to_timestamp($5::bigint / 1000.0), to_timestamp($5::bigint / 1000.0)
            FROM unnest($2::text[], $3::text[], $4::text[]) AS given (message, subject, reason)
            ON CONFLICT (hotel_id, message, subject) DO UPDATE
            SET reason = excluded.reason, last_at = excluded.last_at, count = known.count + 1
            """,
            [
                .int(building.id), .texts(kept.map(\.message.rawValue)), .texts(kept.map(\.subject)),
                .texts(kept.map(\.reason)), .bigint(now.millisecondsSince1970),
            ])
        try connection.query(
            """
            DELETE FROM uplink_refusal WHERE hotel_id = $1 AND (message, subject) NOT IN (
                SELECT message, subject FROM uplink_refusal WHERE hotel_id = $1
                ORDER BY last_at DESC, message, subject LIMIT $2)
            """, [.int(building.id), .int(mostKept)])
    }

    /// These were taken.
    static func settle(
        _ message: UplinkRefusal.Message, _ subjects: [String], of building: BuildingReference,
        _ connection: Connection
    ) throws {
        guard !subjects.isEmpty else { return }
        try connection.query(
            "DELETE FROM uplink_refusal WHERE hotel_id = $1 AND message = $2 AND subject = ANY ($3)",
            [.int(building.id), .text(message.rawValue), .texts(subjects)])
    }
}
