internal import Building
internal import Postgres
internal import Synchronization

/// Says who holds a token. What it learnt it believes for a short while, so that the database is not asked anew with
/// every request, and a revoked token ends soon.
public final class TokenDirectory: Sendable {
    private let store: CentralStore
    private let cache = Mutex<[[UInt8]: Entry]>([:])

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
        let expires: Timestamp?
    }

    public init(_ store: CentralStore) { self.store = store }

    /// - Returns: `nil` where no such token is valid now.
    /// - Throws: `StoreError.unavailable`.
    public func caller(holding secret: TokenSecret) async throws -> Caller? {
        let hash = secret.hash
        let instant = ContinuousClock.now
        let known = cache.withLock { $0[hash] }
        let holder: Holder?
        if let known, known.until > instant {
            holder = known.holder
        } else {
            holder = try await lookUp(hash)
            cache.withLock { cache in
                if cache.count >= Self.limit { cache.removeAll() }
                cache[hash] = Entry(holder: holder, until: instant + Self.lifetime)
            }
        }
        guard let holder else { return nil }
        if let expires = holder.expires, expires <= store.now() { return nil }
        return holder.caller
    }

    private func lookUp(_ hash: [UInt8]) async throws -> Holder? {
        try await store.run { connection in
            let rows = try connection.query(
                """
                SELECT token.id, token.role, token.hotel_id, hotels.slug, token.room_id, rooms.floor_id,
                    milliseconds(token.expires_at)
                FROM token
                LEFT JOIN hotels ON hotels.id = token.hotel_id
                LEFT JOIN rooms ON rooms.id = token.room_id
                WHERE token.hash = $1 AND token.revoked_at IS NULL
                """, [.bytes(hash)])
            guard let row = rows.first, let role = Role(rawValue: try row.value(1)) else { return nil }
            let scope: Caller.Scope
            switch role {
            case .operator: scope = .operator
            case .guest:
                scope = .guest(hotel: try row.value(2), floor: try row.value(5), room: try row.value(4))
            case .gateway:
                guard let slug = Slug(try row.value(3, as: String.self)) else { return nil }
                scope = .gateway(BuildingReference(id: try row.value(2), slug: slug))
            }
            let expires = try row.optional(6, as: Int64.self).map(Timestamp.init(millisecondsSince1970:))
            return Holder(caller: Caller(token: try row.value(0), scope: scope), expires: expires)
        }
    }
}
