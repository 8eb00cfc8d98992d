/// The pause after consecutive failures. It doubles each time, up to `longest`; it is at least as long as the server
/// asks for, within limits; and it is longer if an operator must fix something.
struct RetryPause: Sendable {
    /// The longest pause after ordinary failures. It is short since only one small request follows it: the newest
    /// readings should arrive soon after an outage.
    static let longest = Duration.seconds(5)
    /// The pause after a refusal that an operator must fix.
    static let refused = Duration.seconds(60)

    private static let first = Duration.seconds(1)
    /// The longest pause that a server may ask for.
    private static let mostAskedFor = Duration.seconds(600)
    /// The statuses, from 400 to 415, after which the content, the sender or the address of requests must change.
    private static let forPeople: Set<Int> = [400, 401, 403, 404, 405, 409, 415]

    private var failures = 0

    /// Resets the pause after a success.
    mutating func succeed() { failures = 0 }

    /// Returns the pause after a failed request.
    ///
    /// - Parameter jitter: 0…1, drawn for each call, so that a fleet does not return all at once.
    mutating func next(after outcome: Link.Outcome, jitter: Double) -> Duration {
        failures += 1
        var pause = min(Self.first * Int(1 << min(failures - 1, 10)), Self.longest)
        if case .refused(let status, let retryAfter) = outcome {
            if let retryAfter { pause = max(pause, min(retryAfter, Self.mostAskedFor)) }
            if Self.forPeople.contains(status) { pause = Self.refused }
        }
        return pause * (0.75 + 0.5 * min(1, max(0, jitter)))
    }
}
