internal import Postgres

extension Connection {
    /// Runs `body` inside the current transaction. If `body` throws, its changes are undone and the transaction
    /// continues.
    func savepoint(_ body: (Connection) throws -> Void) throws {
        try query("SAVEPOINT attempt")
        do {
            try body(self)
        } catch {
            try query("ROLLBACK TO SAVEPOINT attempt")
            try query("RELEASE SAVEPOINT attempt")
            throw error
        }
        try query("RELEASE SAVEPOINT attempt")
    }
}

extension PostgresError {
    /// A Boolean value that indicates whether the server refused the data itself, so that it will refuse the same data
    /// again: data exceptions, integrity constraints, check options of views, and errors raised by triggers.
    var isRefusalOfData: Bool { ["22", "23", "44", "P0"].contains(sqlStateClass) }
}
