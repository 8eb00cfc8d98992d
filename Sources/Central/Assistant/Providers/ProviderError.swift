internal import JSON

/// What a provider says about its error: `{"error":{"type":"overloaded_error","message":"…"}}`, also in the middle of a
/// stream.
struct ProviderError {
    /// Its kinds: some providers name it in `type`, some in `code`, some in both.
    private let kinds: [String]
    private let message: String

    init(json: JSON?) {
        let error = json?["error"]
        kinds = [error?["code"]?.text, error?["type"]?.text].compactMap(\.self)
        message = error?["message"]?.text ?? error?.text ?? ""
    }

    init(body: [UInt8]) {
        self.init(json: try? JSON(parsing: body))
    }

    /// - Parameters:
    ///   - status: of the answer; `nil` in the middle of a stream.
    ///   - key: must not show up in the failure.
    func failure(status: Int? = nil, headers: [String: String] = [:], key: APIKey?) -> ChatModelFailure {
        let delay = Self.retryAfter(headers)
        let detail = Self.cleaned(message.isEmpty ? "status \(status.map(String.init) ?? "unknown")" : message, key)
        for kind in kinds {
            switch kind {
            case "overloaded_error": return .overloaded(retryAfter: delay)
            case "rate_limit_error", "rate_limit_exceeded": return .rateLimited(retryAfter: delay)
            case "authentication_error", "permission_error", "billing_error", "invalid_api_key", "insufficient_quota":
                return .unauthorized
            case "timeout_error": return .timeout
            case "content_filter", "content_policy_violation": return .refusal
            default: break
            }
        }
        switch status {
        case 401?, 402?, 403?: return .unauthorized
        case 408?, 504?: return .timeout
        case 429?: return .rateLimited(retryAfter: delay)
        case 503?, 529?: return .overloaded(retryAfter: delay)
        case (400..<500)?: return .malformed(detail)
        default: return .unavailable(detail)
        }
    }

    private static func retryAfter(_ headers: [String: String]) -> Duration? {
        if let milliseconds = headers["retry-after-ms"].flatMap(Double.init), milliseconds >= 0 {
            return .milliseconds(min(milliseconds, 3_600_000))
        }
        // The other form, a date, no provider uses.
        guard let seconds = headers["retry-after"].flatMap(Double.init), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3600))
    }

    /// One short line without the key: providers like to quote a wrong one.
    static func cleaned(_ text: String, _ key: APIKey?) -> String {
        let whole = key.map { key in
            text.split(separator: key.secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return String((whole ?? text).prefix(200).map { $0.isNewline ? " " : $0 })
    }
}
