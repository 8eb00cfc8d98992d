import Building

/// The number of batches in flight: as many as the central service answers quickly, so that it has the next ones at
/// hand while it stores the first, and the newest readings never queue long behind the backlog.
struct SendWidth: Sendable {
    /// The maximum number of batches in flight.
    static let most = 8
    /// The response time up to which the number grows.
    static let soon = Duration.milliseconds(500)
    /// The response time above which the number shrinks.
    static let late = Duration.seconds(1)

    /// The present number of batches in flight.
    private(set) var width = 1

    /// Adjusts the number to the response time of a batch.
    mutating func answered(after duration: Duration) {
        if duration <= Self.soon {
            width = min(Self.most, width + 1)
        } else if duration > Self.late {
            width = max(1, width / 2)
        }
    }
}
