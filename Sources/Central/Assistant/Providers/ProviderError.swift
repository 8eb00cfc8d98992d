internal import JSON

/// A provider's error: `{"error":{"type":"overloaded_error","message":"…"}}`, which may also come within a stream.
struct ProviderError {
    /// The kinds of the error: some providers name it in `type`, some in `code`, some in both.
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

    /// Returns the failure for the error.
    ///
    /// - Parameters:
    ///   - status: The status of the answer; `nil` within a stream.
    ///   - key: The key, which must not appear in the failure.
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
        // No provider uses the other form, a date.
        guard let seconds = headers["retry-after"].flatMap(Double.init), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3600))
    }

    /// Returns one short line without the key: providers tend to quote a wrong one.
    static func cleaned(_ text: String, _ key: APIKey?) -> String {
        let whole = key.map { key in
            text.split(separator: key.secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        return String((whole ?? text).prefix(200).map { $0.isNewline ? " " : $0 })
    }
}
