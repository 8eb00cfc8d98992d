package import Building
internal import Foundation
package import Logging
internal import ProcessSupport
internal import ServiceLifecycle
package import Storage
internal import Synchronization

/// Loads the readings of smart meters from their sources periodically.
///
/// The schedule is in the database: several replicas share the work, no two load the same meter at once, and a restart
/// loads nothing twice. A failed load is repeated after 30 s, and after twice the time with each further failure, up to
/// the period.
package final class MeterLoader: Service, Sendable {
    /// A source of readings and its meters.
    package struct Source: Hashable, Sendable {
        /// The base URL of the source's API.
        package var url: String
        /// The meters' names at the source.
        package var muids: [String]
        /// The meters' building; `nil` if there is only one.
        package var building: Slug?

        /// Creates a source.
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

    /// The longest interval between checks for loads that are due.
    private static let longestBeat: Duration = .seconds(10)
    private static let firstPause: Duration = .seconds(30)
    /// The lease, after which other replicas take over a load from one that died.
    private static let lease: Duration = .seconds(600)
    /// The longest duration of a load, well below the lease.
    private static let longestLoad: Duration = .seconds(420)
    /// The range that each load fetches again, because meters deliver late and sources correct their estimates.
    private static let overlap: Duration = .seconds(86_400)

    /// Creates a loader.
    ///
    /// - Parameters:
    ///   - sources: The sources; no meter may be in more than one.
    ///   - period: The time between two loads of a meter.
    package init(store: CentralStore, sources: [Source], period: Duration, logger: Logger) {
        self.store = store
        self.period = period
        self.logger = logger
        muids = sources.flatMap(\.muids)
        self.sources = Dictionary(
            sources.flatMap { source in source.muids.map { ($0, source) } }, uniquingKeysWith: { first, _ in first })
        state = Mutex(MeterLoaderReport(meters: muids.map { .init(muid: $0) }))
    }

    /// The loader's counts and the state of each meter.
    package var report: MeterLoaderReport { state.withLock(\.self) }

    /// Loads meters until a graceful shutdown.
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

    /// Loads every meter that is due and that no other replica is loading.
    func loadWhatIsDue() async {
        while !Task.isCancelled {
            do {
                guard let claim = try await store.claimMeterLoad(of: muids, lease: Self.lease) else { return }
                await load(claim)
            } catch {
                // The database is down, which the service reports elsewhere, or not migrated yet: try again at the next
                // check.
                logger.debug("Meter loads cannot be read", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func load(_ claim: ClaimedMeterLoad) async {
        let result: Result<Timestamp?, any Error>
        do { result = .success(try await fetch(claim)) } catch { result = .failure(error) }
        // The outcome is recorded even if the service is told to stop: otherwise no replica could load the meter before
        // the lease ends.
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
                    "Meter not loaded, retrying later", metadata: ["muid": "\(claim.muid)", "error": "\(error)"])
                try await store.failMeterLoad(
                    of: claim.muid, error: "\(error)", firstPause: Self.firstPause, period: period)
            }
        } catch {
            logger.debug("Result of a meter load not stored", metadata: ["muid": "\(claim.muid)", "error": "\(error)"])
        }
    }

    /// Fetches and stores the meter's new readings.
    ///
    /// - Returns: The time of the newest reading; `nil` if there is none.
    private func fetch(_ claim: ClaimedMeterLoad) async throws -> Timestamp? {
        guard let source = sources[claim.muid] else { return nil }
        let building = try await store.building(named: source.building).reference
        let start = claim.completeUntil?.advanced(by: .zero - Self.overlap) ?? Self.beginning
        // Meters' clocks may be slightly ahead.
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
                    "Meter source sent unreadable records",
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
