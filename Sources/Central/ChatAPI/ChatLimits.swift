internal import APISupport
package import Storage

/// The limits of the chat.
package struct ChatLimits: Sendable {
    /// The largest number of questions answered at the same time.
    package var requests = 64
    /// The largest number of questions with one token answered at the same time.
    package var requestsPerToken = 2
    /// The largest number of questions per minute with one token.
    package var requestsPerMinute = 30
    /// The largest number of characters in a message.
    package var messageCharacters = 2000
    /// The time for which a link to a file is valid.
    package var linkLifetime: Duration = .seconds(3600)
    /// The limits for stored conversations.
    package var conversations = ConversationLimits()

    /// The largest size of a request's body: each character may be written as an escape of twelve bytes.
    var bodyBytes: Int { messageCharacters * 12 + 4096 }

    var calls: CallLimits {
        CallLimits(calls: requests, callsPerToken: requestsPerToken, callsPerMinute: requestsPerMinute)
    }

    /// Creates the default limits.
    package init() {}
}
