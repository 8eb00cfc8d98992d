private import CPostgres

/// The address of a database, and the timeouts of connections to it.
package struct ConnectionSettings: Sendable {
    /// A libpq connection string: `postgresql://user:password@host:5432/database?target_session_attrs=read-write`,
    /// possibly with several hosts. Its options take precedence over the defaults here.
    package var url: String
    /// The path of a file whose first line is the password, for URLs without one. It is read for each connection, so
    /// that a new password takes effect without a restart; an empty file means that there is no password.
    package var passwordFile: String?
    /// The database to connect to instead of the one in the URL; `nil` for that one.
    package var database: String?
    /// The name shown in `pg_stat_activity`.
    package var applicationName: String
    /// The maximum time for connecting, per host, in whole seconds; at least 2, as libpq requires.
    package var connectTimeout: Duration
    /// The time after which the server ends a statement; zero for no limit.
    package var statementTimeout: Duration
    /// The time after which the server ends a transaction in which nothing happens, so that a stuck client holds no
    /// lock.
    package var idleInTransactionTimeout: Duration
    /// The observer of slow statements.
    package var watch: StatementWatch?

    /// Creates settings.
    package init(
        url: String, applicationName: String, connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(30), idleInTransactionTimeout: Duration = .seconds(60),
        watch: StatementWatch? = nil
    ) {
        self.url = url
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.watch = watch
    }

    /// Returns the target of the URL, without anything secret: `hearth@db.example:5432/hearth`.
    ///
    /// - Throws: `PostgresError` if the URL cannot be parsed. Its text never repeats any part of the URL.
    package func target() throws -> ConnectionTarget { try ConnectionTarget(url: url) }
}

/// A description without secrets, since settings may end up in a library's log.
extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { (try? target()).map(\.description) ?? "a database" }
    package var debugDescription: String { description }
}

/// The parts of a connection string that may be shown.
package struct ConnectionTarget: Hashable, Sendable, CustomStringConvertible {
    /// The user name, if given.
    package var user: String?
    /// The host as given; several are separated by commas.
    package var host: String?
    /// The port as given; several are separated by commas.
    package var port: String?
    /// The name of the database, if given.
    package var database: String?

    /// Parses a connection string.
    ///
    /// - Throws: `PostgresError` if it is not valid.
    package init(url: String) throws {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            defer { PQfreemem(complaint) }
            // libpq quotes the part that it could not parse, which may be a piece of the password.
            let text = complaint.map { String(cString: $0) } ?? "out of memory"
            let safe = text.prefix { $0 != "\"" && $0 != ":" }
            throw PostgresError(
                message: "The database URL cannot be parsed (\(String(safe).trimmed)…).",
                hint: "It must look like postgresql://user:password@host:5432/database, "
                    + "with special characters in the password percent-encoded.")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            let value = option.pointee.val.map { String(cString: $0) }
            switch String(cString: keyword) {
            case "user": user = value
            case "host": host = value
            case "hostaddr" where host == nil: host = value
            case "port": port = value
            case "dbname": database = value
            default: break
            }
            option += 1
        }
    }

    package var description: String {
        var text = user.map { $0 + "@" } ?? ""
        text += host ?? "local socket"
        if let port { text += ":" + port }
        text += "/" + (database ?? user ?? "")
        return text
    }
}

extension String {
    /// The text without trailing spaces and line breaks, which libpq's messages have.
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
