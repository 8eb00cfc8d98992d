internal import Building
internal import Postgres
internal import Synchronization

/// Says who holds a token. What it learnt it believes for a short while, so that the database is not asked anew with
/// every request, and a revoked token ends soon.
package final class TokenAuthenticator: Sendable {
    private let store: CentralStore
    private let cache = Mutex<[[UInt8]: Entry]>([:])
    /// Questions that the database is asked right now: many requests with one token, as after a restart, ask it once.
    private let questions = Mutex<[[UInt8]: Task<Holder?, any Error>]>([:])

    /// How long an answer is believed.
    private static let lifetime: Duration = .seconds(10)
    /// Beyond this many all are forgotten, so that memory stays bounded.
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

    package init(_ store: CentralStore) { self.store = store }

    /// - Parameter grace: so long, where the database is away, what was learnt before is believed beyond its time.
    /// - Returns: `nil` where no such token is valid now.
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
            // Not cancelled with the first who asks: others wait for it as well.
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
                // The schema sees to it that there is a beginning.
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
