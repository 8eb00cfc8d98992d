internal import JSON

/// The part of a conversation that can be sent to a model, and stored.
enum ConversationHistory {
    /// Returns a new id of 128 random bits, so that ids can't be guessed.
    static func newID() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Returns whether `newID` may have created the id; others need no lookup.
    static func isPossibleID(_ id: String) -> Bool {
        id.utf8.count == 32 && id.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    /// Returns the newest complete exchanges of `messages`. Each begins with a guest's message, ends with an answer,
    /// and has a result for every call in between, because providers refuse anything else.
    ///
    /// - Parameter bytes: The approximate largest size of the exchanges, as JSON.
    static func usable(_ messages: [ChatMessage], bytes: Int) -> [ChatMessage] {
        var exchanges: [[ChatMessage]] = []
        for message in messages {
            if case .guest = message {
                exchanges.append([message])
            } else if !exchanges.isEmpty {
                exchanges[exchanges.count - 1].append(message)
            }
        }
        var used = 0
        var kept: [[ChatMessage]] = []
        for exchange in exchanges.reversed() where isWhole(exchange) {
            used += exchange.reduce(0) { $0 + $1.json.bytes.count }
            guard used <= bytes else { break }
            kept.append(exchange)
        }
        return kept.reversed().flatMap { $0 }
    }

    private static func isWhole(_ exchange: [ChatMessage]) -> Bool {
        var open: [ToolCall] = []
        for message in exchange.dropFirst() {
            switch message {
            case .guest: return false
            case .assistant(let text, let calls):
                guard open.isEmpty, !text.isEmpty || !calls.isEmpty else { return false }
                open = calls
            case .results(let outcomes):
                guard !open.isEmpty, outcomes.map(\.callID) == open.map(\.id) else { return false }
                open = []
            }
        }
        guard case .assistant(_, let calls) = exchange.last else { return false }
        return calls.isEmpty
    }

    /// Completes the messages of one question to an exchange, wherever it was interrupted; returns none if nothing was
    /// said.
    static func closed(_ messages: [ChatMessage]) -> [ChatMessage] {
        var closed = messages
        if case .assistant(_, let calls)? = closed.last, !calls.isEmpty {
            closed.append(.results(calls.map { ToolBox.failed($0, "The person left before there was a result.") }))
        }
        if case .results? = closed.last { closed.append(.assistant(text: "(interrupted)", calls: [])) }
        return closed.count > 1 ? closed : []
    }
}
