package import Building
import Foundation
package import HTTPClient
package import Logging
package import Outbox
import Synchronization
import WireFormat

/// The service that delivers the outbox to the central service, and removes readings only after that service holds
/// them.
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

    /// The interval at which the central service is sent the counts of the store.
    private static let reportInterval = Duration.seconds(30)

    /// The state of the uplink, for operators.
    package struct Report: Sendable, Hashable {
        /// The health of the link.
        package var health = Link.Health.untried
        /// The instant at which the central service last accepted anything.
        package var lastSuccess: MonotonicInstant?
        /// The number of readings delivered since the start.
        package var delivered: Int64 = 0
        /// The time until the backlog is delivered at the present pace; `nil` while there is none or no pace is known.
        package var backlogEnds: Duration?
    }

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - baseURL: the base URL of the central service, without a trailing slash.
    ///   - token: returns the gateway's token; called before each request, so that a new one needs no restart.
    ///   - refusals: the record of what is refused for good.
    ///   - brokerDropped: returns the number of messages that the broker reports as dropped.
    ///   - now: the monotonic clock.
    ///   - jitter: returns a random number of 0…1, by which pauses differ between gateways.
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

    /// The present state of the uplink.
    package var currentReport: Report { report.withLock { $0 } }

    /// Runs until `isStopping` returns true. It stops between two requests: none is cut off.
    package func run(isStopping: @escaping @Sendable () -> Bool) async {
        var course = begin()
        while !isStopping() {
            guard let until = await step(&course, isStopping: isStopping) else { continue }
            // In short steps, so that a stop is noticed.
            let rest = min(until - now(), .milliseconds(200))
            try? await Task.sleep(for: max(rest, .milliseconds(1)))
        }
    }

    // MARK: Step by step

    /// The state of the uplink between two steps.
    package struct Course: Sendable {
        var link: Link
        var pace = DrainPace()
        var width = SendWidth()
        var nextReport: MonotonicInstant
        /// The instant at which refused losses are declared again.
        var nextDeclaration: MonotonicInstant?
    }

    /// Returns the state before the first step.
    package func begin() -> Course { Course(link: Link(settings: settings), nextReport: now()) }

    /// Takes the next step.
    ///
    /// - Parameter isStopping: once it returns true, nothing more is sent.
    ///
    /// - Returns: the instant of the next step; `nil` for at once.
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
        // This also applies if a request was refused and nothing is left to send: otherwise the central service would
        // not hear from this gateway again.
        if course.link.health == .working || course.link.isIdle, now() >= course.nextReport {
            course.nextReport = now() + Self.reportInterval
            if let outcome = await sendReport() {
                course.link.reported(outcome, now: now(), jitter: jitter())
                note(course.link.health)
            }
        }
        return pause
    }

    // MARK: Registration

    /// Registers the building, then the store: its identity, and the proof that its file is not a copy.
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

    /// The maximum number of batches in flight. `HTTPClient` needs as many connections.
    package static let mostUnderWay = SendWidth.most

    /// Sends until nothing waits, something fails, or a report is due.
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

    /// Handles a failure of the store, which is not one of the link. Readings that were not removed are sent again, and
    /// the central service recognises them.
    private func found(_ trouble: any Error, _ course: inout Course) {
        logger.error("the buffer can't be read or written", metadata: ["error": "\(trouble)"])
        course.link.foundTrouble(now: now())
    }

    /// Removes readings that the central service holds.
    ///
    /// - Returns: the number of readings that still wait.
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

    /// Declares the readings of a damaged upload lost, since nobody can send them.
    func giveUp(_ upload: Upload) async throws {
        let numbers = upload.numbers
        logger.error(
            "part of the backlog is damaged and has been declared lost",
            metadata: ["numbers": "\(numbers.lowerBound)..<\(numbers.upperBound)"])
        try await outbox.perform { outbox throws(OutboxError) in try outbox.giveUp(numbers, reason: .corrupt) }
    }

    /// The pause after which refused losses are declared again. Readings do not wait for it.
    private static let refusedLossesPause = Duration.seconds(600)

    /// Declares losses. Returns `nil` if there are none, if all were accepted, or if readings can be sent without them.
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

    /// Declares losses of one store, halving the request to isolate those that are refused.
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

    /// Returns whether a refusal concerns the losses, not their sender, so that readings can still be sent. A
    /// predecessor's store may be known as another building's.
    private static func isOfLosses(_ status: Int, of store: StoreID, own: StoreID) -> Bool {
        switch status {
        case 400, 413, 415, 422: true
        case 409: store != own
        default: false
        }
    }

    // MARK: Reporting

    /// Sends the counts of the store for the audit; a lost report is made up for by the next. Returns `nil` if the
    /// store can't be read.
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

    /// Notes the health of the link and logs a change.
    func note(_ health: Link.Health) {
        let before = report.withLock { report in
            defer { report.health = health }
            if health == .working { report.lastSuccess = now() }
            return report.health
        }
        guard health != before else { return }
        switch health {
        case .working: logger.info("the uplink is working", metadata: ["central": "\(client.baseURL)"])
        case .failing(let why):
            logger.warning("the uplink is failing", metadata: ["central": "\(client.baseURL)", "remedy": "\(why)"])
        case .untried: break
        }
    }
}
