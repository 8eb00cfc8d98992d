/// How many streams there may be.
public struct LiveLimits: Sendable {
    /// In all, 1 or more.
    public var streams: Int
    /// With one token, 1 or more.
    public var streamsPerToken: Int

    public init(streams: Int, streamsPerToken: Int) {
        self.streams = streams
        self.streamsPerToken = streamsPerToken
    }
}

/// Why a stream is not opened.
public enum LiveRefusal: String, Error, Sendable, CaseIterable {
    /// The token has as many as it may.
    case token
    /// There are as many as there may be.
    case full
    /// The service is about to end.
    case ending
}
