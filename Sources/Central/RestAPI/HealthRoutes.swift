package import APISupport
internal import Hummingbird
internal import JSON

/// The routes that tell whether the process is alive and whether it is ready to work. Neither needs a token.
package struct HealthRoutes: Sendable {
    /// Returns the reason the service is not ready; `nil` if it is ready.
    private let obstacle: @Sendable () async -> String?

    /// Creates the routes; `obstacle` returns the reason the service is not ready, or `nil` if it is.
    package init(obstacle: @escaping @Sendable () async -> String?) { self.obstacle = obstacle }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        book.open(.get, "/health") { _, _ in .json(["status": .string("alive")]) }
        book.open(.get, "/ready") { [obstacle] _, _ in
            guard let reason = await obstacle() else { return .json(["status": .string("ready")]) }
            throw APIError.tryLater(code: "not_ready", reason)
        }
    }
}
