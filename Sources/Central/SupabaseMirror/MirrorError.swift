/// Why rows were not taken.
package enum MirrorError: Error, Hashable, CustomStringConvertible {
    /// 401, 403
    case unauthorized(status: Int, answer: String)
    /// Another 4xx: the table is missing, or is another one.
    case rejected(status: Int, answer: String)
    /// 413
    case tooLarge
    /// 429, and how long to wait where the server says so.
    case throttled(seconds: Int?)
    /// 5xx
    case failing(status: Int, seconds: Int?)
    case unreachable(String)
    /// Another replica has the work now.
    case takenOver

    /// For counting.
    var kind: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .rejected, .tooLarge: "rejected"
        case .throttled: "throttled"
        case .failing: "server_error"
        case .unreachable: "unreachable"
        case .takenOver: "taken_over"
        }
    }

    static let kinds = ["ok", "unauthorized", "rejected", "throttled", "server_error", "unreachable"]

    package var description: String {
        switch self {
        case .unauthorized(let status, let answer):
            "\(status): the project refuses the key. Set SUPABASE_KEY to its service_role (or secret) key. \(answer)"
        case .rejected(404, let answer):
            "404: the project has no table latest_reading, or does not show it. docs/how-to/supabase.md makes it. \(answer)"
        case .rejected(let status, let answer):
            "\(status): the project does not take the rows. Its table must be as in docs/how-to/supabase.md. \(answer)"
        case .tooLarge: "413: the project finds even one row too large."
        case .throttled: "429: the project wants fewer requests."
        case .failing(let status, _): "\(status): the project has trouble of its own."
        case .unreachable(let cause): cause
        case .takenOver: "another replica has taken over."
        }
    }

    /// The longest pause that a server is granted, seconds.
    private static let longestWait = 300

    /// How long the server asks to be left alone: 1 s…`longestWait`.
    package var wait: Duration? {
        switch self {
        case .throttled(let seconds?), .failing(_, let seconds?): .seconds(min(max(seconds, 1), Self.longestWait))
        default: nil
        }
    }
}
