import DatabaseRig
import Foundation
import Postgres
import Rig
import ServiceRig
import Storage
import Testing

@Suite(.withDatabaseServer) struct PublicationTests {
    private func published(_ url: String) async throws -> [String] {
        try await TestDatabase.$url.withValue(url) {
            try await Replica().rows(
                "SELECT pubname FROM pg_publication_tables WHERE tablename = 'latest_reading'")
        }
    }

    @Test func `has the newest readings where Supabase Realtime looks for them`() async throws {
        try await TestDatabase.withOne { url in
            let status = try await CentralProcess.command("migrate", database: url).status
            #expect(status == 0)
            let publications = try await published(url)
            #expect(publications == ["supabase_realtime"])
        }
    }

    @Test func `joins the publication that is there`() async throws {
        try await TestDatabase.withOne { url in
            try await TestDatabase.$url.withValue(url) {
                try await Replica().run("CREATE PUBLICATION supabase_realtime")
            }
            #expect(try await CentralProcess.command("migrate", database: url).status == 0)
            let publications = try await published(url)
            #expect(publications == ["supabase_realtime"])
        }
    }

    @Test func `is left out, and told of, where the user may not make one`() async throws {
        try await TestDatabase.withOne { url in
            let role = "hearth_test_role_" + UUID().uuidString.lowercased().prefix(8)
            try await TestDatabase.$url.withValue(url) {
                try await Replica().run(
                    """
                    CREATE EXTENSION IF NOT EXISTS timescaledb;
                    CREATE ROLE \(role) LOGIN PASSWORD 'pw';
                    GRANT ALL ON SCHEMA public TO \(role);
                    """)
            }
            var parts = URLComponents(string: url)!
            parts.user = role
            parts.password = "pw"
            let result = try await CentralProcess.command("migrate", database: parts.string!)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("latest_reading is not published"))
            let publications = try await published(url)
            #expect(publications.isEmpty)
            try await TestDatabase.$url.withValue(url) { try await Replica().run("DROP OWNED BY \(role)") }
            try await TestDatabase.onServer { _ in "DROP ROLE \(role)" }
        }
    }
}
