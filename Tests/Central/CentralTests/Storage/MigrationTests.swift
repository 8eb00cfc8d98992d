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

    @Test func `leave nothing of one that failed, and continue with it once the cause is gone`() async throws {
        try await TestDatabase.withOne { url in
            var settings = TestDatabase.settings
            settings.url = url
            let migrator = Migrator(settings: settings, logger: Replica.logger)
            let pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
            defer { pool.close() }
            // The last table of `0007-meters`, which creates others before it.
            try await pool.withConnection { try $0.execute(script: "CREATE TABLE meter_load ()") }
            await #expect(throws: PostgresError.self) { try await migrator.migrate() }
            try await pool.withConnection { connection in
                let made = try connection.query(
                    """
                    SELECT relname::text FROM pg_class
                    WHERE relname IN ('gateway_store', 'meter_reading', 'meter_register', 'power_meter')
                    """)
                #expect(try made.map { try $0.value(0, as: String.self) } == ["gateway_store"])
                let recorded = try connection.query("SELECT name FROM schema_migration ORDER BY name")
                #expect(
                    try recorded.map { try $0.value(0, as: String.self) }
                        == Migration.all.map(\.name).filter { $0 < "0007" })
                try connection.execute(script: "DROP TABLE meter_load")
            }
            #expect(try await migrator.migrate() == Migration.all.map(\.name).filter { $0 >= "0007" })
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
