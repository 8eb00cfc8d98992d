import Building
import HTTPClient
import Outbox

/// What is on its way to the central service, several batches at once and of both lanes, for as long as the link says
/// so. No number is on its way twice.
struct SendWindow: RequestFeed {
    /// A batch on its way.
    struct Mark: Sendable {
        fileprivate let lane: Link.Lane
        fileprivate let parcel: Parcel
        /// Those of the parcel's numbers that are in the batch.
        fileprivate let numbers: Range<Int64>
        fileprivate let begun: MonotonicInstant
    }

    private(set) var course: UplinkService.Course
    /// Why the store could not be read or written.
    private(set) var trouble: (any Error)?

    private let service: UplinkService
    private let isStopping: @Sendable () -> Bool
    private var underWay: [Range<Int64>] = []
    private var isNewestUnderWay = false
    private var hasBegun = false
    /// Nothing more is begun: what becomes of the others no longer counts for the link.
    private var isOver = false

    init(service: UplinkService, course: UplinkService.Course, isStopping: @escaping @Sendable () -> Bool) {
        self.service = service
        self.course = course
        self.isStopping = isStopping
    }

    mutating func next() async -> (mark: Mark, request: HTTPRequest)? {
        do {
            while let (lane, limit) = due {
                guard let parcel = try await parcel(of: lane, atMost: limit) else {
                    // Where others are under way, their answers say whether anything is left.
                    if lane == .newest || underWay.isEmpty { course.link.foundNothing(in: lane, now: service.now()) }
                    guard lane == .newest else { return nil }
                    continue
                }
                return try await batch(of: parcel, lane, atMost: limit)
            }
        } catch {
            trouble = error
            isOver = true
        }
        return nil
    }

    /// What may be begun now.
    private var due: (lane: Link.Lane, limit: Int)? {
        let now = service.now()
        guard !isOver, !isStopping(), now < course.nextReport || !hasBegun,
            underWay.count < course.width.width,
            case .send(let lane, let limit) = course.link.next(now: now)
        else { return nil }
        return (isNewestUnderWay ? .oldest : lane, limit)
    }

    private func parcel(of lane: Link.Lane, atMost limit: Int) async throws -> Parcel? {
        try await service.outbox.perform { [underWay] outbox throws(OutboxError) in
            lane == .newest
                ? try outbox.newest(atMost: limit, leavingOut: underWay)
                : try outbox.oldest(atMost: limit, leavingOut: underWay)
        }
    }

    private mutating func batch(
        of parcel: Parcel, _ lane: Link.Lane, atMost limit: Int
    ) async throws -> (mark: Mark, request: HTTPRequest)? {
        let (numbers, bytes): (Range<Int64>, [UInt8])
        do {
            (numbers, bytes) = try ParcelBody.encode(parcel, atMost: limit)
        } catch {
            try await service.giveUp(parcel)
            throw error
        }
        let request: HTTPRequest
        do {
            request = try service.client.request(batch: bytes, incarnation: service.outbox.incarnation)
        } catch {
            conclude(lane, rows: numbers.count, left: 0, .unready(why: "\(error)"))
            return nil
        }
        hasBegun = true
        underWay.append(numbers)
        if lane == .newest { isNewestUnderWay = true }
        return (Mark(lane: lane, parcel: parcel, numbers: numbers, begun: service.now()), request)
    }

    mutating func ended(_ mark: Mark, _ answer: Result<HTTPAnswer, any Error>) async {
        underWay.removeAll { $0 == mark.numbers }
        if mark.lane == .newest { isNewestUnderWay = false }
        let outcome = service.client.outcome(ofBatch: mark.numbers, store: service.outbox.store, answer)
        do {
            switch outcome {
            case .accepted:
                course.width.answered(after: service.now() - mark.begun)
                let left = try await service.acknowledge(mark.numbers, &course.pace)
                conclude(mark.lane, rows: mark.numbers.count, left: Int(left), outcome)
            case .refused(400, _) where !ParcelBody.isSound(mark.parcel): try await service.giveUp(mark.parcel)
            default:
                course.width = SendWidth()
                conclude(mark.lane, rows: mark.numbers.count, left: 0, outcome)
            }
        } catch {
            trouble = error
            isOver = true
        }
    }

    /// Tells the link, unless one that was not taken has told it already how to go on.
    private mutating func conclude(_ lane: Link.Lane, rows: Int, left: Int, _ outcome: Link.Outcome) {
        guard !isOver else { return }
        course.link.delivered(lane, rows: rows, left: left, outcome, now: service.now(), jitter: service.jitter())
        service.note(course.link.health)
        if outcome != .accepted { isOver = true }
    }
}
