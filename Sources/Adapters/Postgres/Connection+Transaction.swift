private import CPostgres

extension Connection {
    /// Runs `body` as one transaction: all of it happens, or nothing where it throws.
    ///
    /// - Throws: what `body` throws, or `PostgresError`; with `outcomeUnknown` where the connection broke while the
    ///   commit was under way.
    package func transaction<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try query("BEGIN")
        let value: Value
        do {
            value = try body(self)
        } catch {
            // The first error is the one to tell; a connection on which this fails is not used again.
            _ = try? query("ROLLBACK")
            throw error
        }
        let answer: Rows
        do {
            answer = try query("COMMIT")
        } catch var error as PostgresError {
            if error.isConnectionFailure { error.outcomeUnknown = true }
            throw error
        }
        guard answer.commandTag == "COMMIT" else {
            throw PostgresError(
                sqlState: "40000", message: "The transaction was rolled back: a statement in it had failed.")
        }
        return value
    }
}
