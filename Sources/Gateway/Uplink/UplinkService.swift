package import Building
import Foundation
package import HTTPClient
package import Logging
package import Outbox
import Synchronization
import WireFormat

/// Delivers what the outbox holds to the central service, and forgets it only after that service holds it.
package final class UplinkService: Sendable {
    let outbox: Outbox
    let client: CentralClient
    private let inventory: Inventory
    private let settings: Link.Settings
    private let logger: Logger
    let now: @Sendable () -> MonotonicInstant
    let jitter: @Sendable () -> Double
    private let brokerDropped: @Sendable () -> Int64
    private let report = Mutex(Report())

    /// How often the central service is told what the store holds.
    private static let reportInterval = Duration.seconds(30)

    /// What ops want to know of the link.
    package struct Report: Sendable, Hashable {
        package var health = Link.Health.untried
        /// When the central service last took something.
        package var lastSuccess: MonotonicInstant?
        /// Readings delivered since the start.
        package var delivered: Int64 = 0
        /// How long the backlog will need at the present pace; `nil` while there is none, or no pace is known.
        package var backlogEnds: Duration?
    }

    /// - Parameters:
    ///   - baseURL: of the central service, without a slash at the end.
    ///   - token: the gateway's token, asked for before each request, so that a new one needs no restart.
    ///   - refusals: takes what is refused for good.
    ///   - brokerDropped: how many messages the broker has dropped, as far as it tells.
    ///   - now: the monotonic clock.
    ///   - jitter: draws a number of 0…1, by which pauses differ between gateways.
    package init(
        outbox: Outbox, transport: any HTTPTransport, baseURL: String, token: @escaping @Sendable () throws -> String,
        inventory: Inventory, settings: Link.Settings = .init(), logger: Logger, refusals: UplinkRefusals? = nil,
        brokerDropped: @escaping @Sendable () -> Int64 = { 0 }, now: @escaping @Sendable () -> MonotonicInstant,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.outbox = outbox
        client = CentralClient(
            transport: transport, baseURL: baseURL, token: token, logger: logger,
            refusals: refusals ?? UplinkRefusals(logger: logger))
        self.inventory = inventory
        self.settings = settings
        self.logger = logger
        self.brokerDropped = brokerDropped
        self.now = now
        self.jitter = jitter
    }

    package var currentReport: Report { report.withLock { $0 } }

    /// Runs until `isStopping` says so, between two requests: nothing is left half sent.
    package func run(isStopping: @escaping @Sendable () -> Bool) async {
        var course = begin()
        while !isStopping() {
            guard let until = await step(&course, isStopping: isStopping) else { continue }
            // In short steps, so that a stop is heard.
            let rest = min(until - now(), .milliseconds(200))
            try? await Task.sleep(for: max(rest, .milliseconds(1)))
        }
    }

    // MARK: Step by step

    /// How far the service has come.
    package struct Course: Sendable {
        var link: Link
        var pace = DrainPace()
        var width = SendWidth()
        var nextReport: MonotonicInstant
        /// When losses are declared again that were refused.
        var nextDeclaration: MonotonicInstant?
    }

    package func begin() -> Course { Course(link: Link(settings: settings), nextReport: now()) }

    /// Does the next thing that is to be done.
    ///
    /// - Parameter isStopping: once it says so, nothing more is sent.
    /// - Returns: when to come again; `nil`: at once.
    package func step(
        _ course: inout Course, isStopping: @escaping @Sendable () -> Bool = { false }
    ) async -> MonotonicInstant? {
        var pause: MonotonicInstant?
        switch course.link.next(now: now()) {
        case .wait(let until): pause = until
        case .register:
            let outcome = await register()
            course.link.introduced(outcome, now: now(), jitter: jitter())
        case .send:
            await deliver(&course, isStopping: isStopping)
        }
        note(course.link.health)
        // Also where a request was refused and nothing is left to be sent: otherwise nobody would hear from us again.
        if course.link.health == .working || course.link.isIdle, now() >= course.nextReport {
            course.nextReport = now() + Self.reportInterval
            if let outcome = await sendReport() {
                course.link.reported(outcome, now: now(), jitter: jitter())
                note(course.link.health)
            }
        }
        return pause
    }

    // MARK: Introducing

    /// The building, then the store: who it is, and that its file is no copy.
    private func register() async -> Link.Outcome {
        let outcome = await client.register(inventory)
        guard outcome == .accepted else { return outcome }
        do {
            let (openingHistory, tally) = try await outbox.perform { outbox throws(OutboxError) in
                (try outbox.openingHistory(), try outbox.tally())
            }
            let handshake = StoreHandshake(
                openingHistory: openingHistory.map { $0.uuidString.lowercased() },
                nextNumber: ReadingNumber(clamping: tally.numbered.addingSaturating(1)))
            let answer = await client.put(UplinkPath.store(outbox.store), handshake)
            guard answer == .accepted else { return answer }
            try await outbox.perform { outbox throws(OutboxError) in try outbox.settleOpeningHistory() }
            return .accepted
        } catch {
            return .unready(why: "\(error)")
        }
    }

    // MARK: Sending

    /// How many batches are on their way at once at most. `HTTPClient` wants as many lines.
    package static let mostUnderWay = SendWidth.most

    /// Sends until nothing waits, something goes wrong, or a report is due.
    private func deliver(_ course: inout Course, isStopping: @escaping @Sendable () -> Bool) async {
        do {
            if let failure = try await declareLosses(&course) {
                return course.link.delivered(.oldest, rows: 1, left: 0, failure, now: now(), jitter: jitter())
            }
        } catch {
            return found(error, &course)
        }
        var window = SendWindow(service: self, course: course, isStopping: isStopping)
        await client.transport.perform(&window)
        course = window.course
        if let trouble = window.trouble { found(trouble, &course) }
    }

    /// The store's trouble, not the link's: what is not forgotten is sent again and left out centrally.
    private func found(_ trouble: any Error, _ course: inout Course) {
        logger.error("the buffer can't be read or written", metadata: ["error": "\(trouble)"])
        course.link.foundTrouble(now: now())
    }

    /// Forgets what the central service holds.
    ///
    /// - Returns: how many readings wait still.
    func acknowledge(_ numbers: Range<Int64>, _ pace: inout DrainPace) async throws -> Int64 {
        let left = try await outbox.perform { outbox throws(OutboxError) in
            try outbox.acknowledge([numbers])
            return try outbox.tally().waiting
        }
        pace.delivered(left: left, at: now())
        let ends = pace.backlogEnds
        report.withLock { report in
            report.delivered += Int64(numbers.count)
            report.backlogEnds = ends
        }
        return left
    }

    /// A segment whose bytes were damaged on disk can't be sent by anybody: it is declared lost.
    func giveUp(_ upload: Upload) async throws {
        let numbers = upload.numbers
        logger.error(
            "a part of the backlog is damaged and declared lost",
            metadata: ["numbers": "\(numbers.lowerBound)..<\(numbers.upperBound)"])
        try await outbox.perform { outbox throws(OutboxError) in try outbox.giveUp(numbers, reason: .corrupt) }
    }

    /// How long losses that were refused wait until they are declared again. Readings do not wait for them.
    private static let refusedLossesPause = Duration.seconds(600)

    /// Declarations go up like data. `nil` if none waits, all were taken, or readings can go up without them.
    private func declareLosses(_ course: inout Course) async throws -> Link.Outcome? {
        if let next = course.nextDeclaration, now() < next { return nil }
        let losses = try await outbox.perform { outbox throws(OutboxError) in try outbox.losses() }
        let byStore = Dictionary(grouping: losses, by: \.store).sorted { $0.value[0].id < $1.value[0].id }
        course.nextDeclaration = nil
        for (store, losses) in byStore {
            switch try await declare(losses[...], of: store) {
            case .accepted: break
            case .refused(let status, _) where Self.isOfLosses(status, of: store, own: outbox.store):
                course.nextDeclaration = now() + Self.refusedLossesPause
            case let failure: return failure
            }
        }
        if !byStore.isEmpty, course.nextDeclaration == nil { client.refusals.settle(CentralClient.losses) }
        return nil
    }

    /// Declares losses of one store, those that are refused by themselves.
    private func declare(_ losses: ArraySlice<Loss>, of store: StoreID) async throws -> Link.Outcome {
        let declaration = LossDeclaration(
            losses: losses.map {
                .init(
                    first: ReadingNumber(clamping: $0.numbers.lowerBound),
                    end: $0.end.map(ReadingNumber.init(clamping:)), reason: $0.reason.rawValue)
            })
        let outcome = await client.post(
            UplinkPath.losses(of: store), declaration, incarnation: outbox.incarnation)
        switch outcome {
        case .accepted:
            let taken = Array(losses)
            try await outbox.perform { outbox throws(OutboxError) in try outbox.settleLosses(taken) }
            return .accepted
        case .refused(400, _) where losses.count > 1, .refused(413, _) where losses.count > 1:
            let middle = losses.startIndex + losses.count / 2
            let first = try await declare(losses[..<middle], of: store)
            if first != .accepted, !Self.isOfLosses(first, of: store, own: outbox.store) { return first }
            let second = try await declare(losses[middle...], of: store)
            return second == .accepted ? first : second
        default: return outcome
        }
    }

    private static func isOfLosses(_ outcome: Link.Outcome, of store: StoreID, own: StoreID) -> Bool {
        guard case .refused(let status, _) = outcome else { return false }
        return isOfLosses(status, of: store, own: own)
    }

    /// Whether a refusal is about the losses, not about who sends them: then readings can go up all the same. A
    /// predecessor's store may be known as another building's.
    private static func isOfLosses(_ status: Int, of store: StoreID, own: StoreID) -> Bool {
        switch status {
        case 400, 413, 415, 422: true
        case 409: store != own
        default: false
        }
    }

    // MARK: Reporting

    /// What is said here is for the audit; where it gets lost, the next one says it. `nil` where the store can't be read.
    private func sendReport() async -> Link.Outcome? {
        let facts = try? await outbox.perform { outbox throws(OutboxError) in
            (try outbox.tally(), try outbox.waitingRanges())
        }
        guard let (tally, waiting) = facts else { return nil }
        let message = StoreReport(
            numbered: Count(clamping: tally.numbered),
            waiting: waiting.map { [ReadingNumber(clamping: $0.lowerBound), ReadingNumber(clamping: $0.upperBound)] },
            rejected: tally.rejections.mapValues(Count.init(clamping:)),
            brokerDropped: Count(clamping: brokerDropped()), redelivered: Count(clamping: tally.redelivered))
        return await client.put(UplinkPath.report(of: outbox.store), message, incarnation: outbox.incarnation)
    }

    func note(_ health: Link.Health) {
        let before = report.withLock { report in
            defer { report.health = health }
            if health == .working { report.lastSuccess = now() }
            return report.health
        }
        guard health != before else { return }
        switch health {
        case .working: logger.info("the uplink works", metadata: ["central": "\(client.baseURL)"])
        case .failing(let why):
            logger.warning("the uplink fails", metadata: ["central": "\(client.baseURL)", "remedy": "\(why)"])
        case .untried: break
        }
    }
}
