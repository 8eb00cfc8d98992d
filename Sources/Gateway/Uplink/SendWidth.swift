import Building

/// How many batches are on their way at once: as many as the central service answers soon, so that it has the next ones
/// at hand while it stores the first, and the newest readings never queue for long behind the backlog.
struct SendWidth: Sendable {
    static let most = 8
    /// An answer within this time lets more go at once.
    static let soon = Duration.milliseconds(500)
    /// One that takes longer than this lets fewer go.
    static let late = Duration.seconds(1)

    private(set) var width = 1

    mutating func answered(after duration: Duration) {
        if duration <= Self.soon {
            width = min(Self.most, width + 1)
        } else if duration > Self.late {
            width = max(1, width / 2)
        }
    }
}
