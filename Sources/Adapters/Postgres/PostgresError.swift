/// An error reported by PostgreSQL, or by the connection to it.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five-character code of the SQL standard, `23505`; `nil` if the server did not answer, because it could not
    /// be reached or the connection broke.
    package var sqlState: String?
    /// The message, for people.
    package var message: String
    /// The server's details, if any.
    package var detail: String?
    /// The remedy, if known.
    package var hint: String?
    /// A Boolean value that indicates whether a `COMMIT` was sent and no answer came, so that the transaction may or
    /// may not have happened. Never run such a transaction again unless it is idempotent.
    package var outcomeUnknown: Bool

    /// Creates an error.
    package init(
        sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
        outcomeUnknown: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.outcomeUnknown = outcomeUnknown
    }

    /// The first two characters of `sqlState`, which are the class of the error.
    package var sqlStateClass: String? { sqlState.map { String($0.prefix(2)) } }

    /// A Boolean value that indicates whether the server was not there, or left in the middle, so that none of our
    /// statements is at fault.
    package var isConnectionFailure: Bool {
        guard let sqlState else { return true }
        return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(sqlState)
    }

    /// A Boolean value that indicates whether the server rolled the transaction back because of concurrent ones, so
    /// that running it again is right.
    package var isSerializationFailure: Bool { sqlState == "40P01" || sqlState == "40001" }

    package var description: String {
        var text = message
        if let detail { text += " " + detail }
        if let hint { text += " " + hint }
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        return text
    }
}
