private import CPostgres

/// How to reach a database, and how long to wait for it.
package struct ConnectionSettings: Sendable {
    /// A libpq connection string: `postgresql://user:password@host:5432/database?target_session_attrs=read-write`, with
    /// several hosts where there are several. What it sets wins over the defaults here.
    package var url: String
    /// Path of a file whose first line is the password, for URLs that hold none. It is read for each connection, so that a
    /// new password is picked up without a restart; an empty file means that there is no password.
    package var passwordFile: String?
    /// Connects to this database instead of the one that the URL names.
    package var database: String?
    /// What `pg_stat_activity` shows.
    package var applicationName: String
    /// Whole seconds to wait for a connection, per host. At least 2, as libpq has it.
    package var connectTimeout: Duration
    /// After this the server ends a statement.
    package var statementTimeout: Duration
    /// After this the server ends a transaction in which nothing happens, so that a stuck client holds no lock.
    package var idleInTransactionTimeout: Duration
    /// Hears of slow statements.
    package var watch: StatementWatch?

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

    /// Where the URL leads, without anything secret: `hearth@db.example:5432/hearth`.
    ///
    /// - Throws: `PostgresError` where the URL cannot be read. The text never repeats what stands in the URL.
    package func target() throws -> ConnectionTarget { try ConnectionTarget(url: url) }
}

/// Nothing secret: whoever prints what holds the settings, a library's log for one, prints this.
extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { (try? target()).map(\.description) ?? "a database" }
    package var debugDescription: String { description }
}

/// The parts of a connection string that may be shown.
package struct ConnectionTarget: Hashable, Sendable, CustomStringConvertible {
    package var user: String?
    /// As given, with commas between several.
    package var host: String?
    package var port: String?
    package var database: String?

    package init(url: String) throws {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            defer { PQfreemem(complaint) }
            // libpq quotes the part that it stumbled over, which may be a piece of the password.
            let text = complaint.map { String(cString: $0) } ?? "out of memory"
            let safe = text.prefix { $0 != "\"" && $0 != ":" }
            throw PostgresError(
                message: "The database URL cannot be read (\(String(safe).trimmed)…).",
                hint: "It looks like postgresql://user:password@host:5432/database, "
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
    /// Without the spaces and line ends at the end, which libpq's messages have.
    var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
