private import Synchronization

/// How a pool is, and what it did since it was made.
package struct PoolStatistics: Hashable, Sendable {
    /// Connections at most.
    package var limit = 0
    /// Connections that are open.
    package var open = 0
    /// Connections that are lent.
    package var inUse = 0
    /// Callers in line.
    package var waiting = 0
    /// Callers that had to stand in line, ever.
    package var waits = 0
    /// Callers that got none: the line was full, or they stood in it for too long.
    package var turnedAway = 0
    /// Connections that could not be made.
    package var failedToConnect = 0
    /// Connections that were lost, or closed because nobody knew their state any more.
    package var lost = 0
    /// Uses that ended with an error of the database.
    package var errors = 0

    package init() {}
}

/// Counts for `PoolStatistics`, from many threads.
final class PoolCounters: Sendable {
    private let statistics = Mutex(PoolStatistics())

    func change(_ body: (inout PoolStatistics) -> Void) { statistics.withLock { body(&$0) } }

    var current: PoolStatistics { statistics.withLock(\.self) }
}
