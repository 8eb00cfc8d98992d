public import Building
import Foundation
public import HTTPTransfer
public import Logging
public import Outbox
import Synchronization
import WireFormat

/// Delivers what the outbox holds to the central service, and forgets it only after that service holds it.
public final class UplinkService: Sendable {
    private let outbox: Outbox
    private let client: CentralClient
    private let inventory: Inventory
    private let settings: Link.Settings
    private let logger: Logger
    private let now: @Sendable () -> MonotonicInstant
    private let brokerDropped: @Sendable () -> Int64
    private let report = Mutex(Report())

    /// How often the central service is told what the store holds.
    private static let reportInterval = Duration.seconds(30)

    /// What ops want to know of the link.
    public struct Report: Sendable, Hashable {
        public var health = Link.Health.untried
        /// When the central service last took something.
        public var lastSuccess: MonotonicInstant?
        /// Readings delivered since the start.
        public var delivered: Int64 = 0
        /// How long the backlog will need at the present pace; `nil` while there is none, or no pace is known.
        public var backlogEnds: Duration?
    }

    /// - Parameters:
    ///   - baseURL: of the central service, without a slash at the end.
    ///   - token: the gateway's token, asked for before each request, so that a new one needs no restart.
    ///   - brokerDropped: how many messages the broker has dropped, as far as it tells.
    ///   - now: the monotonic clock.
    public init(
        outbox: Outbox, transfer: HTTPTransfer, baseURL: String, token: @escaping @Sendable () throws -> String,
        inventory: Inventory, settings: Link.Settings = .init(), logger: Logger,
        brokerDropped: @escaping @Sendable () -> Int64 = { 0 }, now: @escaping @Sendable () -> MonotonicInstant
    ) {
        self.outbox = outbox
        client = CentralClient(transfer: transfer, baseURL: baseURL, token: token, logger: logger)
        self.inventory = inventory
        self.settings = settings
        self.logger = logger
        self.brokerDropped = brokerDropped
        self.now = now
    }

    public var currentReport: Report { report.withLock { $0 } }

    /// Runs until `isStopping` says so, between two requests: nothing is left half sent.
    public func run(isStopping: @Sendable () -> Bool) async {
        var link = Link(settings: settings)
        var pace = DrainPace()
        var nextReport = now()
        while !isStopping() {
            let before = link.health
            switch link.next(now: now()) {
            case .wait(let until):
                // In short steps, so that a stop is heard.
                let rest = min(until - now(), .milliseconds(200))
                try? await Task.sleep(for: max(rest, .milliseconds(1)))
            case .introduce:
                let outcome = await introduce()
                link.introduced(outcome, now: now(), jitter: .random(in: 0...1))
            case .send(let lane, let limit): await deliver(lane, atMost: limit, link: &link, pace: &pace)
            }
            note(link.health, before: before)
            if link.health == .working, now() >= nextReport {
                nextReport = now() + Self.reportInterval
                await sendReport()
            }
        }
    }

    // MARK: Introducing

    /// The building, then the store: who it is, and that its file is no copy.
    private func introduce() async -> Link.Outcome {
        let outcome = await client.introduce(inventory)
        guard outcome == .accepted else { return outcome }
        do {
            let (lineage, tally) = try await outbox.perform { outbox throws(OutboxError) in
                (try outbox.lineage(), try outbox.tally())
            }
            let hello = StoreHello(
                lineage: lineage.map { $0.uuidString.lowercased() }, nextNumber: tally.numbered + 1)
            let answer = await client.put(UplinkPath.store(outbox.store), hello)
            guard answer == .accepted else { return answer }
            try await outbox.perform { outbox throws(OutboxError) in try outbox.settleLineage() }
            return .accepted
        } catch {
            return .unready(why: "\(error)")
        }
    }

    // MARK: Sending

