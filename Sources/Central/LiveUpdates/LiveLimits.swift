/// How many streams there may be.
package struct LiveLimits: Sendable {
    /// In all, 1 or more.
    package var streams: Int
    /// With one token, 1 or more.
    package var streamsPerToken: Int

    package init(streams: Int, streamsPerToken: Int) {
        self.streams = streams
        self.streamsPerToken = streamsPerToken
    }
}

/// Why a stream is not opened.
package enum LiveRefusal: String, Error, Sendable, CaseIterable {
    /// The token has as many as it may.
    case token
    /// There are as many as there may be.
    case full
    /// The service is about to end.
    case ending
}
