internal import APISupport
public import Storage

/// How much chatting there may be.
public struct ChatLimits: Sendable {
    /// Questions being answered at the same time, in all.
    public var requests = 64
    /// Of these with one token.
    public var requestsPerToken = 2
    /// With one token.
    public var requestsPerMinute = 30
    /// Of one message.
    public var messageCharacters = 2000
    /// How long a link to a file can be used.
    public var linkLifetime: Duration = .seconds(3600)
    public var conversations = ConversationLimits()

    /// Of a request: every character of the longest message may come as an escape of twelve bytes.
    var bodyBytes: Int { messageCharacters * 12 + 4096 }

    var calls: CallLimits {
        CallLimits(calls: requests, callsPerToken: requestsPerToken, callsPerMinute: requestsPerMinute)
    }

    public init() {}
}
