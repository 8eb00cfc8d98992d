internal import Dispatch
internal import Synchronization

/// A pool of connections, each with a thread of its own, lent to closures that run their statements there.
///
/// Connections are made when they are needed. One that turns out to be broken is dropped and made anew on its next use,
/// so that a server may go away and come back without a restart. Nothing is retried implicitly: only the caller knows
/// whether a failed statement may run again.
package final class ConnectionPool: Sendable {
    /// The limits of a pool.
    package struct Limits: Sendable {
        /// The maximum number of connections, 1 or more.
        package var connections: Int
        /// The maximum number of callers that wait for a connection.
        package var waiting: Int
        /// The maximum time that a caller waits.
        package var longestWait: Duration

        /// Creates limits.
        package init(connections: Int = 8, waiting: Int = 256, longestWait: Duration = .seconds(5)) {
            self.connections = connections
            self.waiting = waiting
            self.longestWait = longestWait
        }
    }

    private let settings: ConnectionSettings
    private let limits: Limits
    private let state = Mutex(State())
    private let counters = PoolCounters()
    private let timers = DispatchQueue(label: "hearth.postgres.pool.timers")

    /// Creates a pool without connections.
    package init(settings: ConnectionSettings, limits: Limits = Limits()) {
        precondition(limits.connections > 0, "a pool needs at least one connection")
        self.settings = settings
        self.limits = limits
    }

    /// Runs `body` with a connection, on the connection's own thread.
    ///
    /// - Parameter body: A closure that must not keep the connection.
    /// - Throws: The error of `body`, `PostgresError` if no connection can be made, `PoolError` if none is free.
    package func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let lane = try await takeLane()
        defer { giveBack(lane) }
        return try await lane.run(settings, body, counters)
    }

    /// Closes idle connections now and the others when they are given back; later calls throw.
    package func close() {
        let (idle, waiting) = state.withLock { state in
            state.closed = true
            defer {
                state.idle.removeAll()
                state.waiting.removeAll()
            }
            return (state.idle, state.waiting)
        }
        for waiter in waiting { waiter.continuation.resume(throwing: PoolError.closed) }
        for lane in idle { lane.disconnect(counters) }
    }

    /// The state of the pool and its counts since it was created, for monitoring.
    package var statistics: PoolStatistics {
        var statistics = counters.current
        statistics.limit = limits.connections
        state.withLock { state in
            statistics.inUse = state.lanes - state.idle.count
            statistics.waiting = state.waiting.count
        }
        return statistics
    }

    private struct State {
        /// The idle connections, the most recently used last, so that few connections do the work when there is little.
        var idle: [Lane] = []
        var lanes = 0
        /// The waiting callers, oldest first.
        var waiting: [Waiter] = []
        var nextWaiter = 0
        var closed = false
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Lane, any Error>
    }

    private func takeLane() async throws -> Lane {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(Waiter(id: id, continuation: continuation))
            }
        } onCancel: {
            leave(id, throwing: CancellationError())
        }
    }

    private func enter(_ waiter: Waiter) {
        enum Outcome {
            case lane(Lane)
            case failure(PoolError)
            case wait
        }
        let outcome: Outcome = state.withLock { state in
            if state.closed { return .failure(.closed) }
            if let lane = state.idle.popLast() { return .lane(lane) }
            if state.lanes < limits.connections {
                state.lanes += 1
                return .lane(Lane(number: state.lanes))
            }
            if state.waiting.count >= limits.waiting { return .failure(.crowded(waiting: limits.waiting)) }
            state.waiting.append(waiter)
            return .wait
        }
        switch outcome {
        case .lane(let lane): waiter.continuation.resume(returning: lane)
        case .failure(let error):
            counters.change { $0.turnedAway += 1 }
            waiter.continuation.resume(throwing: error)
        case .wait:
            counters.change { $0.waits += 1 }
            let id = waiter.id
            let (seconds, attoseconds) = limits.longestWait.components
            let wait = DispatchTimeInterval.milliseconds(
                Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
            timers.asyncAfter(deadline: .now() + wait) { [self] in
                if leave(id, throwing: PoolError.noneFree(waited: limits.longestWait)) {
                    counters.change { $0.turnedAway += 1 }
                }
            }
            // A cancellation before the waiter was queued found nobody to wake.
            if Task.isCancelled { leave(id, throwing: CancellationError()) }
        }
    }

    /// Removes a waiter from the queue.
    ///
    /// - Returns: Whether the waiter was still in the queue.
    @discardableResult
    private func leave(_ id: Int, throwing error: any Error) -> Bool {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        waiter?.continuation.resume(throwing: error)
        return waiter != nil
    }

    private func giveBack(_ lane: Lane) {
        let (waiter, closed) = state.withLock { state -> (Waiter?, Bool) in
            if state.closed { return (nil, true) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.idle.append(lane)
            return (nil, false)
        }
        if closed { lane.disconnect(counters) }
        waiter?.continuation.resume(returning: lane)
    }
}

/// The reason the pool lent no connection.
package enum PoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection became free within the longest wait.
    case noneFree(waited: Duration)
    /// Too many callers were already waiting.
    case crowded(waiting: Int)
    /// The pool has been closed.
    case closed

    package var description: String {
        switch self {
        case .noneFree(let waited): "All database connections stayed busy for \(waited)."
        case .crowded(let waiting): "\(waiting) callers are already waiting for a database connection."
        case .closed: "The service is shutting down."
        }
    }
}

/// A serial queue and its connection.
///
/// `@unchecked Sendable`: only closures on the queue touch the connection.
private final class Lane: @unchecked Sendable {
    private let queue: DispatchQueue
    private var connection: Connection?

    init(number: Int) {
        queue = DispatchQueue(label: "hearth.postgres.connection.\(number)")
    }

    func run<Value: Sendable>(
        _ settings: ConnectionSettings, _ body: @escaping @Sendable (Connection) throws -> Value,
        _ counters: PoolCounters
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                let result = Result { try use(settings, body, counters) }
                if case .failure(let error as PostgresError) = result, error.sqlState != nil {
                    counters.change { $0.errors += 1 }
                }
                continuation.resume(with: result)
            }
        }
    }

    func disconnect(_ counters: PoolCounters) {
        queue.async { [self] in
            guard connection != nil else { return }
            connection = nil
            counters.change { $0.open -= 1 }
        }
    }

    private func use<Value>(
        _ settings: ConnectionSettings, _ body: (Connection) throws -> Value, _ counters: PoolCounters
    ) throws -> Value {
        dropUnusable(counters)
        let connection = try self.connection ?? connect(settings, counters)
        defer { dropUnusable(counters) }
        return try body(connection)
    }

    private func connect(_ settings: ConnectionSettings, _ counters: PoolCounters) throws -> Connection {
        do {
            let connection = try Connection(settings)
            self.connection = connection
            counters.change { $0.open += 1 }
            return connection
        } catch {
            counters.change { $0.failedToConnect += 1 }
            throw error
        }
    }

    private func dropUnusable(_ counters: PoolCounters) {
        guard let connection, !connection.isUsable else { return }
        self.connection = nil
        counters.change {
            $0.open -= 1
            $0.lost += 1
        }
    }
}
