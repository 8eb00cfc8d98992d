internal import Foundation
internal import Hummingbird
internal import Synchronization

/// Threads of their own on which requests are worked on.
///
/// Swift's cooperative pool has one thread per processor: a few requests that reckon for long would keep everything else
/// in the process from running, the acceptance of connections, `/health` and the supervisor's watchdog among it. Here
/// the operating system shares the processors between the requests and all of that.
final class RequestWorkers: TaskExecutor {
    private struct Queue {
        private var jobs: [UnownedJob] = []
        private var first = 0

        mutating func append(_ job: UnownedJob) { jobs.append(job) }

        /// The oldest. Takes constant time on average.
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

    /// One set for the process; its threads end with it.
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

/// Has requests worked on by `RequestWorkers`.
struct RequestsOnWorkers: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        // What says whether the process lives does not stand in line behind the others.
        if request.uri.path.hasPrefix("/health") { return try await next(request, context) }
        return try await withTaskExecutorPreference(RequestWorkers.shared) { try await next(request, context) }
    }
}
