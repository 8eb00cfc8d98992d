package import Building
internal import Foundation
package import Logging
internal import ProcessSupport
internal import ServiceLifecycle
package import Storage
internal import Synchronization

/// Loads the readings of smart meters from their sources, over and over.
///
/// What is due stands in the database: so several replicas share the work, no two load the same meter at once, and a
/// restart loads nothing twice. A load that fails is tried again after 30 s, then after twice as long each time, at most
/// after the period.
package final class MeterLoader: Service, Sendable {
    package struct Source: Hashable, Sendable {
        /// The base URL of the source's interface.
        package var url: String
        /// The meters' names there.
        package var muids: [String]
        /// Where they are; `nil` where there is but one building.
        package var building: Slug?

        package init(url: String, muids: [String], building: Slug?) {
            self.url = url
            self.muids = muids
            self.building = building
        }
    }

    private let store: CentralStore
    private let sources: [String: Source]
    private let muids: [String]
    private let period: Duration
    private let logger: Logger
    private let state: Mutex<MeterLoaderReport>

    /// How often to look for what is due.
    private static let longestBeat: Duration = .seconds(10)
    private static let firstPause: Duration = .seconds(30)
    /// After this a replica that died no longer keeps the others from loading.
    private static let lease: Duration = .seconds(600)
    /// A load ends well before its lease.
    private static let longestLoad: Duration = .seconds(420)
    /// Meters deliver late and sources correct their estimates, so that each load asks for the last day again.
    private static let overlap: Duration = .seconds(86_400)

    /// - Parameters:
    ///   - sources: no meter in more than one of them.
    ///   - period: from one load of a meter to its next.
    package init(store: CentralStore, sources: [Source], period: Duration, logger: Logger) {
        self.store = store
        self.period = period
        self.logger = logger
        muids = sources.flatMap(\.muids)
        self.sources = Dictionary(
            sources.flatMap { source in source.muids.map { ($0, source) } }, uniquingKeysWith: { first, _ in first })
        state = Mutex(MeterLoaderReport(meters: muids.map { .init(muid: $0) }))
    }

    package var report: MeterLoaderReport { state.withLock(\.self) }

    package func run() async throws {
        guard !muids.isEmpty else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            var ticker = Ticker(every: min(self.period, Self.longestBeat), clock: ContinuousClock())
            while !Task.isCancelled {
                await self.loadWhatIsDue()
                do { try await ticker.tick() } catch { return }
            }
        }
    }

    /// Loads every meter that is due and that nobody else is loading.
    func loadWhatIsDue() async {
        while !Task.isCancelled {
            do {
                guard let claim = try await store.claimMeterLoad(of: muids, lease: Self.lease) else { return }
                await load(claim)
            } catch {
                // The database is away, which the service tells of, or not migrated yet: at the next beat then.
                logger.debug("Meter loads cannot be looked up", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func load(_ claim: ClaimedMeterLoad) async {
        let result: Result<Timestamp?, any Error>
        do { result = .success(try await fetch(claim)) } catch { result = .failure(error) }
        // Also where the service is told to stop in the middle: else nobody could load it before the lease ends.
        await Task { await self.finish(claim, result) }.value
    }

    private func finish(_ claim: ClaimedMeterLoad, _ result: Result<Timestamp?, any Error>) async {
        do {
            switch result {
            case .success(let newest):
                note(claim.muid) { report, meter in
                    report.loadsSucceeded += 1
                    meter.failures = 0
                    meter.lastSuccess = Timestamp(secondsSince1970: Date().timeIntervalSince1970)
                    if let newest { meter.newestReading = max(newest, meter.newestReading ?? newest) }
                }
                try await store.succeedMeterLoad(of: claim.muid, newest: newest, period: period)
            case .failure(let error) where error is CancellationError:
                try await store.failMeterLoad(
                    of: claim.muid, error: "interrupted", firstPause: .zero, period: period)
            case .failure(let error):
                note(claim.muid) { report, meter in
                    report.loadsFailed += 1
                    meter.failures += 1
                }
                logger.warning(
                    "Meter not loaded, trying again later", metadata: ["muid": "\(claim.muid)", "error": "\(error)"])
                try await store.failMeterLoad(
                    of: claim.muid, error: "\(error)", firstPause: Self.firstPause, period: period)
            }
        } catch {
            logger.debug("Outcome of a meter load not kept", metadata: ["muid": "\(claim.muid)", "error": "\(error)"])
        }
    }

    /// - Returns: the time of the newest reading.
    private func fetch(_ claim: ClaimedMeterLoad) async throws -> Timestamp? {
        guard let source = sources[claim.muid] else { return nil }
        let building = try await store.building(named: source.building).reference
        let start = claim.completeUntil?.advanced(by: .zero - Self.overlap) ?? Self.beginning
        // Meters' clocks may be a little ahead.
        let stop = Timestamp(secondsSince1970: Date().timeIntervalSince1970).advanced(by: .seconds(3600))
        var newest: Timestamp?
        try await MeterClient(base: source.url).pages(
            ofMeter: claim.muid, from: start, until: stop, deadline: .now + Self.longestLoad
        ) { page in
            let outcome = try await store.store(
                page.records.flatMap(\.readings), ofMeter: claim.muid, building: building)
            newest = page.records.map(\.time).max().map { max($0, newest ?? $0) }
            note(claim.muid) { report, _ in
                report.readingsAdded += outcome.added
                report.readingsCorrected += outcome.corrected
                report.readingsUnchanged += outcome.unchanged
                report.recordsRefused += page.problems.count
            }
            if let (place, problem) = page.problems.first {
                logger.warning(
                    "Meter's source sent records that cannot be read",
                    metadata: [
                        "muid": "\(claim.muid)", "count": "\(page.problems.count)",
                        "first": "record \(place): \(problem)",
                    ])
            }
        }
        return newest
    }

    private static let beginning = Timestamp(millisecondsSince1970: 0)

    private func note(_ muid: String, _ change: (inout MeterLoaderReport, inout MeterLoaderReport.Meter) -> Void) {
        state.withLock { report in
            guard let index = report.meters.firstIndex(where: { $0.muid == muid }) else { return }
            var meter = report.meters[index]
            change(&report, &meter)
            report.meters[index] = meter
        }
    }
}
