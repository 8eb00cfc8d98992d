private import Synchronization

/// How a pool is, and what it did since it was made.
public struct PoolStatistics: Hashable, Sendable {
    /// Connections at most.
    public var limit = 0
    /// Connections that are open.
    public var open = 0
    /// Connections that are lent.
    public var inUse = 0
    /// Callers in line.
    public var waiting = 0
    /// Callers that had to stand in line, ever.
    public var waits = 0
    /// Callers that got none: the line was full, or they stood in it for too long.
    public var turnedAway = 0
    /// Connections that could not be made.
    public var failedToConnect = 0
    /// Connections that were lost, or closed because nobody knew their state any more.
    public var lost = 0
    /// Uses that ended with an error of the database.
    public var errors = 0

    public init() {}
}

/// Counts for `PoolStatistics`, from many threads.
final class PoolCounters: Sendable {
    private let statistics = Mutex(PoolStatistics())

    func change(_ body: (inout PoolStatistics) -> Void) { statistics.withLock { body(&$0) } }

    var current: PoolStatistics { statistics.withLock(\.self) }
}
