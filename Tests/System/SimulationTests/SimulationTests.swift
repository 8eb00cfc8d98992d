import DatabaseRig
import Foundation
import Postgres
import Storage
import Synchronization
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct SimulationTests {
    @Test func `the ledger balances, and nothing is there twice, whatever happens`() async throws {
        try await Self.prepareDatabase()
        let (first, count) = (Effort.first, Effort.seeds)
        let start = ContinuousClock.now
        let failures = try await play(Array(first..<first + UInt64(count)))
        let elapsed = start.duration(to: .now)
        print("\(count) seeds from \(first) in \(elapsed.formatted(.units(allowed: [.seconds], width: .narrow)))")
        for failure in failures { Issue.record("\(failure)") }
    }

    @Test func `a disk that lies about its syncs is found out`() async throws {
        try await Self.prepareDatabase()
        // Among these scenes the power is cut often enough.
        let failures = try await play(Array(1...150), diskLies: true, most: 1)
        #expect(!failures.isEmpty)
    }

    /// - Parameter failures: with so many it ends early.
    /// - Returns: what went wrong.
    private func play(
        _ seeds: [UInt64], diskLies: Bool = false, most failures: Int = 5
    ) async throws -> [Failure] {
        let seeds = Seeds(seeds, until: failures)
        let settings = TestDatabase.settings
        try await withThrowingTaskGroup { group in
            for _ in 0..<Effort.lanes {
                group.addTask {
                    let pool = ConnectionPool(settings: settings, limits: .init(connections: 3))
                    defer { pool.close() }
                    while let seed = seeds.next() {
                        let scene = try await Scene(seed: seed, pool: pool, diskLies: diskLies)
                        do {
                            try await scene.play()
                        } catch {
                            seeds.note(Failure(seed: seed, cause: "\(error)", log: scene.log.text))
                        }
                        try await scene.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        return seeds.failures
    }

    /// What is still to be played, and what came of it.
    private final class Seeds: Sendable {
        private let state: Mutex<(left: ArraySlice<UInt64>, failures: [Failure])>

        private let most: Int

        init(_ seeds: [UInt64], until most: Int) {
            state = Mutex((seeds[...], []))
            self.most = most
        }

        var failures: [Failure] { state.withLock { $0.failures } }

        /// `nil` where all are played, or enough have failed.
        func next() -> UInt64? { state.withLock { $0.failures.count < most ? $0.left.popFirst() : nil } }

        func note(_ failure: Failure) { state.withLock { $0.failures.append(failure) } }
    }

    /// Nobody keeps these data: the database need not wait for the disk.
    private static func prepareDatabase() async throws {
        let pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 1))
        defer { pool.close() }
        try await pool.withConnection { connection in
            try connection.execute(
                script: """
                    DO $$ BEGIN
                        EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
                    END $$
                    """)
        }
        _ = try await Migrator(settings: TestDatabase.settings, logger: Quiet.logger).migrate()
    }

    struct Failure: CustomStringConvertible, Sendable {
        var seed: UInt64
        var cause: String
        var log: String

        var description: String {
            "seed \(seed): \(cause)\nWhat happened:\n\(log)\nseed \(seed): \(cause)\nAgain: make replay SEED=\(seed)"
        }
    }

    /// How much is tried.
    enum Effort {
        static let seeds = number("HEARTH_SIMULATION_SEEDS") ?? 2_000
        /// The same in every run, so that what fails for one fails for all.
        static let first = UInt64(number("HEARTH_SIMULATION_FIRST") ?? 1)
        /// Scenes that go on at the same time, so that none waits for another's database.
        static let lanes = 4

        private static func number(_ name: String) -> Int? {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
        }
    }
}
