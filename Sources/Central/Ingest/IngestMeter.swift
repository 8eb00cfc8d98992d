internal import APISupport
internal import HTTPTypes
internal import Storage
internal import Synchronization
package import Telemetry

/// Counts gateways' batches and readings by their outcome.
package final class IngestMeter: MetricSource {
    private let batches = LabelledCounter(
        "hearth_ingest_batches_total",
        "Batches sent by gateways: stored, rejected as invalid, rejected because of load (429), without a database (503), "
            + "or failed.",
        labels: ["result"], known: Result.allCases.map { [$0.rawValue] })
    private let rows = LabelledCounter(
        "hearth_ingest_rows_total",
        "Readings in batches: stored, repeated because they were already stored, or quarantined because the database "
            + "rejected them.",
        labels: ["result"], known: [["quarantined"], ["repeated"], ["stored"]])
    private let bytes = LabelledCounter("hearth_ingest_received_bytes_total", "Bytes of batches as received.")
    private let durations = DurationHistogram(
        "hearth_ingest_batch_duration_seconds", "Time from the start of a batch to its response.")
    private let shares = LabelledCounter(
        "hearth_ingest_shares_refused_total",
        "Gateway messages to be retried later: all slots or memory in use, all slots of the building in use, "
            + "or too many stores or new series for a building.",
        labels: ["share"],
        known: (Admission.Refusal.allCases.map(\.rawValue) + ["series", "stores"]).map { [$0] })
    private let inFlight = Mutex(0)

    enum Result: String, CaseIterable {
        case stored
        case refused
        case turnedAway = "turned_away"
        case unavailable
        case failed

        init(_ error: any Error) {
            switch error {
            case let error as APIError where error.status == .tooManyRequests: self = .turnedAway
            case let error as APIError where error.status.code < 500: self = .refused
            case let error as StoreError:
                switch error {
                case .unavailable, .outcomeUnknown: self = .unavailable
                case .tooManyStores, .tooManySeries: self = .turnedAway
                default: self = .refused
                }
            default: self = .failed
            }
        }
    }

    /// Creates a meter that has counted nothing.
    package init() {}

    /// Counts a batch that was processed.
    func note(_ outcome: StoringOutcome, bytes: Int) {
        rows.add(outcome.stored, "stored")
        rows.add(outcome.repeated, "repeated")
        rows.add(outcome.quarantined, "quarantined")
        self.bytes.add(bytes)
    }

    /// Counts a message for which there was no room.
    func note(_ refusal: Admission.Refusal) { shares.add(1, refusal.rawValue) }

    /// Counts a message that exceeded its building's share.
    func note(_ error: StoreError) {
        switch error {
        case .tooManyStores: shares.add(1, "stores")
        case .tooManySeries: shares.add(1, "series")
        default: break
        }
    }

    /// Runs `body`, which processes a batch, and counts its duration and outcome.
    func measure<Value>(_ body: () async throws -> Value) async throws -> Value {
        let began = ContinuousClock.now
        inFlight.withLock { $0 += 1 }
        defer {
            inFlight.withLock { $0 -= 1 }
            durations.record(ContinuousClock.now - began)
        }
        do {
            let value = try await body()
            batches.add(1, Result.stored.rawValue)
            return value
        } catch {
            batches.add(1, Result(error).rawValue)
            throw error
        }
    }

    /// Returns the number, duration and outcome of batches and readings.
    package func metrics() async -> [MetricFamily] {
        [
            batches.family, rows.family, bytes.family, durations.family, shares.family,
            MetricFamily(
                .gauge, "hearth_ingest_batches_in_flight", "Batches being read or stored.",
                inFlight.withLock(\.self)),
        ]
    }
}
