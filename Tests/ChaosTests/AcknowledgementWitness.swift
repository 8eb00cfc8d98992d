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
        var connections: [Int: Connection] = [:]
        var database: DatabaseQueue?
    }

    private struct Connection {
        var version: UInt8 = 4
        var toClient = PacketStream()
        var toServer = PacketStream()
        /// The readings that were delivered and not acknowledged, by packet identifier.
        var delivered: [UInt16: Int] = [:]
    }

    init(store: String) { self.store = store }

    var report: Report { state.withLock { $0.report } }

    /// For `TCPProxy`.
    func observe(_ connection: Int, _ direction: TCPProxy.Direction, _ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            var known = state.connections[connection] ?? Connection()
            switch direction {
            case .toClient:
                for packet in known.toClient.packets(adding: bytes) {
                    guard let (id, topic, payload) = packet.publication(version: known.version),
                        topic.hasPrefix("/readings/"), let number = Self.number(in: payload)
                    else { continue }
                    known.delivered[id] = number
                    state.report.delivered += 1
                }
            case .toServer:
                var newest: Int?
                for packet in known.toServer.packets(adding: bytes) {
                    if packet.type == PacketStream.Packet.connect, packet.start + 6 < packet.bytes.count {
                        known.version = packet.bytes[packet.start + 6]
                    }
                    guard packet.type == PacketStream.Packet.publishAnswer, let id = packet.number(at: packet.start),
                        let number = known.delivered.removeValue(forKey: id)
                    else { continue }
                    state.report.acknowledged += 1
                    // One look serves for all that left together.
                    if newest == nil { newest = committed(&state) }
                    if let newest, number <= newest { continue }
                    state.report.broken.append("reading \(number) while \(newest ?? -1) was the newest committed")
                }
            }
            state.connections[connection] = known
        }
    }

    private static func number(in payload: String) -> Int? {
        guard let range = payload.range(of: "\"value\":") else { return nil }
        return Int(payload[range.upperBound...].prefix(while: \.isNumber))
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
