package import Building
internal import Postgres

/// Creates, lists and revokes tokens, for the command line.
package struct TokenAdministration: Sendable {
    private let store: CentralStore

    /// Creates an administration of the tokens in `store`.
    package init(_ store: CentralStore) { self.store = store }

    /// Creates a token for a building's gateway. A new building is created from its slug; the gateway's inventory
    /// supplies the rest.
    ///
    /// - Parameter kind: The kind of a new building: `hotel`, `home`, `office`.
    package func addGateway(building: Slug, kind: String, label: String?) async throws -> TokenSecret {
        let secret = TokenSecret(role: .gateway)
        try await store.transaction { connection in
            try connection.query(
                "INSERT INTO hotels (slug, name, kind) VALUES ($1, $1, $2) ON CONFLICT (slug) DO NOTHING",
                [.text(building.text), .text(kind)])
            try connection.query(
                """
                INSERT INTO token (hash, role, hotel_id, label)
                SELECT $1, 'gateway', id, $3 FROM hotels WHERE slug = $2
                """,
                [.bytes(secret.hash), .text(building.text), .text(label)])
        }
        return secret
    }

    /// Creates a token for the guest of a room.
    ///
    /// - Parameters:
    ///   - from: The start of the stay. Nothing of the room's past before it is visible to the guest.
    ///   - until: The time at which the token expires; `nil` for never.
    /// - Throws: `StoreError.unknownBuilding`, `unknownRoom`.
    package func addGuest(
        building: Slug, room: Slug, from: Timestamp, until: Timestamp?, label: String?
    ) async throws -> TokenSecret {
        let secret = TokenSecret(role: .guest)
        try await store.transaction { connection in
            let hotels = try connection.query("SELECT id FROM hotels WHERE slug = $1", [.text(building.text)])
            guard let hotel = try hotels.first?.value(0, as: Int.self) else {
                throw StoreError.unknownBuilding(building.text)
            }
            let added = try connection.query(
                """
                INSERT INTO token (hash, role, hotel_id, room_id, label, expires_at, valid_from)
                SELECT $1, 'guest', $2, rooms.id, $4, to_timestamp($5::bigint / 1000.0),
                    to_timestamp($6::bigint / 1000.0)
                FROM rooms JOIN floors ON floors.id = rooms.floor_id
                WHERE floors.hotel_id = $2 AND rooms.slug = $3
                """,
                [
                    .bytes(secret.hash), .int(hotel), .text(room.text), .text(label),
                    .bigint(until?.millisecondsSince1970), .bigint(from.millisecondsSince1970),
                ])
            guard added.affected == 1 else { throw StoreError.unknownRoom(room.text, building: building.text) }
        }
        return secret
    }

    /// Creates a token for an operator.
    ///
    /// - Parameter name: The operator's name for people, stored as the label.
    package func addOperator(name: String) async throws -> TokenSecret {
        let secret = TokenSecret(role: .operator)
        try await store.run { connection in
            _ = try connection.query(
                "INSERT INTO token (hash, role, label) VALUES ($1, 'operator', $2)",
                [.bytes(secret.hash), .text(name)])
        }
        return secret
    }

    /// Returns all tokens of a role, oldest first, including revoked ones.
    package func list(_ role: Role) async throws -> [TokenEntry] {
        try await store.run { connection in
            try connection.query(
                """
                SELECT token.id, hotels.slug, rooms.slug, token.label, milliseconds(token.created_at),
                    milliseconds(token.expires_at), milliseconds(token.revoked_at),
                    (SELECT milliseconds(max(last_seen)) FROM gateway_store
                        WHERE token.role = 'gateway' AND gateway_store.hotel_id = token.hotel_id),
                    milliseconds(token.valid_from)
                FROM token
                LEFT JOIN hotels ON hotels.id = token.hotel_id
                LEFT JOIN rooms ON rooms.id = token.room_id
                WHERE token.role = $1 ORDER BY token.id
                """, [.text(role.rawValue)]
            ).map { row in
                TokenEntry(
                    id: try row.value(0), building: try row.optional(1), room: try row.optional(2),
                    label: try row.optional(3), created: Timestamp(millisecondsSince1970: try row.value(4)),
                    begins: try row.optional(8, as: Int64.self).map(Timestamp.init(millisecondsSince1970:)),
                    expires: try row.optional(5, as: Int64.self).map(Timestamp.init(millisecondsSince1970:)),
                    revoked: try row.optional(6, as: Int64.self).map(Timestamp.init(millisecondsSince1970:)),
                    buildingLastSeen: try row.optional(7, as: Int64.self).map(Timestamp.init(millisecondsSince1970:)))
            }
        }
    }

    /// Revokes a token. Services that looked it up before may accept it for up to ten seconds more.
    ///
    /// - Returns: Whether there was such a token that was not revoked before.
    package func revoke(_ id: Int, role: Role) async throws -> Bool {
        try await store.run { connection in
            try connection.query(
                "UPDATE token SET revoked_at = now() WHERE id = $1 AND role = $2 AND revoked_at IS NULL",
                [.int(id), .text(role.rawValue)]
            ).affected == 1
        }
    }
}

/// A token as lists show it, without its secret.
package struct TokenEntry: Hashable, Sendable {
    /// The id of the token, as logs and lists show it.
    package var id: Int
    /// The slug of a gateway's or guest's building.
    package var building: String?
    /// The slug of a guest's room.
    package var room: String?
    /// The label for people; for operators it is the name.
    package var label: String?
    /// The time at which it was created.
    package var created: Timestamp
    /// The start of a guest's stay.
    package var begins: Timestamp?
    /// The time at which it expires; `nil` for never.
    package var expires: Timestamp?
    /// The time at which it was revoked; `nil` if it was not.
    package var revoked: Timestamp?
    /// The time of the last contact with the gateways of a gateway token's building.
    package var buildingLastSeen: Timestamp?
}
