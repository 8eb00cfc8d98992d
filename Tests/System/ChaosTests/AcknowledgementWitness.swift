import Foundation
import GRDB
import Synchronization

/// Watches the connections between broker and gateway, and looks into the gateway's store whenever a PUBACK leaves it:
/// what is acknowledged must have been committed before.
///
/// Made for readings that count up from 0. The broker delivers in order and the gateway commits in order,
/// so the newest committed reading tells which are.
final class AcknowledgementWitness: Sendable {
    struct Report: Sendable {
        var delivered = 0
        var acknowledged = 0
        /// What was acknowledged before its commit.
        var broken: [String] = []
    }

    private let store: String
    private let state = Mutex(State())

    private struct State {
        var report = Report()
        var watch = DeliveryWatch()
        var database: DatabaseQueue?
    }

    init(store: String) { self.store = store }

    var report: Report { state.withLock { $0.report } }

    /// For `TCPProxy`.
    func observe(_ connection: Int, _ direction: TCPProxy.Direction, _ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            let (delivered, acknowledged) = state.watch.observe(connection, direction, bytes)
            state.report.delivered += delivered.count
            guard !acknowledged.isEmpty else { return }
            state.report.acknowledged += acknowledged.count
            // One look serves for all that left together.
            let newest = committed(&state)
            for reading in acknowledged where reading.number > newest {
                state.report.broken.append("reading \(reading.number) while \(newest) was the newest committed")
            }
        }
    }

    /// The newest committed reading, read from another connection; -1 where there is none.
    private func committed(_ state: inout State) -> Int {
        do {
            if state.database == nil {
                var configuration = Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(2)
                state.database = try DatabaseQueue(path: store, configuration: configuration)
            }
            return try state.database?.read { database in
                // Where all was packed already, how many were numbered says the same.
                try Double.fetchOne(database, sql: "SELECT value FROM reading ORDER BY number DESC LIMIT 1")
                    .map { Int($0) } ?? Int.fetchOne(database, sql: "SELECT next_number - 2 FROM tally") ?? -1
            } ?? -1
        } catch {
            state.report.broken.append("the store can't be read: \(error)")
            return -1
        }
    }
}
