/// What PostgreSQL, or the way to it, answered instead of a result.
package struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The five characters of the SQL standard, `23505`; `nil` where the server said nothing, because it could not be
    /// reached or the connection broke.
    package var sqlState: String?
    package var message: String
    package var detail: String?
    package var hint: String?
    /// Whether a `COMMIT` was sent and no answer came: the transaction may or may not have happened. Never run such a
    /// transaction again unless doing it twice changes nothing.
    package var outcomeUnknown: Bool

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

    /// The first two characters of `sqlState`, which name the kind of error.
    package var sqlStateClass: String? { sqlState.map { String($0.prefix(2)) } }

    /// Whether the server was not there, or left in the middle: without any statement of ours being at fault.
    package var isConnectionFailure: Bool {
        guard let sqlState else { return true }
        return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05"].contains(sqlState)
    }

    /// Whether the server rolled the transaction back because of others', so that running it again is right.
    package var isSerializationFailure: Bool { sqlState == "40P01" || sqlState == "40001" }

    package var description: String {
        var text = message
        if let detail { text += " " + detail }
        if let hint { text += " " + hint }
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        return text
    }
}
