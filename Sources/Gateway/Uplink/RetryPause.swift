/// How long to wait after failures in a row: twice as long each time, up to `longest`; as long as the server asks for,
/// within reason; and longer where people have to mend something.
struct RetryPause: Sendable {
    /// Short, since what follows a pause is one small request: the present is to be there soon after an outage.
    static let longest = Duration.seconds(5)
    /// After a refusal that people have to mend.
    static let refused = Duration.seconds(60)

    private static let first = Duration.seconds(1)
    /// What a server may ask for.
    private static let mostAskedFor = Duration.seconds(600)
    /// 400 to 415: what is sent, by whom or to whom has to change.
    private static let forPeople: Set<Int> = [400, 401, 403, 404, 405, 409, 415]

    private var failures = 0

    mutating func succeed() { failures = 0 }

    /// - Parameter jitter: 0…1, drawn anew each time, so that a fleet does not come back at one moment.
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
