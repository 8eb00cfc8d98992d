internal import Building
internal import Digests
internal import Postgres

/// The limits for stored conversations.
package struct ConversationLimits: Sendable {
    /// The largest number of messages per conversation; the newest are kept.
    package var messages: Int
    /// The largest number of conversations per token; the most recently used are kept.
    package var conversations: Int
    /// The time after the last message at which a conversation expires.
    package var lifetime: Duration

    /// Creates limits; by default a conversation expires after a day.
    package init(messages: Int = 200, conversations: Int = 20, lifetime: Duration = .seconds(86_400)) {
        self.messages = messages
        self.conversations = conversations
        self.lifetime = lifetime
    }
}

extension CentralStore {
    /// Returns the newest messages of a conversation, oldest first; `nil` if there is none with this id, if it has
    /// expired, or if another token began it.
    package func conversation(_ id: String, ofToken token: Int, limit: Int) async throws -> [String]? {
        // Text with NUL is not a valid id, and the database does not accept it.
        guard !id.utf8.contains(0) else { return nil }
        let now = now()
        return try await runAside { connection in
            let known = try connection.query(
                """
                SELECT FROM conversation
                WHERE id = $1 AND token_id = $2 AND expires_at > to_timestamp($3::bigint / 1000.0)
                """, [.text(id), .int(token), .bigint(now.millisecondsSince1970)])
            guard !known.isEmpty else { return nil }
            return try connection.query(
                """
                SELECT content FROM (
                    SELECT number, content FROM conversation_message
                    WHERE conversation_id = $1 ORDER BY number DESC LIMIT $2
                ) AS newest ORDER BY number
                """, [.text(id), .int(limit)]
            ).map { try $0.value(0) }
        }
    }

    /// Appends messages to a conversation, which is created if necessary, and removes those beyond `limits`.
    ///
    /// - Throws: `StoreError`, including `foreignConversation` if another token began it.
    package func append(
        _ messages: [String], toConversation id: String, ofToken token: Int, limits: ConversationLimits
    ) async throws {
        let now = now()
        let expiry = now.advanced(by: limits.lifetime)
        try await transaction { connection in
            try connection.query(
                """
                DELETE FROM conversation WHERE id IN (
                    SELECT id FROM conversation WHERE expires_at <= to_timestamp($1::bigint / 1000.0)
                    ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
                """, [.bigint(now.millisecondsSince1970)])
            let kept = try connection.query(
                """
                INSERT INTO conversation AS known (id, token_id, changed_at, expires_at)
                VALUES ($1, $2, to_timestamp($3::bigint / 1000.0), to_timestamp($4::bigint / 1000.0))
                ON CONFLICT (id) DO UPDATE SET changed_at = excluded.changed_at, expires_at = excluded.expires_at
                WHERE known.token_id = excluded.token_id
                """,
                [
                    .text(id), .int(token), .bigint(now.millisecondsSince1970), .bigint(expiry.millisecondsSince1970),
                ])
            guard kept.affected == 1 else { throw StoreError.foreignConversation }
            try connection.query(
                """
                INSERT INTO conversation_message (conversation_id, content)
                SELECT $1, content FROM unnest($2::text[]) WITH ORDINALITY AS new (content, place) ORDER BY place
                """, [.text(id), .texts(messages)])
            try connection.query(
                """
                DELETE FROM conversation_message WHERE conversation_id = $1 AND number <= (
                    SELECT number FROM conversation_message WHERE conversation_id = $1
                    ORDER BY number DESC OFFSET $2 LIMIT 1)
                """, [.text(id), .int(limits.messages)])
            try connection.query(
                """
                DELETE FROM conversation WHERE id IN (
                    SELECT id FROM conversation WHERE token_id = $1 ORDER BY changed_at DESC, id OFFSET $2)
                """, [.int(token), .int(limits.conversations)])
        }
    }

    /// Returns the 32-byte random key for a purpose, which is created on the first call and never changes.
    package func signingKey(for purpose: String) async throws -> [UInt8] {
        let fresh = [UInt8].random(count: 32)
        return try await runAside { connection in
            try connection.query(
                "INSERT INTO signing_key (purpose, key) VALUES ($1, $2) ON CONFLICT (purpose) DO NOTHING",
                [.text(purpose), .bytes(fresh)])
            let text: String = try connection.query(
                "SELECT encode(key, 'hex') FROM signing_key WHERE purpose = $1", [.text(purpose)])[0].value(0)
            return [UInt8](hexadecimal: text) ?? []
        }
    }
}
