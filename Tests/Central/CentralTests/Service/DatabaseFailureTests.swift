import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Storage
import Synchronization
import Testing
import WireFormat

/// What happens to the service's users when a database server goes, with servers that may be killed.
@Suite(.withDatabaseServer) struct DatabaseFailureTests {
    /// What gateways and readers met.
    private final class Diary: Sendable {
        private let experience = Mutex(Experience())

        func note<Value>(_ body: (inout Experience) -> Value) -> Value { experience.withLock { body(&$0) } }
    }

    private struct Experience {
        var isOver = false
        var acknowledged = 0
        var turnedAway = 0
        var answered = 0
        var faults: [String] = []
    }

    /// 50 readings of one thermometer.
    private static func batch(of store: StoreID, first: Int64) -> ReadingBatch {
        let key = SeriesKey(
            room: Slug("room-101")!, device: "sensor-1", deviceClass: .temperatureSensor, datapoint: .temperature)
        let rows = (first..<first + 50).map { number in
            let time = Timestamp(millisecondsSince1970: midnight + number * 1000)
            return ReadingBatch.Row(
                seriesIndex: 0, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                value: .number(Double(number)))
        }
        return ReadingBatch(store: store, firstNumber: first, series: [key], rows: rows)
    }

    private func operatorToken(_ url: String) async throws -> String {
        try await CentralProcess.token("operator", "--name", "ops", database: url)
    }

