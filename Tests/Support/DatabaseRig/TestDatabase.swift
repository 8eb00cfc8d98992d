import Foundation
package import Postgres
package import Testing

/// A database of a suite's own, on the server that `HEARTH_TEST_DATABASE_URL` names; dropped at the suite's end.
package enum TestDatabase {
    private static let variable = "HEARTH_TEST_DATABASE_URL"

    /// The server, as a superuser.
    package static let serverURL = ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }

    /// The connection string of the running suite's database.
    @TaskLocal package static var url = ""

    /// How to reach the running suite's database.
    package static var settings: ConnectionSettings { settings(url) }

    /// Patient: databases are made and dropped beside each other here.
    private static func settings(_ url: String) -> ConnectionSettings {
        ConnectionSettings(
            url: url, applicationName: "hearth-tests", connectTimeout: .seconds(60), statementTimeout: .seconds(300))
    }

    /// Runs statements on the server, in the database that its URL names.
    package static func onServer(_ script: @escaping @Sendable (Connection) throws -> String) async throws {
        let pool = ConnectionPool(
            settings: settings(serverURL ?? ""), limits: .init(connections: 1, longestWait: .seconds(60)))
        defer { pool.close() }
        try await pool.withConnection { connection in
            try connection.execute(script: try script(connection))
        }
    }

    /// Makes a database, runs `body` with its connection string, and drops it.
    package static func withOne(_ body: (String) async throws -> Void) async throws {
        let name = "hearth_test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try await onServer { "CREATE DATABASE \(try $0.quotedIdentifier(name))" }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(url(ofDatabase: name)))
        } catch {
            result = .failure(error)
        }
        try await drop(name)
        try result.get()
    }

    package static func drop(_ name: String) async throws {
        try await onServer { "DROP DATABASE IF EXISTS \(try $0.quotedIdentifier(name)) WITH (FORCE)" }
    }

    /// The server's URL with another database in it.
    package static func url(ofDatabase name: String) -> String {
        var parts = URLComponents(string: serverURL ?? "") ?? URLComponents()
        parts.path = "/" + name
        return parts.string ?? ""
    }

    fileprivate static let missing: Comment =
        """
        Set HEARTH_TEST_DATABASE_URL to a superuser's URL of a PostgreSQL with TimescaleDB to run these tests; \
        `make test` does.
        """
}

/// Gives a suite a database, and skips it where there is no server.
package struct DatabaseTrait: SuiteTrait, TestScoping {
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestDatabase.withOne { url in
            try await TestDatabase.$url.withValue(url) { try await function() }
        }
    }
}

extension Trait where Self == DatabaseTrait {
    package static var database: Self { DatabaseTrait() }
}

extension Trait where Self == ConditionTrait {
    /// Runs only where there is a server.
    package static var withDatabaseServer: Self {
        .enabled(if: TestDatabase.serverURL != nil, TestDatabase.missing)
    }
}
