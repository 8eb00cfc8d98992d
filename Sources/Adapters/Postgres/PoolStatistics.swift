private import Synchronization

/// The state of a pool, and its counts since it was created.
package struct PoolStatistics: Hashable, Sendable {
    /// The maximum number of connections.
    package var limit = 0
    /// The number of open connections.
    package var open = 0
    /// The number of lent connections.
    package var inUse = 0
    /// The number of waiting callers.
    package var waiting = 0
    /// The number of callers that have had to wait.
    package var waits = 0
    /// The number of callers that got no connection, because the queue was full or they waited for too long.
    package var turnedAway = 0
    /// The number of connections that could not be made.
    package var failedToConnect = 0
    /// The number of connections that were lost, or closed because their state was unknown.
    package var lost = 0
    /// The number of uses that ended with an error of the database.
    package var errors = 0

    /// Creates statistics in which everything is 0.
    package init() {}
}

/// The thread-safe counters of `PoolStatistics`.
final class PoolCounters: Sendable {
    private let statistics = Mutex(PoolStatistics())

    func change(_ body: (inout PoolStatistics) -> Void) { statistics.withLock { body(&$0) } }

    var current: PoolStatistics { statistics.withLock(\.self) }
}
