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
    private let transfer: HTTPTransfer
    private let baseURL: String
    private let token: @Sendable () throws -> String
    private let inventory: Inventory
    private let settings: Link.Settings
    private let logger: Logger
    private let now: @Sendable () -> MonotonicInstant
    private let report = Mutex(Report())

    /// What ops want to know of the link.
    public struct Report: Sendable, Hashable {
        public var health = Link.Health.untried
        /// When the central service last took something.
        public var lastSuccess: MonotonicInstant?
        /// Readings delivered since the start.
        public var delivered: Int64 = 0
    }

    /// - Parameters:
    ///   - baseURL: of the central service, without a slash at the end.
    ///   - token: the gateway's token, asked for before each request, so that a new one needs no restart.
    ///   - now: the monotonic clock.
    public init(
        outbox: Outbox, transfer: HTTPTransfer, baseURL: String, token: @escaping @Sendable () throws -> String,
        inventory: Inventory,
        settings: Link.Settings = .init(), logger: Logger, now: @escaping @Sendable () -> MonotonicInstant
    ) {
        self.outbox = outbox
        self.transfer = transfer
        self.baseURL = baseURL
        self.token = token
        self.inventory = inventory
        self.settings = settings
        self.logger = logger
        self.now = now
    }

    public var currentReport: Report { report.withLock { $0 } }

    /// Runs until `isStopping` says so, between two requests: nothing is left half sent.
    public func run(isStopping: @Sendable () -> Bool) async {
        var link = Link(settings: settings)
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
            case .send(let limit): await deliver(atMost: limit, link: &link)
            }
            note(link.health, before: before)
        }
    }

    private func deliver(atMost limit: Int, link: inout Link) async {
        do {
            guard let run = try await outbox.perform({ outbox throws(OutboxError) in try outbox.oldest(atMost: limit) })
            else { return link.foundNothing(now: now()) }
            let outcome = await send(run)
            if outcome == .accepted {
                let numbers = run.numbers
                try await outbox.perform { outbox throws(OutboxError) in try outbox.acknowledge(numbers) }
                report.withLock { $0.delivered += Int64(numbers.count) }
            }
            link.delivered(rows: run.readings.count, outcome, now: now(), jitter: .random(in: 0...1))
        } catch {
            // The store's trouble, not the link's: what is not forgotten is sent again and left out centrally.
            logger.error("the buffer can't be read or written", metadata: ["error": "\(error)"])
            link.foundNothing(now: now() + .seconds(5))
        }
    }

    private func introduce() async -> Link.Outcome {
        let body: [UInt8]
        do {
            body = Array(try JSONEncoder().encode(inventory))
        } catch {
            preconditionFailure("an inventory can always be written as JSON: \(error)")
        }
        return await request(.put, UplinkPath.inventory, type: "application/json", body: body) { $0.status == 204 }
    }

    private func send(_ run: NumberedReadings) async -> Link.Outcome {
        let body = ReadingBatch(run).encode()
        return await request(.post, UplinkPath.batches, type: ReadingBatch.mediaType, body: body) { answer in
            // Whoever else says 200 on the way, a captive portal for one, does not know what we sent.
            guard let receipt = try? JSONDecoder().decode(BatchReceipt.self, from: Data(answer.body)) else {
                return false
            }
            return answer.status == 200 && StoreID(receipt.store) == run.store
                && receipt.first == run.numbers.lowerBound && receipt.end == run.numbers.upperBound
        }
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, type: String, body: [UInt8],
        isReceipt: (HTTPAnswer) -> Bool
    ) async -> Link.Outcome {
        let token: String
        do { token = try self.token() } catch { return .unready(why: "\(error)") }
        let request = HTTPRequest(
            method: method, url: baseURL + path,
            headers: [("Authorization", "Bearer \(token)"), ("Content-Type", type)], body: body)
        do {
            let answer = try await transfer.perform(request)
            if isReceipt(answer) { return .accepted }
            logger.debug(
                "the central service refused",
                metadata: [
                    "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
            let retryAfter = answer.headers["retry-after"].flatMap(Int.init).map { Duration.seconds(max(0, $0)) }
            return .refused(status: answer.status, retryAfter: retryAfter)
        } catch {
            logger.debug("no answer from the central service", metadata: ["error": "\(error)"])
            return .unanswered
        }
    }

    private func note(_ health: Link.Health, before: Link.Health) {
        report.withLock { report in
            report.health = health
            if health == .working { report.lastSuccess = now() }
        }
        guard health != before else { return }
        switch health {
        case .working: logger.info("the uplink works", metadata: ["central": "\(baseURL)"])
        case .failing(let why):
            logger.warning("the uplink fails", metadata: ["central": "\(baseURL)", "remedy": "\(why)"])
        case .untried: break
        }
    }
}

extension ReadingBatch {
    /// The batch of a run of stored readings.
    init(_ run: NumberedReadings) {
        var indices: [SeriesKey: Int] = [:]
        var series: [SeriesKey] = []
        var rows: [Row] = []
        rows.reserveCapacity(run.readings.count)
        for reading in run.readings {
            let index: Int
            if let known = indices[reading.series] {
                index = known
            } else {
                index = series.count
                indices[reading.series] = index
                series.append(reading.series)
            }
            rows.append(
                Row(
                    seriesIndex: index, eventTime: reading.eventTime, receivedTime: reading.receivedTime,
                    clockTrusted: reading.clockTrusted, quality: reading.quality, value: reading.value))
        }
        self.init(store: run.store, firstNumber: run.firstNumber, series: series, rows: rows)
    }
}
