import DatabaseRig
import Foundation
import Postgres
import Testing

@Suite(.withDatabaseServer, .database) struct ConnectionTests {
    /// Runs `body` on a connection of its own.
    func connected<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        let pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 1))
        defer { pool.close() }
        return try await pool.withConnection(body)
    }

    @Test func `brings values to the server and back unchanged`() async throws {
        try await connected { connection in
            let id = UUID()
            let text = #"“quoted” "text", \ and 'more' 🌡"#
            let row = try connection.query(
                "SELECT $1, $2, $3, $4, $5, $6, $7::text IS NULL, $8",
                [
                    .bool(true), .int(-5), .bigint(.min), .double(0.1), .text(text), .uuid(id), .text(nil),
                    .bytes([0, 255]),
                ]
            )[0]
            #expect(try row.value(0) == true)
            #expect(try row.value(1) == -5)
            #expect(try row.value(2, as: Int64.self) == .min)
            #expect(try row.value(3) == 0.1)
            #expect(try row.value(4) == text)
            #expect(try row.value(5) == id)
            #expect(try row.value(6) == true)
            #expect(try row.value(7) == "\\x00ff")
        }
    }

    @Test func `brings arrays with quotes, gaps and odd numbers`() async throws {
        try await connected { connection in
            let texts: [String?] = [#"a "b" \c"#, nil, "NULL", "", "{x,y}"]
            let rows = try connection.query(
                "SELECT t, n FROM unnest($1::text[], $2::double precision[]) AS x (t, n)",
                [.texts(texts), .doubles([1.5, nil, .infinity, -0.0, .nan])])
            #expect(try rows.map { try $0.optional(0, as: String.self) } == texts)
            let numbers = try rows.map { try $0.optional(1, as: Double.self) }
            #expect(numbers[0] == 1.5 && numbers[1] == nil && numbers[2] == .infinity && numbers[4]!.isNaN)
        }
    }

    @Test func `says what the server said when it refuses`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await connected { try $0.query("SELECT 1 / $1", [.int(0)]).count }
        }
        #expect(error?.sqlState == "22012")
        #expect(error?.message == "division by zero")
        #expect(error?.isConnectionFailure == false)
    }

    @Test func `tells a value of the wrong type from one that is missing`() async throws {
        try await connected { connection in
            let row = try connection.query("SELECT 'warm' AS state, NULL AS nothing")[0]
            #expect(throws: ColumnError(column: "state", expected: "Int", text: "warm")) {
                try row.value(0, as: Int.self)
            }
            #expect(throws: ColumnError(column: "nothing", expected: "String", text: nil)) {
                try row.value(1, as: String.self)
            }
        }
    }

    @Test func `keeps all of a transaction or nothing`() async throws {
        struct Stop: Error {}
        try await connected { connection in
            try connection.execute(script: "CREATE TEMPORARY TABLE t (n int)")
            try connection.transaction { _ = try $0.query("INSERT INTO t VALUES (1)") }
            #expect(throws: Stop.self) {
                try connection.transaction { connection in
                    try connection.query("INSERT INTO t VALUES (2)")
                    throw Stop()
                }
            }
            #expect(try connection.query("SELECT array_agg(n)::text FROM t")[0].value(0) == "{1}")
            #expect(connection.isUsable)
        }
    }

    @Test func `does not take a commit for done where the server rolled back`() async throws {
        try await connected { connection in
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction { _ = try? $0.query("SELECT 1 / 0") }
            }
            #expect(error?.sqlState == "40000")
        }
    }

    @Test func `copies rows of all types, and a text longer than its buffer`() async throws {
        try await connected { connection in
            try connection.execute(
                script:
                    "CREATE TEMPORARY TABLE c (t timestamptz, n float8, i int, s smallint, b boolean, l bigint, x text)"
            )
            let long = String(repeating: "ä", count: 200_000)
            let count = try connection.copyIn("COPY c FROM STDIN (FORMAT binary)") { writer in
                for text in ["first", long] {
                    try writer.row(fields: 7)
                    try writer.timestamp(millisecondsSince1970: 1_735_257_600_123)
                    try writer.double(-24.5)
                    try writer.int32(.min)
                    try writer.int16(-2)
                    try writer.bool(true)
                    try writer.int64(.max)
                    try writer.text(text)
                }
                try writer.row(fields: 7)
                try writer.timestamp(millisecondsSince1970: .min)
                for _ in 0..<6 { try writer.null() }
            }
            #expect(count == 3)
            let rows = try connection.query("SELECT t::text, n, i, s, b, l, x FROM c ORDER BY length(x) NULLS LAST")
            #expect(try rows[0].value(0) == "2024-12-27 00:00:00.123+00")
            #expect(try rows[0].value(1) == -24.5)
            #expect(try rows[0].value(2) == Int(Int32.min))
            #expect(try rows[0].value(3) == -2)
            #expect(try rows[0].value(4) == true)
            #expect(try rows[0].value(5, as: Int64.self) == .max)
            #expect(try rows[1].value(6) == long)
            #expect(try rows[2].optional(1, as: Double.self) == nil)
        }
    }

    @Test func `stays usable after a copy that the server or the caller stopped`() async throws {
        struct Stop: Error {}
        try await connected { connection in
            try connection.execute(script: "CREATE TEMPORARY TABLE c (n int CHECK (n < 3))")
            let error = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY c FROM STDIN (FORMAT binary)") { writer in
                    for number in Int32(0)..<100_000 {
                        try writer.row(fields: 1)
                        try writer.int32(number)
                    }
                }
            }
            #expect(error?.sqlState == "23514")
            #expect(throws: Stop.self) {
                try connection.copyIn("COPY c FROM STDIN (FORMAT binary)") { writer in
                    try writer.row(fields: 1)
                    try writer.int32(1)
                    throw Stop()
                }
            }
            #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY nowhere FROM STDIN (FORMAT binary)") { _ in }
            }
            #expect(connection.isUsable)
            #expect(try connection.query("SELECT count(*) FROM c")[0].value(0) == 0)
        }
    }

    @Test func `ends a statement that takes too long`() async throws {
        var settings = TestDatabase.settings
        settings.statementTimeout = .milliseconds(200)
        let pool = ConnectionPool(settings: settings)
        defer { pool.close() }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { try $0.query("SELECT pg_sleep(10)").count }
        }
        #expect(error?.sqlState == "57014")
    }

    @Test func `closes and makes again its prepared statements when the schema changed under them`() async throws {
        let pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 1))
        defer { pool.close() }
        @Sendable func read(_ connection: Connection) throws -> Int {
            try connection.query("SELECT * FROM shape").count
        }
        try await pool.withConnection { try $0.execute(script: "CREATE TABLE shape (a int)") }
        #expect(try await pool.withConnection(read) == 0)
        try await pool.withConnection { try $0.execute(script: "ALTER TABLE shape ADD b int") }
        await #expect(throws: PostgresError.self) { try await pool.withConnection(read) }
        #expect(try await pool.withConnection(read) == 0)
    }
}
