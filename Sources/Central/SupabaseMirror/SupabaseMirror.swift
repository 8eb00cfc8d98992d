package import Logging
internal import ServiceLifecycle
package import Storage
internal import Synchronization
package import Telemetry

/// Mirrors `latest_reading` to a Supabase project through its REST API.
///
/// Nothing is queued: each round reads from the table what changed since the last successful round. So ingest never
/// waits, memory stays bounded whatever happens to the project, and rows are always the latest. They are read right
/// before they are sent, by one process at a time, one request after the other, so the mirror never goes back in time.
package final class SupabaseMirror: Service, MetricSource {
    private let settings: MirrorSettings
    private let reader: LatestCopyReader
    private let client: PostgRESTClient
    private let logger: Logger
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let carried = LabelledCounter("hearth_mirror_rows_total", "Rows accepted by the mirror.")
    private let refused = LabelledCounter(
        "hearth_mirror_rows_refused_total", "Rows rejected by the mirror and skipped.")
    private let rounds = LabelledCounter(
        "hearth_mirror_failures_total", "Mirror rounds that failed.")

    /// The interval at which the lock is requested or confirmed if nothing changes.
    private static let reminder: Duration = .seconds(5)
    private static let remindersPerRound = 6
    private static let firstPause: Duration = .seconds(1)
    private static let longestPause: Duration = .seconds(60)
    /// The number of consecutive refused rows at which the whole round counts as refused.
    private static let mostRefusals = 8

    private struct State {
        /// The time since which changes wait to be sent; `nil` if there are none.
        var pendingSince: ContinuousClock.Instant? = .now
        /// The time since which the changes of the current round have waited.
        var carryingSince: ContinuousClock.Instant?
        var isActive = false
        var lastSuccess: ContinuousClock.Instant?
        /// The kind of the last logged failure, so that each is logged once.
        var trouble: String?
    }

    /// Creates a mirror that starts with `run()`.
    package init(settings: MirrorSettings, reader: LatestCopyReader, logger: Logger) {
        self.settings = settings
        self.reader = reader
        self.logger = logger
        client = PostgRESTClient(settings)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Notes a change. Returns at once.
    package func note(_ change: LatestChange) {
        state.withLock { $0.pendingSince = $0.pendingSince ?? .now }
        signal.yield()
    }

    /// Keeps the mirror up to date until a graceful shutdown.
    package func run() async {
        let work = Task { await attend() }
        await cancelWhenGracefulShutdown { [self] in await remindRegularly() }
        // A request may still take seconds: the service does not wait for it.
        work.cancel()
        reader.close()
    }

    private func remindRegularly() async {
        var count = 0
        while !Task.isCancelled {
            count += 1
            // An announcement can be lost with the process that was about to make it.
            if count.isMultiple(of: Self.remindersPerRound) { note(.everywhere) }
            signal.yield()
            try? await Task.sleep(for: Self.reminder)
        }
    }

    private func attend() async {
        var mark: ChangeMark?
        var sent = SentRows()
        var wasRefused = false
        var pause = Self.firstPause
        for await _ in signals {
            if Task.isCancelled { return }
            var began: ContinuousClock.Instant?
            do {
                guard try await reader.acquire() else {
                    (wasRefused, mark, sent) = (true, nil, SentRows())
                    state.withLock { state in
                        // The process that holds the lock sends it.
                        state.isActive = false
                        state.pendingSince = .now
                    }
                    continue
                }
                if wasRefused {
                    wasRefused = false
                    logger.notice("Mirror taken over from another replica")
                    try await Task.sleep(for: settings.requestTimeout + .seconds(2))
                }
                began = state.withLock { state in
                    state.isActive = true
                    state.carryingSince = state.pendingSince
                    state.pendingSince = nil
                    return state.carryingSince
                }
                guard began != nil else { continue }
                mark = try await carry(since: mark, &sent)
                noteSuccess()
                pause = Self.firstPause
                try await Task.sleep(for: settings.interval)
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                noteFailure(error, since: began)
                // If the database failed, the next one to answer may be another: everything is then sent again.
                if error is StoreError || error as? MirrorError == .takenOver {
                    (mark, sent) = (nil, SentRows())
                }
                try? await Task.sleep(for: (error as? MirrorError)?.wait ?? pause * Double.random(in: 0.8...1.2))
                pause = min(pause * 2, Self.longestPause)
                signal.yield()
            }
        }
    }

    /// Sends the changes since `mark`.
    ///
    /// - Parameter sent: The rows that need not be sent again.
    /// - Returns: The mark for the next round.
    private func carry(since mark: ChangeMark?, _ sent: inout SentRows) async throws -> ChangeMark {
        var next: ChangeMark?
        var after: LatestID?
        var refusals = 0
        repeat {
            // Each page is sent in one request, right after the lock was confirmed.
            guard try await reader.acquire() else { throw MirrorError.takenOver }
            let page = try await reader.page(since: mark, after: after, limit: settings.batchRows)
            next = next ?? page.mark
            after = page.next
            let rows = page.rows.filter { !sent.contains($0) }
            if !rows.isEmpty { try await send(rows[...], refusals: &refusals) }
            sent.add(rows)
        } while after != nil
        sent.forget(before: next!)
        return next!
    }

    /// Sends rows. If the project refuses them together, the refused ones are found by bisection and left out.
    private func send(_ rows: ArraySlice<ChangedLatest.Row>, refusals: inout Int) async throws {
        do {
            try await client.upsert(rows.map(\.json))
            carried.add(rows.count)
            refusals = 0
        } catch let error as MirrorError {
            switch error {
            case .tooLarge, .rejected(400, _), .rejected(409, _), .rejected(422, _): break
            default: throw error
            }
            guard rows.count > 1 else {
                refusals += 1
                if refusals >= Self.mostRefusals { throw error }
                refused.add()
                logger.warning("Mirror rejects a row", metadata: ["error": "\(error)"])
                return
            }
            let middle = rows.startIndex + rows.count / 2
            try await send(rows[..<middle], refusals: &refusals)
            try await send(rows[middle...], refusals: &refusals)
        }
    }

    private func noteSuccess() {
        let wasTroubled = state.withLock { state in
            state.lastSuccess = .now
            state.carryingSince = nil
            defer { state.trouble = nil }
            return state.trouble != nil
        }
        if wasTroubled { logger.notice("Mirror is up to date again") }
    }

    private func noteFailure(_ error: any Error, since began: ContinuousClock.Instant?) {
        rounds.add()
        let kind = (error as? MirrorError)?.kind ?? "database"
        let isNew = state.withLock { state in
            state.pendingSince = began ?? state.pendingSince ?? .now
            state.carryingSince = nil
            defer { state.trouble = kind }
            return state.trouble != kind
        }
        guard isNew else { return }
        let level: Logger.Level = kind == "unauthorized" || kind == "rejected" ? .error : .warning
        logger.log(level: level, "Mirror is not up to date, retrying", metadata: ["error": "\(error)"])
    }

    /// Returns the lag, the numbers of rows and failures, and the requests.
    package func metrics() async -> [MetricFamily] {
        let state = state.withLock(\.self)
        let lag = state.isActive ? (state.carryingSince ?? state.pendingSince).map { ContinuousClock.now - $0 } : nil
        var families = [
            MetricFamily(
                .gauge, "hearth_mirror_active", "1 if this replica is the one that mirrors, else 0.",
                state.isActive ? 1 : 0),
            MetricFamily(
                .gauge, "hearth_mirror_lag_seconds", "Age of the oldest change not yet mirrored.",
                seconds: lag ?? .zero),
            carried.family, refused.family, rounds.family, client.requests.family, client.durations.family,
        ]
        if let success = state.lastSuccess {
            families.append(
                MetricFamily(
                    .gauge, "hearth_mirror_last_success_age_seconds", "Time since the last successful round.",
                    seconds: ContinuousClock.now - success))
        }
        return families
    }
}
