internal import APISupport
package import Storage

/// How much chatting there may be.
package struct ChatLimits: Sendable {
    /// Questions being answered at the same time, in all.
    package var requests = 64
    /// Of these with one token.
    package var requestsPerToken = 2
    /// With one token.
    package var requestsPerMinute = 30
    /// Of one message.
    package var messageCharacters = 2000
    /// How long a link to a file can be used.
    package var linkLifetime: Duration = .seconds(3600)
    package var conversations = ConversationLimits()

    /// Of a request: every character of the longest message may come as an escape of twelve bytes.
    var bodyBytes: Int { messageCharacters * 12 + 4096 }

    var calls: CallLimits {
        CallLimits(calls: requests, callsPerToken: requestsPerToken, callsPerMinute: requestsPerMinute)
    }

    package init() {}
}