    @Test func `loses nothing when PostgreSQL is killed in the middle of ingest and of queries`() async throws {
        try await PrivateDatabase.withOne { database in
            let service = try await CentralProcess(database: database.url)
            let gateway = try await CentralProcess.token("gateway", "--building", "b", database: database.url)
            let ops = try await operatorToken(database.url)
            #expect(try await service.send(inventory("b"), token: gateway).status == 204)
            let diary = Diary()
            let stores = (0..<4).map { _ in StoreID() }

            try await withThrowingTaskGroup(of: Void.self) { group in
                for store in stores {
                    group.addTask {
                        // A batch of 50 is sent until it is acknowledged, as gateways do.
                        var next: Int64 = 1
                        while !diary.note(\.isOver) {
                            let answer = try await service.send(
                                Self.batch(of: store, first: next), token: gateway)
                            diary.note { experience in
                                switch answer.status {
                                case 200:
                                    experience.acknowledged += 50
                                    experience.answered += 1
                                case 503 where answer.headers["retry-after"] != nil: experience.turnedAway += 1
                                default: experience.faults.append("\(answer.status) \(answer.text)")
                                }
                            }
                            if answer.status == 200 { next += 50 } else { try await Task.sleep(for: .milliseconds(50)) }
                        }
                    }
                }
                for path in ["/hotels/", "/rooms/1/data/", "/floors/1/rooms/"] {
                    group.addTask {
                        while !diary.note(\.isOver) {
                            let answer = try await service.call(path, token: ops)
                            diary.note { experience in
                                switch answer.status {
                                case 200: experience.answered += 1
                                case 503 where answer.headers["retry-after"] != nil: experience.turnedAway += 1
                                default: experience.faults.append("\(path): \(answer.status) \(answer.text)")
                                }
                            }
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
                for _ in 0..<2 {
                    try await Task.sleep(for: .seconds(1))
                    let before = diary.note(\.turnedAway)
                    try database.kill()
                    try await eventually("callers are told to come again") {
                        diary.note(\.turnedAway) > before + 5
                    }
                    #expect(try await service.call("/health").status == 200)
                    // A server process of the killed database may live on until it notices.
                    try await eventually("not ready") { try await service.call("/ready").status == 503 }
                    try await database.start()
                    let answered = diary.note(\.answered)
                    try await eventually("all works again", within: .seconds(30)) {
                        diary.note(\.answered) > answered + 50
                    }
                }
                diary.note { $0.isOver = true }
                try await group.waitForAll()
            }
            let met = diary.note(\.self)
            #expect(met.faults == [])
            #expect(met.turnedAway > 10)

            // Each reading once: what the ledger holds is what the table has, and nothing is missing.
            let audit = try await CentralProcess.command("audit", database: database.url)
            #expect(audit.status == 0, "\(audit.output)")
            try await TestDatabase.$url.withValue(database.url) {
                let replica = Replica()
                let rows = try await replica.rows("SELECT count(*)::text FROM reading")
                let held = try await replica.rows("SELECT sum(count_of_numbers(held))::text FROM gateway_store")
                #expect(rows == held)
                #expect(try #require(Int(held[0])) >= met.acknowledged)
            }
            await service.process.terminate()
        }
    }

    @Test func `goes on at the host that may be written to`() async throws {
        try await PrivateDatabase.withOne { first in
            let name = "hearth_test_failover_" + UUID().uuidString.lowercased().prefix(8)
            let folder = TemporaryFolder()
            // libpq takes the password of each host from a file.
            let second = URLComponents(string: try #require(TestDatabase.serverURL))!
            let own = URLComponents(string: try first.superuserURL)!
            let passwords = try folder.write(
                "pgpass",
                [own, second].map { "\($0.host!):\($0.port ?? 5432):*:\($0.user!):\($0.password ?? "")\n" }.joined())
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: passwords)
            func url(_ hosts: String) -> String {
                "postgresql://\(own.user!)@\(hosts)/\(name)?target_session_attrs=read-write&passfile=\(passwords)"
            }
            let firstHost = "127.0.0.1:\(first.port)"
            let secondHost = "\(second.host!):\(second.port ?? 5432)"
            let deadHost = "127.0.0.1:\(LoopbackPort.free())"
            for host in [firstHost, secondHost] {
                #expect(try await CentralProcess.command("migrate", database: url(host)).status == 0)
            }
            // The same token on both, as replication would have it.
            let ops = try await operatorToken(url(firstHost))
            let hash = try await TestDatabase.$url.withValue(url(firstHost)) {
                try await Replica().rows("SELECT encode(hash, 'hex') FROM token")[0]
            }
            try await TestDatabase.$url.withValue(url(secondHost)) {
                try await Replica().run(
                    "INSERT INTO token (hash, role, label) VALUES (decode('\(hash)', 'hex'), 'operator', 'ops')")
            }
            // A standby: it can be read from and not be written to.
            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) SET default_transaction_read_only = on" }

            let service = try await CentralProcess(database: url("\(deadHost),\(secondHost),\(firstHost)"))
            try await TestDatabase.$url.withValue(url(firstHost)) {
                try await Replica().run("INSERT INTO hotels (slug, name) VALUES ('first', 'First')")
            }
            #expect(try await service.call("/hotels/", token: ops).text.contains(#""slug":"first""#))

            try first.kill()
            try await eventually("callers are told to come again") {
                try await service.call("/hotels/", token: ops).status == 503
            }
            // The standby is promoted.
            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) RESET default_transaction_read_only" }
            try await TestDatabase.$url.withValue(url(secondHost)) {
                try await Replica().run("INSERT INTO hotels (slug, name) VALUES ('second', 'Second')")
            }
            try await eventually("the second host serves", within: .seconds(30)) {
                try await service.call("/hotels/", token: ops).text.contains(#""slug":"second""#)
            }
            #expect(try await service.call("/ready").status == 200)
            await service.process.terminate()
            try await TestDatabase.drop(name)
        }
    }

    @Test func `reads lists where the replica is, and from the primary while that is away`() async throws {
        try await TestDatabase.withOne { primary in
            try await TestDatabase.withOne { replica in
                for url in [primary, replica] {
                    #expect(try await CentralProcess.command("migrate", database: url).status == 0)
                    let slug = url == primary ? "primary" : "replica"
                    try await TestDatabase.$url.withValue(url) {
                        try await Replica().run("INSERT INTO hotels (slug, name) VALUES ('\(slug)', 'X')")
                    }
                }
                let service = try await CentralProcess(
                    database: primary, settings: ["database.readURL=\(replica)"])
                let ops = try await operatorToken(primary)
                #expect(try await service.call("/hotels/", token: ops).text.contains(#""slug":"replica""#))

                let name = URL(string: replica)!.lastPathComponent
                try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS false" }
                try await TestDatabase.onServer { _ in
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'"
                }
                for _ in 0..<5 {
                    #expect(try await service.call("/hotels/", token: ops).text.contains(#""slug":"primary""#))
                }
                let complaint = "Read replica does not respond: using the primary"
                #expect(service.process.output.components(separatedBy: complaint).count == 2)
                try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS true" }
                try await eventually("the replica is asked again", within: .seconds(30)) {
                    try await service.call("/hotels/", token: ops).text.contains(#""slug":"replica""#)
                }
                await service.process.terminate()
            }
        }
    }

    @Test func `ends long questions, and tells of slow statements without what people said`() async throws {
        try await TestDatabase.withOne { url in
            let service = try await CentralProcess(
                database: url, settings: ["database.readTimeoutSeconds=1", "database.slowStatementMilliseconds=300"])
            let ops = try await operatorToken(url)
            // On a machine that is busy the first one takes its time.
            try await eventually("the hotels are listed") {
                try await service.call("/hotels/", token: ops).status == 200
            }
            try await TestDatabase.$url.withValue(url) {
                let replica = Replica()
                /// Holds the table while something asks for it.
                func withHotelsLocked<Result>(
                    for seconds: Double, _ body: () async throws -> Result
                ) async throws -> Result {
                    let lock = Task {
                        try await replica.run("BEGIN; LOCK TABLE hotels; SELECT pg_sleep(\(seconds)); COMMIT;")
                    }
                    try await eventually("locked") {
                        try await replica.rows(
                            """
                            SELECT 1::text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
                                AND relation = 'hotels'::regclass
                                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                            """) == ["1"]
                    }
                    let result = try await body()
                    _ = try await replica.rows(
                        """
                        SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity
                        WHERE query LIKE 'BEGIN; LOCK%' AND state = 'active' AND datname = current_database()
                        """)
                    _ = await lock.result
                    return result
                }
                // Another one that is slow and is not ended, as on a busy machine: it comes first in the log.
                _ = try await withHotelsLocked(for: 0.7) { try await service.call("/hotels/", token: ops) }
                let answer = try await withHotelsLocked(for: 600) {
                    try await service.call("/hotels/?cursor=424242", token: ops)
                }
                #expect(answer.status == 503)
            }
            try await service.process.waitFor(output: "57014")
            let log = service.process.output
            let slow = log.split(separator: "\n").filter { $0.contains("Slow statement") }
            let ended = slow.filter { $0.contains("57014") && $0.contains("FROM hotels") }
            #expect(!ended.isEmpty, "\(slow)")
            #expect(ended.allSatisfy { $0.contains("$1") })
            #expect(!log.contains("424242"))
            #expect(try await metric("hearth_database_slow_statements_total", of: service, ops) >= 1)
            await service.process.terminate()
        }
    }

    @Test func `shows its metrics also while the database is away`() async throws {
        try await TestDatabase.withOne { url in
            let service = try await CentralProcess(database: url)
            let ops = try await operatorToken(url)
            #expect(try await service.call("/metrics", token: ops).status == 200)
            let name = URL(string: url)!.lastPathComponent
            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS false" }
            try await TestDatabase.onServer { _ in
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'"
            }
            // Longer than a token is believed in without looking.
            try await eventually("callers are told to come again", within: .seconds(30)) {
                try await service.call("/hotels/", token: ops).status == 503
            }
            try await eventually("not ready", within: .seconds(30)) {
                try await metric("hearth_ready", of: service, ops) == 0
            }
            try await Task.sleep(for: .seconds(11))
            #expect(try await service.call("/metrics", token: ops).status == 200)
            #expect(try await metric("hearth_live_feed_connected", of: service, ops) == 0)
            #expect(try await metric(#"hearth_database_connect_failures_total{pool="primary"}"#, of: service, ops) > 0)
            let stranger = "hearth_o_" + String(repeating: "A", count: 43)
            #expect(try await service.call("/metrics", token: stranger).status == 503)
            await service.process.terminate()
            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS true" }
        }
    }
}
