/// Hears of statements that took long, so that someone can find out why.
package struct StatementWatch: Sendable {
    /// Statements below this are not told of.
    package var threshold: Duration
    /// Called on the connection's own thread, after the statement.
    package var report: @Sendable (SlowStatement) -> Void

    package init(threshold: Duration, report: @escaping @Sendable (SlowStatement) -> Void) {
        self.threshold = threshold
        self.report = report
    }
}

/// A statement that took long. Its parameters are not part of it: they are people's data.
package struct SlowStatement: Hashable, Sendable {
    /// As it stands in the program, on one line, with `$1`, `$2`… where values go, cut where it is long.
    package var text: String
    package var duration: Duration
    /// SQLSTATE, or a word, where it failed; `nil` where it did not.
    package var failure: String?

    private static let longestText = 600

    init(_ sql: StaticString, duration: Duration, failure: String?) {
        let words = sql.description.split { $0 == " " || $0 == "\n" }
        let line = words.joined(separator: " ")
        text = line.count > Self.longestText ? line.prefix(Self.longestText) + "…" : line
        self.duration = duration
        self.failure = failure
    }
}

extension Connection {
    /// Runs `body`, which is the statement `sql`, and tells of it where it took long.
    func watched<Value>(_ sql: StaticString, _ body: () throws -> Value) throws -> Value {
        guard let watch else { return try body() }
        let began = ContinuousClock.now
        func tell(_ failure: String?) {
            let duration = ContinuousClock.now - began
            guard duration >= watch.threshold else { return }
            watch.report(SlowStatement(sql, duration: duration, failure: failure))
        }
        do {
            let value = try body()
            tell(nil)
            return value
        } catch {
            tell((error as? PostgresError)?.sqlState ?? "failed")
            throw error
        }
    }
}
