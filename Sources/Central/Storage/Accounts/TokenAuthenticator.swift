internal import Building
internal import Postgres
internal import Synchronization

/// Identifies the holders of tokens. It caches answers for a short time, so that the database is not asked with every
/// request, and a revoked token is refused soon.
package final class TokenAuthenticator: Sendable {
    private let store: CentralStore
    private let cache = Mutex<[[UInt8]: Entry]>([:])
    /// The running lookups: concurrent requests with one token, as after a restart, share one.
    private let questions = Mutex<[[UInt8]: Task<Holder?, any Error>]>([:])

    /// The time for which an answer is cached.
    private static let lifetime: Duration = .seconds(10)
    /// The number of answers at which the cache is cleared, to bound memory.
    private static let limit = 20_000

    private struct Entry {
        let holder: Holder?
        let until: ContinuousClock.Instant
    }

    private struct Holder: Sendable {
        let caller: Caller
        let begins: Timestamp?
        let expires: Timestamp?
    }

    /// Creates an authenticator of the tokens in `store`.
    package init(_ store: CentralStore) { self.store = store }

    /// Returns the caller that holds a token.
    ///
    /// - Parameter grace: The additional time for which a cached answer is accepted while the database is down.
    /// - Returns: `nil` if the token is not valid now.
    /// - Throws: `StoreError.unavailable`.
    package func caller(holding secret: TokenSecret, grace: Duration = .zero) async throws -> Caller? {
        let hash = secret.hash
        let instant = ContinuousClock.now
        let known = cache.withLock { $0[hash] }
        let holder: Holder?
        if let known, known.until > instant {
            holder = known.holder
        } else {
            do {
                holder = try await ask(hash)
            } catch {
                guard let known, known.until + grace > instant else { throw error }
                return caller(of: known.holder)
            }
            cache.withLock { cache in
                if cache.count >= Self.limit { cache.removeAll() }
                cache[hash] = Entry(holder: holder, until: instant + Self.lifetime)
            }
        }
        return caller(of: holder)
    }

    private func caller(of holder: Holder?) -> Caller? {
        guard let holder else { return nil }
        let now = store.now()
        if let begins = holder.begins, begins > now { return nil }
        if let expires = holder.expires, expires <= now { return nil }
        return holder.caller
    }

    private func ask(_ hash: [UInt8]) async throws -> Holder? {
        let question = questions.withLock { questions in
            if let question = questions[hash] { return question }
            // The task is not cancelled with the first caller, because others wait for it.
            let question = Task {
                defer { self.questions.withLock { _ = $0.removeValue(forKey: hash) } }
                return try await lookUp(hash)
            }
            questions[hash] = question
            return question
        }
        return try await question.value
    }

    private func lookUp(_ hash: [UInt8]) async throws -> Holder? {
        try await store.run { connection in
            let rows = try connection.query(
                """
                SELECT token.id, token.role, token.hotel_id, hotels.slug, token.room_id, rooms.floor_id,
                    milliseconds(token.expires_at), milliseconds(token.valid_from)
                FROM token
                LEFT JOIN hotels ON hotels.id = token.hotel_id
                LEFT JOIN rooms ON rooms.id = token.room_id
                WHERE token.hash = $1 AND token.revoked_at IS NULL
                """, [.bytes(hash)])
            guard let row = rows.first, let role = Role(rawValue: try row.value(1)) else { return nil }
            let begins = try row.optional(7, as: Int64.self).map(Timestamp.init(millisecondsSince1970:))
            let scope: Caller.Scope
            switch role {
            case .operator: scope = .operator
            case .guest:
                // The schema guarantees a start.
                guard let begins else { return nil }
                scope = .guest(hotel: try row.value(2), floor: try row.value(5), room: try row.value(4), from: begins)
            case .gateway:
                guard let slug = Slug(try row.value(3, as: String.self)) else { return nil }
                scope = .gateway(BuildingReference(id: try row.value(2), slug: slug))
            }
            let expires = try row.optional(6, as: Int64.self).map(Timestamp.init(millisecondsSince1970:))
            return Holder(
                caller: Caller(token: try row.value(0), scope: scope), begins: begins, expires: expires)
        }
    }
}
