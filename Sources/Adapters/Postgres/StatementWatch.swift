/// An observer of statements that took long.
package struct StatementWatch: Sendable {
    /// The duration from which statements are reported.
    package var threshold: Duration
    /// The handler, called on the connection's own thread after the statement.
    package var report: @Sendable (SlowStatement) -> Void

    /// Creates an observer.
    package init(threshold: Duration, report: @escaping @Sendable (SlowStatement) -> Void) {
        self.threshold = threshold
        self.report = report
    }
}

/// A statement that took long, without its parameters, which are personal data.
package struct SlowStatement: Hashable, Sendable {
    /// The statement's text as in the program, on one line, with `$1`, `$2`, … for values, cut to 600 characters.
    package var text: String
    /// The time that the statement took.
    package var duration: Duration
    /// The SQLSTATE, or a word, if the statement failed; `nil` if it did not.
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
    /// Runs `body`, which executes the statement `sql`, and reports it if it took long.
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
