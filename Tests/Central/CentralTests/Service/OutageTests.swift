import Building
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database) struct OutageTests {
    @Test func `starts without its database, says so, and gets ready by itself`() async throws {
        let name = "hearth_test_late_" + UUID().uuidString.lowercased().prefix(8)
        // There is nothing yet, and the user of this URL may not log in.
        let role = "hearth_test_role_" + UUID().uuidString.lowercased().prefix(8)
        try await TestDatabase.onServer { _ in "CREATE ROLE \(role) NOLOGIN SUPERUSER PASSWORD 'pw'" }
        var parts = URLComponents(string: TestDatabase.url(ofDatabase: name))!
        parts.user = role
        parts.password = "pw"
        let service = try await CentralProcess(database: parts.string!, awaitsDatabase: false)
        #expect(try await service.call("/health").status == 200)
        let waiting = try await service.call("/ready")
        #expect(waiting.status == 503)
        #expect(waiting.headers["retry-after"] != nil)
        let operation = try await service.call("/hotels/", token: "hearth_o_" + String(repeating: "A", count: 43))
        #expect(operation.status == 503)
        #expect(operation.code == "database_unavailable")
        #expect(operation.headers["retry-after"] != nil)
        try await TestDatabase.onServer { _ in "ALTER ROLE \(role) LOGIN" }
        try await eventually("ready") { try await service.call("/ready").status == 200 }
        #expect(service.process.output.contains("pw") == false)
        await service.process.terminate()
        try await TestDatabase.drop(name)
        try await TestDatabase.onServer { _ in "DROP ROLE \(role)" }
    }

    @Test func `turns callers away while the database is gone, and works on when it is back`() async throws {
        try await TestDatabase.withOne { url in
            let service = try await CentralProcess(database: url)
            let token = try await CentralProcess.token("gateway", "--building", "b", database: url)
            let store = StoreID()
            #expect(try await service.send(batch(UplinkTests.one, store: store), token: token).status == 200)

            let name = URL(string: url)!.lastPathComponent
            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS false" }
            try await TestDatabase.onServer { _ in
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'"
            }
            let refused = try await service.send(batch(UplinkTests.one, store: store, first: 2), token: token)
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] != nil)
            #expect(try await service.call("/ready").status == 503)
            #expect(try await service.call("/health").status == 200)

            try await TestDatabase.onServer { _ in "ALTER DATABASE \(name) ALLOW_CONNECTIONS true" }
            #expect(try await service.call("/ready").status == 200)
            #expect(try await service.send(batch(UplinkTests.one, store: store, first: 2), token: token).status == 200)
            await service.process.terminate()
        }
    }

    @Test func `ends on SIGTERM after the requests in flight`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "end")
        async let answers = withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await service.send(batch(UplinkTests.one, first: Int64(number + 1)), token: token).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await answers == Array(repeating: 200, count: 8))
        #expect(await service.process.terminate() == 0)
        #expect(service.process.output.contains("Stopped"))
    }

    @Test func `says what is wrong when its port is taken`() async throws {
        let service = try await CentralProcess()
        let second = try await CentralProcess.command("serve", "--set", "http.port=\(service.port)")
        #expect(second.status == 1)
        #expect(second.output.contains("127.0.0.1:\(service.port) is in use by another program"))
        await service.process.terminate()
    }
}
