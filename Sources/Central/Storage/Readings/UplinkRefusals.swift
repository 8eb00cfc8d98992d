package import Building
internal import Postgres

/// A gateway's message, or a part of one, that was refused permanently: it would be refused again.
package struct UplinkRefusal: Hashable, Sendable {
    /// The kind of message.
    package enum Message: String, Hashable, Sendable, CaseIterable {
        /// The building's floors, rooms and devices.
        case inventory
        /// A store's opening history: its identity and how often it was opened.
        case opening
        /// A batch of readings.
        case batch
        /// Losses declared by a gateway.
        case losses
        /// A gateway's report on its store.
        case report
        /// The reported states of rooms and devices.
        case reportedStates = "reported_state"
    }

    /// The kind of message.
    package var message: Message
    /// The subject of a whole message.
    package static let wholeMessage = "*"

    /// The subject of the refused part: a room's slug, the last part of a device's id, or an entry of the inventory. It
    /// is `wholeMessage` for a whole message, and empty if it could not be determined.
    package var subject: String
    /// The reason, for people.
    package var reason: String

    /// Creates a refusal.
    package init(message: Message, subject: String, reason: String) {
        self.message = message
        self.subject = subject
        self.reason = reason
    }
}

/// A refusal as it is stored.
package struct KeptRefusal: Hashable, Sendable {
    /// The building's slug.
    package var building: String
    /// The refused message or part.
    package var refusal: UplinkRefusal
    /// The number of times it was refused.
    package var count: Int64
    /// The time of the first refusal.
    package var first: Timestamp
    /// The time of the last refusal.
    package var last: Timestamp
}

extension CentralStore {
    /// Stores the refusal of a gateway's message or of a part of one.
    package func keep(_ refusal: UplinkRefusal, of building: BuildingReference) async throws {
        let now = now()
        try await transaction { try RefusalQuery.note([refusal], of: building, at: now, $0) }
    }

    /// Notes that a message was accepted except for the parts in `refusals`: all other refusals of its kind are
    /// settled.
    package func settleRefusals(
        of message: UplinkRefusal.Message, butFor refusals: [UplinkRefusal], building: BuildingReference
    ) async throws {
        let now = now()
        try await transaction { connection in
            try connection.query(
                "DELETE FROM uplink_refusal WHERE hotel_id = $1 AND message = $2 AND NOT subject = ANY ($3)",
                [.int(building.id), .text(message.rawValue), .texts(refusals.map(\.subject))])
            try RefusalQuery.note(refusals, of: building, at: now, connection)
        }
    }

    /// Returns the current refusals of gateways' messages, ordered by building, kind and subject.
    ///
    /// - Parameter building: The only building to include; `nil` for all.
    package func refusals(building: Slug? = nil) async throws -> [KeptRefusal] {
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

/// The statements of refusals.
enum RefusalQuery {
    /// The largest number of refusals per building; the newest stay.
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

    /// Removes refusals of subjects that have been accepted.
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
