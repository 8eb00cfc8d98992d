internal import ServiceLifecycle
package import Storage
internal import Synchronization

/// Wakes those who wait for something new in the wishes of a building, or in what its gateway reports of them.
package final class DesiredStateHub: Service {
    private let state = Mutex(State())

    private struct State {
        var watches: [Int: [Int: Watch]] = [:]
        var next = 0
        var isEnding = false
    }

    /// So many may wait for one building: its gateway, and whoever has just wished.
    private static let mostWatches = 50

    package init() {}

    /// Something is new. Returns at once.
    package func note(_ change: LatestChange) {
        let watches = state.withLock { state in
            state.watches.filter { change.concerns($0.key) }.flatMap(\.value.values)
        }
        for watch in watches { watch.signal() }
    }

    /// Whether the service is about to end: whoever waits should answer.
    package var isEnding: Bool { state.withLock(\.isEnding) }

    /// Runs `body` with something by which to wait for news of the building. What is new from its start on is not
    /// missed.
    ///
    /// - Returns: `nil`, without having run it, where too many wait.
    package func watch<Value: Sendable>(
        building: Int, _ body: @Sendable (Watch) async throws -> Value
    ) async rethrows -> Value? {
        let watch = Watch()
        let id: Int? = state.withLock { state in
            guard state.watches[building, default: [:]].count < Self.mostWatches else { return nil }
            state.next += 1
            state.watches[building, default: [:]][state.next] = watch
            return state.next
        }
        guard let id else { return nil }
        defer {
            state.withLock { state in
                state.watches[building]?[id] = nil
                if state.watches[building]?.isEmpty == true { state.watches[building] = nil }
            }
        }
        return try await body(watch)
    }

    /// Waits for the end, and wakes everybody then.
    package func run() async {
        try? await gracefulShutdown()
        state.withLock { $0.isEnding = true }
        note(.everywhere)
    }

    /// One who waits. One task at a time.
    package final class Watch: Sendable {
        private let state = Mutex(State())

        private struct State {
            var isSignalled = false
            var waiter: CheckedContinuation<Void, Never>?
        }

        /// Waits for news, no longer than `limit`, and no longer than its task is wanted. What came since it waited last
        /// counts.
        package func wait(atMost limit: Duration) async {
            let timer = Task {
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                signal()
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if !state.isSignalled { state.waiter = continuation }
                        defer { state.isSignalled = false }
                        return state.isSignalled
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                signal()
            }
            timer.cancel()
        }

        fileprivate func signal() {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                if state.waiter == nil { state.isSignalled = true }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
