internal import Logging
internal import Postgres
internal import Synchronization

/// Tells every replica, by PostgreSQL's notifications, in which buildings something is new.
///
/// It does so after the commits, gathered, in tiny transactions of its own: one that notifies holds a lock of the whole
/// server until it is on the disk, so that notifying within ingest would let one commit happen at a time. Who listens
/// looks by itself now and then as well, so that nothing is missed for long where we end in between.
final class LatestAnnouncer: Sendable {
    private let pool: ConnectionPool
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var buildings: Set<Int> = []
        var isSending = false
    }

    /// The channel. It stands in the schema as well.
    static let channel: StaticString = "hearth_latest"
    /// At most one announcement in this time.
    private static let pause: Duration = .milliseconds(100)
    /// PostgreSQL takes fewer than 8000 bytes.
    private static let longestPayload = 7900
    private static let attempts = 3

    init(pool: ConnectionPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Something new was committed in this building. Returns at once.
    func announce(building: Int) {
        let begins = state.withLock { state in
            state.buildings.insert(building)
            defer { state.isSending = true }
            return !state.isSending
        }
        // It ends by itself as soon as there is nothing to tell.
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
                // It tells of what is on the disk already: it need not be there itself.
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
