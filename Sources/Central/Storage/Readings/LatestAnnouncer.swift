internal import Logging
internal import Postgres
internal import Synchronization

/// Tells every replica by PostgreSQL's notifications which buildings have new readings.
///
/// It does so after the commits, combined, in tiny transactions of its own. A transaction that notifies holds a lock of
/// the whole server until it is on disk, so that notifying within ingest would allow only one commit at a time.
/// Listeners also poll now and then, so that no change is missed for long if this process ends in between.
final class LatestAnnouncer: Sendable {
    private let pool: ConnectionPool
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var buildings: Set<Int> = []
        var isSending = false
    }

    /// The channel, which the schema also names.
    static let channel: StaticString = "hearth_latest"
    /// The shortest interval between announcements.
    private static let pause: Duration = .milliseconds(100)
    /// The longest payload in bytes; PostgreSQL accepts fewer than 8000.
    private static let longestPayload = 7900
    private static let attempts = 3

    init(pool: ConnectionPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Announces that new readings of a building were committed. Returns at once.
    func announce(building: Int) {
        let begins = state.withLock { state in
            state.buildings.insert(building)
            defer { state.isSending = true }
            return !state.isSending
        }
        // The task ends as soon as there is nothing left to announce.
        if begins { Task { await send() } }
    }

    private func send() async {
        while let buildings = next() {
            await send(Self.payload(buildings))
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func next() -> Set<Int>? {
        state.withLock { state in
            defer { state.buildings.removeAll() }
            if state.buildings.isEmpty { state.isSending = false }
            return state.buildings.isEmpty ? nil : state.buildings
        }
    }

    private func send(_ payload: String) async {
        for attempt in 1...Self.attempts {
            do {
                // The announced rows are on disk already; the announcement need not be.
                try await pool.withConnection { connection in
                    _ = try connection.query(
                        "SELECT set_config('synchronous_commit', 'off', true), pg_notify('hearth_latest', $1)",
                        [.text(payload)])
                }
                return
            } catch {
                logger.debug("Announcement failed", metadata: ["error": "\(error)", "attempt": "\(attempt)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private static func payload(_ buildings: Set<Int>) -> String {
        let payload = buildings.sorted().map(String.init).joined(separator: ",")
        return payload.utf8.count <= longestPayload ? payload : ""
    }
}
