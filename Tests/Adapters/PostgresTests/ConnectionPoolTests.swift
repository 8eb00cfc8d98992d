import DatabaseRig
import Postgres
import Testing

@Suite(.withDatabaseServer, .database) struct ConnectionPoolTests {
    func pool(_ connections: Int, waiting: Int = 100, longestWait: Duration = .seconds(10)) -> ConnectionPool {
        ConnectionPool(
            settings: TestDatabase.settings,
            limits: .init(connections: connections, waiting: waiting, longestWait: longestWait))
    }

    static let own: @Sendable (Connection) throws -> Int = { try $0.query("SELECT pg_backend_pid()")[0].value(0) }

    @Test func `makes no more connections than it may, and serves all who wait`() async throws {
        let pool = pool(3)
        defer { pool.close() }
        let backends = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await pool.withConnection { connection in
                        _ = try connection.query("SELECT pg_sleep(0.005)")
                        return try Self.own(connection)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(backends.count == 60)
        #expect(Set(backends).count <= 3)
        #expect(pool.statistics.inUse == 0)
    }

    /// Runs `body` while another keeps the pool's only connection busy.
    func whileBusy(_ pool: ConnectionPool, _ body: () async throws -> Void) async throws {
        async let busy: Void = pool.withConnection { _ = try $0.query("SELECT pg_sleep(1)") }
        while pool.statistics.inUse == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await body()
        try await busy
    }

    @Test func `turns a caller away when no connection is free in time`() async throws {
        let pool = pool(1, longestWait: .milliseconds(100))
        defer { pool.close() }
        try await whileBusy(pool) {
            await #expect(throws: PoolError.noneFree(waited: .milliseconds(100))) {
                try await pool.withConnection(Self.own)
            }
        }
        #expect(try await pool.withConnection(Self.own) > 0)
    }

    @Test func `turns a caller away at once when enough wait already`() async throws {
        let pool = pool(1, waiting: 0)
        defer { pool.close() }
        try await whileBusy(pool) {
            await #expect(throws: PoolError.crowded(waiting: 0)) { try await pool.withConnection(Self.own) }
        }
    }

    @Test func `lets a caller that is cancelled go at once`() async throws {
        let pool = pool(1)
        defer { pool.close() }
        try await whileBusy(pool) {
            let task = Task { try await pool.withConnection(Self.own) }
            try await Task.sleep(for: .milliseconds(20))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `connects again when the server ended an idle connection`() async throws {
        let pool = pool(1)
        defer { pool.close() }
        let first = try await pool.withConnection(Self.own)
        // Waits until it has ended.
        try await TestDatabase.onServer { _ in "SELECT pg_terminate_backend(\(first), 10000)" }
        let second = try await pool.withConnection(Self.own)
        #expect(second != first)
    }

    @Test func `reports a connection that breaks in the middle, and is well again after it`() async throws {
        let pool = pool(1)
        defer { pool.close() }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { connection in
                try connection.transaction { try $0.query("SELECT pg_terminate_backend(pg_backend_pid())").count }
            }
        }
        #expect(error?.isConnectionFailure == true)
        #expect(error?.outcomeUnknown == false)
        #expect(try await pool.withConnection(Self.own) > 0)
    }

    @Test func `says why there is no connection, without the password`() async throws {
        let pool = ConnectionPool(
            settings: ConnectionSettings(url: "postgresql://u:topsecret@127.0.0.1:1/none", applicationName: "tests"))
        defer { pool.close() }
        let error = await #expect(throws: PostgresError.self) { try await pool.withConnection(Self.own) }
        #expect(error?.isConnectionFailure == true)
        #expect(error?.message.contains("refused") == true)
        #expect(error.map { "\($0)" }?.contains("topsecret") == false)
    }

    @Test func `lends nothing after it was closed`() async throws {
        let pool = pool(1)
        pool.close()
        await #expect(throws: PoolError.closed) { try await pool.withConnection(Self.own) }
    }
}
