/// The limits for live streams.
package struct LiveLimits: Sendable {
    /// The largest number of streams, at least 1.
    package var streams: Int
    /// The largest number of streams with one token, at least 1.
    package var streamsPerToken: Int

    /// Creates limits.
    package init(streams: Int, streamsPerToken: Int) {
        self.streams = streams
        self.streamsPerToken = streamsPerToken
    }
}

/// The reason a stream is not opened.
package enum LiveRefusal: String, Error, Sendable, CaseIterable {
    /// The token has its full number of streams.
    case token
    /// The service has its full number of streams.
    case full
    /// The service is shutting down.
    case ending
}
