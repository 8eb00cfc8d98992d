internal import Postgres

extension Connection {
    /// Runs `body` inside the present transaction, which goes on as if nothing had been where `body` throws.
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
    /// Whether the server refused what was in the data, so that the same data will be refused again: data exceptions,
    /// integrity constraints, check options of views, and what triggers raise.
    var isRefusalOfData: Bool { ["22", "23", "44", "P0"].contains(sqlStateClass) }
}
