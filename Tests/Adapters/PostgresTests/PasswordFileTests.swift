import DatabaseRig
import Foundation
import Postgres
import Rig
import Testing

/// A password as systemd and containers hand it out: alone in a file, which others than its owner may be able to read.
@Suite(.withDatabaseServer, .database) struct PasswordFileTests {
    let folder = TemporaryFolder()
    let role = "hearth_password_" + UUID().uuidString.lowercased().prefix(8)

    /// Logs in as a role of this test's own whose password is `password`, with the file holding `content`.
    ///
    /// - Returns: the name that the server knows the connection by.
    func login(password: String, content: String, inURL: String? = nil) async throws -> String {
        let role = role
        try await TestDatabase.onServer {
            let name = try $0.quotedIdentifier(role)
            return "CREATE ROLE \(name) LOGIN PASSWORD '\(password.replacing("'", with: "''"))'"
        }
        defer { Task { try? await TestDatabase.onServer { "DROP ROLE \(try $0.quotedIdentifier(role))" } } }
        var url = try #require(URLComponents(string: TestDatabase.url))
        url.user = role
        url.password = inURL
        var settings = TestDatabase.settings
        settings.url = url.string!
        settings.passwordFile = try folder.write("password", content)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o444], ofItemAtPath: try #require(settings.passwordFile))
        let pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
        defer { pool.close() }
        return try await pool.withConnection { try $0.query("SELECT current_user")[0].value(0) }
    }

    @Test(arguments: [
        ("plain", "plain"), ("with a line end", "with a line end\n"), ("from Windows", "from Windows\r\n"),
        (#"of : and \ and ' and %"#, #"of : and \ and ' and %"# + "\nand a note\n"),
    ])
    func `is the file's first line, whoever else may read it`(password: String, content: String) async throws {
        #expect(try await login(password: password, content: content) == role)
    }

    @Test func `gives way to the one that the URL holds`() async throws {
        #expect(try await login(password: "right", content: "wrong\n", inURL: "right") == role)
    }

    @Test func `is missing if the file is empty`() async throws {
        let error = await #expect(throws: PostgresError.self) { try await login(password: "some", content: "") }
        #expect(error.map { "\($0)" }?.contains("password") == true)
    }

    @Test func `is not repeated when it is wrong`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await login(password: "right", content: "topsecret\n")
        }
        #expect(error?.sqlState == "28P01")
        #expect(error.map { "\($0)" }?.contains("topsecret") == false)
    }

    @Test func `names a file that can't be read or holds no password`() throws {
        var settings = TestDatabase.settings
        settings.passwordFile = folder.path + "/missing"
        let missing = #expect(throws: PostgresError.self) { try settings.password() }
        #expect(missing.map { "\($0)" }?.contains("/missing can't be opened: No such file") == true)
        settings.passwordFile = try folder.write("long", String(repeating: "x", count: 5000))
        #expect(throws: PostgresError.self) { try settings.password() }
        settings.passwordFile = try folder.write("zero", "a\u{0}b")
        #expect(throws: PostgresError.self) { try settings.password() }
    }
}
