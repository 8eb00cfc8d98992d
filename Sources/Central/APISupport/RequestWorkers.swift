internal import Foundation
internal import Hummingbird
internal import Synchronization

/// Dedicated threads that run requests.
///
/// Swift's cooperative pool has one thread per processor: a few long computations would keep everything else in the
/// process from running, including accepting connections, `/health` and the supervisor's watchdog. With threads of
/// their own the operating system shares the processors between requests and the rest.
final class RequestWorkers: TaskExecutor {
    private struct Queue {
        private var jobs: [UnownedJob] = []
        private var first = 0

        mutating func append(_ job: UnownedJob) { jobs.append(job) }

        /// Removes and returns the oldest job, in constant time on average.
        mutating func next() -> UnownedJob? {
            guard first < jobs.count else { return nil }
            defer {
                first += 1
                if first == jobs.count {
                    jobs.removeAll(keepingCapacity: first <= 1024)
                    first = 0
                } else if first > 1024, first > jobs.count / 2 {
                    jobs.removeSubrange(..<first)
                    first = 0
                }
            }
            return jobs[first]
        }
    }

    private let queue = Mutex(Queue())
    private let waiting = DispatchSemaphore(value: 0)

    /// The process's only instance; its threads end with the process.
    static let shared = RequestWorkers(threads: max(4, 2 * ProcessInfo.processInfo.activeProcessorCount))

    private static let stackBytes = 4 << 20

    private init(threads: Int) {
        for number in 1...threads {
            let thread = Thread { [unowned self] in work() }
            thread.name = "request-\(number)"
            thread.stackSize = Self.stackBytes
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.append(job) }
        waiting.signal()
    }

    private func work() {
        while true {
            waiting.wait()
            if let job = queue.withLock({ $0.next() }) { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

/// Runs requests on `RequestWorkers`.
struct RequestsOnWorkers: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        // Health checks do not queue behind other requests.
        if request.uri.path.hasPrefix("/health") { return try await next(request, context) }
        return try await withTaskExecutorPreference(RequestWorkers.shared) { try await next(request, context) }
    }
}
