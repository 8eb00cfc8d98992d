/// The reason rows were not accepted.
package enum MirrorError: Error, Hashable, CustomStringConvertible {
    /// The key was refused (401, 403).
    case unauthorized(status: Int, answer: String)
    /// Another client error (4xx): the table is missing or differs.
    case rejected(status: Int, answer: String)
    /// The request was too large (413).
    case tooLarge
    /// Too many requests (429), with the pause if the server gives one.
    case throttled(seconds: Int?)
    /// A server error (5xx), with the pause if the server gives one.
    case failing(status: Int, seconds: Int?)
    /// The project did not answer.
    case unreachable(String)
    /// Another replica of this service has taken over.
    case takenOver

    /// The label in the metrics.
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

    /// The reason and the remedy, for the log.
    package var description: String {
        switch self {
        case .unauthorized(let status, let answer):
            "\(status): the project refuses the key. Set SUPABASE_KEY to its service_role (or secret) key. \(answer)"
        case .rejected(404, let answer):
            "404: the project has no table latest_reading, or does not expose it. See docs/how-to/supabase.md. \(answer)"
        case .rejected(let status, let answer):
            "\(status): the project rejects the rows. Its table must match docs/how-to/supabase.md. \(answer)"
        case .tooLarge: "413: the project rejects even one row as too large."
        case .throttled: "429: the project rejects the request rate."
        case .failing(let status, _): "\(status): the project has an internal error."
        case .unreachable(let cause): cause
        case .takenOver: "another replica has taken over."
        }
    }

    /// The longest pause granted to a server, in seconds.
    private static let longestWait = 300

    /// The pause that the server asks for, 1 s…`longestWait`.
    package var wait: Duration? {
        switch self {
        case .throttled(let seconds?), .failing(_, let seconds?): .seconds(min(max(seconds, 1), Self.longestWait))
        default: nil
        }
    }
}
