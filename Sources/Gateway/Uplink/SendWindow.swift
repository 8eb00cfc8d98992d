import Building
import HTTPClient
import Outbox

/// The batches in flight to the central service, several at once and of both priorities, for as long as the link says
/// so. No number is in flight twice.
struct SendWindow: RequestFeed {
    /// A batch in flight.
    struct Mark: Sendable {
        fileprivate let priority: Link.Priority
        fileprivate let upload: Upload
        /// The numbers of the upload that are in the batch.
        fileprivate let numbers: Range<Int64>
        fileprivate let begun: MonotonicInstant
    }

    private(set) var course: UplinkService.Course
    /// The error that occurred while reading or writing the store; `nil` if none did.
    private(set) var trouble: (any Error)?

    private let service: UplinkService
    private let isStopping: @Sendable () -> Bool
    private var underWay: [Range<Int64>] = []
    private var isNewestUnderWay = false
    private var hasBegun = false
    /// A Boolean value that indicates whether the window is closed: no batch is started, and the outcomes of the others
    /// no longer affect the link.
    private var isOver = false

    init(service: UplinkService, course: UplinkService.Course, isStopping: @escaping @Sendable () -> Bool) {
        self.service = service
        self.course = course
        self.isStopping = isStopping
    }

    /// Returns the next batch to send; `nil` if there is none now.
    mutating func next() async -> (mark: Mark, request: HTTPRequest)? {
        do {
            while let (priority, limit) = due {
                guard let upload = try await upload(of: priority, atMost: limit) else {
                    // If others are in flight, their responses say whether anything is left.
                    if priority == .newest || underWay.isEmpty {
                        course.link.foundNothing(in: priority, now: service.now())
                    }
                    guard priority == .newest else { return nil }
                    continue
                }
                return try await batch(of: upload, priority, atMost: limit)
            }
        } catch {
            trouble = error
            isOver = true
        }
        return nil
    }

    /// The priority and size of the batch that may be started now; `nil` if none may be.
    private var due: (priority: Link.Priority, limit: Int)? {
        let now = service.now()
        guard !isOver, !isStopping(), now < course.nextReport || !hasBegun,
            underWay.count < course.width.width,
            case .send(let priority, let limit) = course.link.next(now: now)
        else { return nil }
        return (isNewestUnderWay ? .oldest : priority, limit)
    }

    /// Reads the next upload of a priority from the outbox.
    private func upload(of priority: Link.Priority, atMost limit: Int) async throws -> Upload? {
        try await service.outbox.perform { [underWay] outbox throws(OutboxError) in
            priority == .newest
                ? try outbox.newest(atMost: limit, leavingOut: underWay)
                : try outbox.oldest(atMost: limit, leavingOut: underWay)
        }
    }

    /// Encodes an upload and puts it in flight; returns `nil` if the request could not be made.
    private mutating func batch(
        of upload: Upload, _ priority: Link.Priority, atMost limit: Int
    ) async throws -> (mark: Mark, request: HTTPRequest)? {
        let (numbers, bytes): (Range<Int64>, [UInt8])
        do {
            (numbers, bytes) = try UploadBody.encode(upload, atMost: limit)
        } catch {
            try await service.giveUp(upload)
            throw error
        }
        let request: HTTPRequest
        do {
            request = try service.client.request(batch: bytes, incarnation: service.outbox.incarnation)
        } catch {
            conclude(priority, rows: numbers.count, left: 0, .unready(why: "\(error)"))
            return nil
        }
        hasBegun = true
        underWay.append(numbers)
        if priority == .newest { isNewestUnderWay = true }
        return (Mark(priority: priority, upload: upload, numbers: numbers, begun: service.now()), request)
    }

    /// Handles the end of a batch: acknowledged numbers leave the outbox, damaged ones are declared lost.
    mutating func ended(_ mark: Mark, _ answer: Result<HTTPAnswer, any Error>) async {
        underWay.removeAll { $0 == mark.numbers }
        if mark.priority == .newest { isNewestUnderWay = false }
        let outcome = service.client.outcome(ofBatch: mark.numbers, store: service.outbox.store, answer)
        do {
            switch outcome {
            case .accepted:
                course.width.answered(after: service.now() - mark.begun)
                let left = try await service.acknowledge(mark.numbers, &course.pace)
                conclude(mark.priority, rows: mark.numbers.count, left: Int(left), outcome)
            case .refused(400, _) where !UploadBody.isSound(mark.upload): try await service.giveUp(mark.upload)
            default:
                course.width = SendWidth()
                conclude(mark.priority, rows: mark.numbers.count, left: 0, outcome)
            }
        } catch {
            trouble = error
            isOver = true
        }
    }

    /// Passes the outcome on to the link, unless an earlier failure has already done so.
    private mutating func conclude(_ priority: Link.Priority, rows: Int, left: Int, _ outcome: Link.Outcome) {
        guard !isOver else { return }
        course.link.delivered(priority, rows: rows, left: left, outcome, now: service.now(), jitter: service.jitter())
        service.note(course.link.health)
        if outcome != .accepted { isOver = true }
    }
}
