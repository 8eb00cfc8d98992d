internal import CPostgres
private import Glibc

/// One connection to PostgreSQL, by libpq. All calls block until the server has answered.
///
/// A connection belongs to one thread at a time: it is not `Sendable`, and `ConnectionPool` lends it only to closures
/// on the connection's own queue, away from Swift's cooperative threads.
package final class Connection {
    let handle: OpaquePointer
    /// The observer of slow statements.
    let watch: StatementWatch?
    /// The names of prepared statements by the address of their text, which is a literal and so never moves.
    private var prepared: [UnsafePointer<UInt8>: String] = [:]
    private var nameCounter = 0
    /// A Boolean value that indicates whether something has happened after which the session's state is unknown.
    private var spoiled = false

    /// The maximum number of prepared statements. Beyond it all are closed, and prepared again as needed.
    private static let preparedLimit = 256

    /// Connects to a database.
    ///
    /// - Throws: `PostgresError`, with the server's SQLSTATE if it refused the connection with one.
    package init(_ settings: ConnectionSettings) throws {
        _ = try settings.target()
        let seconds = max(2, Int(settings.connectTimeout.components.seconds))
        // libpq uses the last of several options: the URL takes precedence over what precedes it.
        var options: [(String, String)] = [
            ("fallback_application_name", settings.applicationName),
            ("connect_timeout", String(seconds)),
            ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
        if let password = try settings.password() { options.append(("password", password)) }
        options += [("dbname", settings.url), ("client_encoding", "UTF8")]
        if let database = settings.database { options.append(("dbname", database)) }
        watch = settings.watch
        handle = try Self.connect(options)
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // If this throws, `deinit` closes the connection, since all properties are set by now.
        try configure(settings)
    }

    deinit { PQfinish(handle) }

    private static func connect(_ options: [(String, String)]) throws -> OpaquePointer {
        let keywords = CStrings(options.map(\.0))
        let values = CStrings(options.map(\.1))
        guard let handle = PQconnectdbParams(keywords.pointers, values.pointers, 1) else {
            throw PostgresError(message: "Out of memory while connecting to PostgreSQL.")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            let message = String(cString: PQerrorMessage(handle)).trimmed
            throw PostgresError(sqlState: Self.sqlState(ofRefusal: message), message: message)
        }
        return handle
    }

    /// Returns the SQLSTATE of a refused connection. libpq does not provide it, so the two that matter are recognised
    /// by the message. If the server speaks another language, they remain plain connection failures.
    private static func sqlState(ofRefusal message: String) -> String? {
        if message.contains("FATAL:"), message.contains("database \""), message.contains("does not exist") {
            return "3D000"
        }
        if message.contains("password authentication failed") { return "28P01" }
        return nil
    }

    private func configure(_ settings: ConnectionSettings) throws {
        func milliseconds(_ duration: Duration) -> Parameter {
            let (seconds, attoseconds) = duration.components
            return .text(String(seconds * 1000 + attoseconds / 1_000_000_000_000_000))
        }
        // With synchronous_commit = off the server would answer before the data is on disk, which breaks the guarantee
        // of ingest.
        _ = try query(
            """
            SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false),
                set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '1', false),
                set_config('statement_timeout', $1, false),
                set_config('idle_in_transaction_session_timeout', $2, false),
                CASE WHEN current_setting('synchronous_commit') = 'off'
                    THEN set_config('synchronous_commit', 'on', false) END
            """,
            [milliseconds(settings.statementTimeout), milliseconds(settings.idleInTransactionTimeout)])
    }

    /// A Boolean value that indicates whether the next statement can be expected to reach a server. Takes no round
    /// trip: between statements a server sends nothing but the end of the connection, so anything to read means that it
    /// has ended.
    package var isUsable: Bool {
        guard !spoiled, PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) == PQTRANS_IDLE else {
            return false
        }
        var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&socket, 1, 0) == 0
    }

    /// Runs one statement, prepared on its first use on this connection.
    ///
    /// - Parameter sql: A literal, so that values cannot become SQL.
    /// - Throws: `PostgresError`.
    @discardableResult
    package func query(_ sql: StaticString, _ parameters: [Parameter] = []) throws -> Rows {
        try watched(sql) { try run(sql, parameters) }
    }

    private func run(_ sql: StaticString, _ parameters: [Parameter]) throws -> Rows {
        let name = try preparedName(of: sql, parameters)
        let values = CStrings(parameters.map(\.text))
        let result = PQexecPrepared(handle, name, Int32(parameters.count), values.pointers, nil, nil, 0)
        do {
            return try rows(result)
        } catch let error as PostgresError {
            // The schema changed under the prepared statement, or someone closed it: start with a new session.
            if error.sqlState == "0A000" || error.sqlState == "26000" { spoiled = true }
            // The server became a standby: the next connection finds the one that accepts writes.
            if error.sqlState == "25006" { spoiled = true }
            throw error
        }
    }

    /// Runs a script of any number of statements, in one transaction unless the script says otherwise. For migrations;
    /// it must not contain values.
    package func execute(script: String) throws {
        _ = try rows(PQexec(handle, script))
    }

    /// Returns `name` quoted as an SQL identifier, for places where a parameter is not possible.
    package func quotedIdentifier(_ name: String) throws -> String {
        guard let quoted = PQescapeIdentifier(handle, name, name.utf8.count) else { throw failure(nil) }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    private func preparedName(of sql: StaticString, _ parameters: [Parameter]) throws -> String {
        if let name = prepared[sql.utf8Start] { return name }
        if prepared.count >= Self.preparedLimit {
            try execute(script: "DEALLOCATE ALL")
            prepared.removeAll()
        }
        nameCounter += 1
        let name = "h\(nameCounter)"
        let types = parameters.map { Oid($0.type) }
        let result = sql.withUTF8Buffer { text in
            // A StaticString ends in NUL, as C requires.
            text.withMemoryRebound(to: CChar.self) { text in
                PQprepare(handle, name, text.baseAddress, Int32(types.count), types)
            }
        }
        _ = try rows(result)
        prepared[sql.utf8Start] = name
        return name
    }

    /// Takes ownership of a result, and throws if it is an error.
    func rows(_ result: OpaquePointer?) throws -> Rows {
        guard let result else { throw failure(nil) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN:
            return Rows(owning: result)
        default:
            defer { PQclear(result) }
            throw failure(result)
        }
    }

    /// Returns the error as the server reported it, or as libpq did if there is no server any more.
    func failure(_ result: OpaquePointer?) -> PostgresError {
        func field(_ code: Character) -> String? {
            guard let result, let text = PQresultErrorField(result, Int32(code.asciiValue!)) else { return nil }
            return String(cString: text)
        }
        if PQstatus(handle) != CONNECTION_OK { spoiled = true }
        guard let message = field("M") else {
            return PostgresError(message: String(cString: PQerrorMessage(handle)).trimmed)
        }
        return PostgresError(sqlState: field("C"), message: message, detail: field("D"), hint: field("H"))
    }
}

/// A C array of C strings, with NULL for `nil` and at the end. It is valid as long as the object lives.
final class CStrings {
    private var storage: [UnsafeMutablePointer<CChar>?]
    private let array: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ texts: [String?]) {
        storage = texts.map { text in text.map { Self.copy($0) } }
        array = .allocate(capacity: texts.count + 1)
        for (index, pointer) in storage.enumerated() {
            array.initializeElement(at: index, to: pointer.map { .init($0) })
        }
        array.initializeElement(at: texts.count, to: nil)
    }

    var pointers: UnsafePointer<UnsafePointer<CChar>?> { UnsafePointer(array.baseAddress!) }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        var text = text
        return text.withUTF8 { bytes in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
            copy[bytes.count] = 0
            return copy
        }
    }

    deinit {
        for pointer in storage { pointer?.deallocate() }
        array.deallocate()
    }
}
