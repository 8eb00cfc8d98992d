package import APISupport
internal import Hummingbird
internal import JSON

/// Whether the process lives, and whether it can do its work. Both without a token.
package struct HealthRoutes: Sendable {
    /// What stands in the way; `nil` where nothing does.
    private let obstacle: @Sendable () async -> String?

    package init(obstacle: @escaping @Sendable () async -> String?) { self.obstacle = obstacle }

    package func register(in book: inout RouteTable) {
        book.open(.get, "/health") { _, _ in .json(["status": .string("alive")]) }
        book.open(.get, "/ready") { [obstacle] _, _ in
            guard let reason = await obstacle() else { return .json(["status": .string("ready")]) }
            throw APIError.tryLater(code: "not_ready", reason)
        }
    }
}
