internal import ServiceLifecycle
package import Storage
internal import Synchronization

/// Wakes callers that wait for changes of a building's desired or reported states.
package final class DesiredStateHub: Service {
    private let state = Mutex(State())

    private struct State {
        var watches: [Int: [Int: Watch]] = [:]
        var next = 0
        var isEnding = false
    }

    /// The largest number of waiting callers per building: its gateway, and clients that have just set a desired state.
    private static let mostWatches = 50

    /// Creates a hub without watches.
    package init() {}

    /// Passes a change on. Returns at once.
    package func note(_ change: LatestChange) {
        let watches = state.withLock { state in
            state.watches.filter { change.concerns($0.key) }.flatMap(\.value.values)
        }
        for watch in watches { watch.signal() }
    }

    /// A Boolean value that indicates whether the service is shutting down, so that waiting callers should answer.
    package var isEnding: Bool { state.withLock(\.isEnding) }

    /// Runs `body` with a watch that waits for changes of the building. Changes since the start of `body` are not
    /// missed.
    ///
    /// - Returns: `nil`, without running `body`, if too many callers wait.
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

    /// Waits for a graceful shutdown, and wakes all callers then.
    package func run() async {
        try? await gracefulShutdown()
        state.withLock { $0.isEnding = true }
        note(.everywhere)
    }

    /// A caller that waits, in one task at a time.
    package final class Watch: Sendable {
        private let state = Mutex(State())

        private struct State {
            var isSignalled = false
            var waiter: CheckedContinuation<Void, Never>?
        }

        /// Waits for a change, until `limit` has passed or the task is cancelled. Changes since the last wait count.
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