    private func deliver(_ lane: Link.Lane, atMost limit: Int, link: inout Link, pace: inout DrainPace) async {
        do {
            if let failure = try await declareLosses() {
                return link.delivered(lane, rows: 1, left: 0, failure, now: now(), jitter: .random(in: 0...1))
            }
            let (parcel, waiting) = try await outbox.perform { outbox throws(OutboxError) in
                (
                    lane == .newest ? try outbox.newest(atMost: limit) : try outbox.oldest(atMost: limit),
                    try outbox.tally().waiting
                )
            }
            guard let parcel else { return link.foundNothing(in: lane, now: now()) }
            let (numbers, body) = try await encode(parcel, atMost: limit)
            let outcome = await client.send(
                body, numbers: numbers, store: outbox.store, incarnation: outbox.incarnation)
            if outcome == .accepted {
                try await outbox.perform { outbox throws(OutboxError) in try outbox.acknowledge(numbers) }
                let left = waiting - Int64(numbers.count)
                pace.delivered(numbers.count, left: left, at: now())
                let ends = pace.backlogEnds
                report.withLock { report in
                    report.delivered += Int64(numbers.count)
                    report.backlogEnds = ends
                }
            } else if case .refused(400, _) = outcome, !ParcelBody.isSound(parcel) {
                return try await giveUp(parcel)
            }
            link.delivered(
                lane, rows: numbers.count, left: Int(waiting) - numbers.count, outcome, now: now(),
                jitter: .random(in: 0...1))
        } catch {
            // The store's trouble, not the link's: what is not forgotten is sent again and left out centrally.
            logger.error("the buffer can't be read or written", metadata: ["error": "\(error)"])
            link.foundTrouble(now: now())
        }
    }

    private func encode(_ parcel: Parcel, atMost limit: Int) async throws -> (Range<Int64>, [UInt8]) {
        do {
            return try ParcelBody.encode(parcel, atMost: limit)
        } catch {
            try await giveUp(parcel)
            throw error
        }
    }

    /// A segment whose bytes were damaged on disk can't be sent by anybody: it is declared lost.
    private func giveUp(_ parcel: Parcel) async throws {
        let numbers = parcel.numbers
        logger.error(
            "a part of the backlog is damaged and declared lost",
            metadata: ["numbers": "\(numbers.lowerBound)..<\(numbers.upperBound)"])
        try await outbox.perform { outbox throws(OutboxError) in try outbox.giveUp(numbers, reason: .corrupt) }
    }

    /// Declarations go up like data. `nil` where none waits, or all were taken.
    private func declareLosses() async throws -> Link.Outcome? {
        let losses = try await outbox.perform { outbox throws(OutboxError) in try outbox.losses() }
        for (store, losses) in Dictionary(grouping: losses, by: \.store) {
            let declaration = LossDeclaration(
                losses: losses.map {
                    .init(first: $0.numbers.lowerBound, end: $0.numbers.upperBound, reason: $0.reason.rawValue)
                })
            let outcome = await client.post(
                UplinkPath.losses(of: store), declaration, incarnation: outbox.incarnation)
            guard outcome == .accepted else { return outcome }
            try await outbox.perform { outbox throws(OutboxError) in try outbox.settleLosses(losses) }
        }
        return nil
    }

    // MARK: Reporting

    /// What is said here is for the audit; where it gets lost, the next one says it.
    private func sendReport() async {
        let facts = try? await outbox.perform { outbox throws(OutboxError) in
            (try outbox.tally(), try outbox.waitingRanges())
        }
        guard let (tally, waiting) = facts else { return }
        let message = StoreReport(
            numbered: tally.numbered, waiting: waiting.map { [$0.lowerBound, $0.upperBound] },
            rejected: tally.rejections, brokerDropped: brokerDropped())
        _ = await client.put(UplinkPath.report(of: outbox.store), message, incarnation: outbox.incarnation)
    }

    private func note(_ health: Link.Health, before: Link.Health) {
        report.withLock { report in
            report.health = health
            if health == .working { report.lastSuccess = now() }
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
