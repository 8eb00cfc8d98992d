private import CPostgres

extension Connection {
    /// Runs `body` as one transaction, which is rolled back if it throws.
    ///
    /// - Throws: The error of `body`, or `PostgresError`; with `outcomeUnknown` if the connection broke during the
    ///   commit.
    package func transaction<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try query("BEGIN")
        let value: Value
        do {
            value = try body(self)
        } catch {
            // The first error is the one to report; a connection on which this fails is not reused.
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
