import DatabaseRig
import Foundation
import Postgres
import Rig
import Storage
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct MigrationTests {
    @Test func `are applied once, by whoever comes first`() async throws {
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { try await Replica.migrator.migrate() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.filter { !$0.isEmpty } == [Migration.all.map(\.name)])
        try await Replica().store.checkReadiness()
    }

    @Test func `refuse a database whose migrations were edited, or come from a newer version`() async throws {
        let replica = try await Replica.migrated()
        try await replica.run("UPDATE schema_migration SET checksum = 'x' WHERE name = '0002-readings'")
        await #expect(throws: MigrationError.changed(migration: "0002-readings")) {
            try await Replica.migrator.migrate()
        }
        try await replica.run(
            """
            DELETE FROM schema_migration WHERE name = '0002-readings';
            INSERT INTO schema_migration VALUES ('9999-future', 'x');
            """)
        await #expect(throws: MigrationError.newerSchema(migration: "9999-future")) {
            try await Replica.migrator.migrate()
        }
    }

    @Test func `create the database where it does not exist`() async throws {
        let name = "hearth_test_new_" + UUID().uuidString.lowercased().prefix(8)
        var settings = TestDatabase.settings
        settings.url = TestDatabase.url(ofDatabase: name)
        let logger = Replica.logger
        do {
            let applied = try await Migrator(settings: settings, logger: logger).migrate()
            #expect(applied == Migration.all.map(\.name))
        }
        try await TestDatabase.drop(name)
    }

    @Test func `are all compiled in, in the order of their files`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Checkout.file("Sources/Central/Storage/Migrations"))
        #expect(Migration.all.map { $0.name + ".sql" } == files.sorted())
    }
}
