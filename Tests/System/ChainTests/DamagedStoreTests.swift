import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// What the audit says of a buffer whose file is beyond reading.
@Suite(.withDatabaseServer, .timeLimit(.minutes(2)))
struct DamagedStoreTests {
    @Test func `accounts for a buffer that can't even tell who it was`() async throws {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(databaseURL: url)
            // No central service yet: everything waits, and nobody but the gateway knows of it.
            let first = try await chain.startEdge()
            let status = try chain.broker.subscriber("/gateways/grand/status")
            for value in 1...20 {
                try await chain.broker.publish(
                    "/readings/room-101/temperature", #"{"sensorID":"sensor-1","type":"temperature","value":\#(value)}"#
                )
            }
            try await eventually("twenty are stored", detail: status.output) {
                status.output.matches(of: /"numbered":(\d+)/).contains { Int($0.1)! >= 20 }
            }
            status.kill()
            #expect(await first.terminate() == 0)
            try String(repeating: "rubbish ", count: 10_000)
                .write(toFile: chain.store, atomically: false, encoding: .utf8)
            let central = try await chain.startCentral()
            let second = try await chain.startEdge()
            try await eventually("the loss is declared", detail: second.output + central.output) {
                let count = try await chain.psql(
                    "SELECT coalesce(sum(count_of_numbers(numbers)), 0) FROM declared_loss WHERE reason = 'corrupt'")
                return Int(count) ?? 0 >= 20
            }
            try await eventually("everything balances", detail: second.output + central.output) {
                let audit = try await CentralProcess.command("audit", database: chain.databaseURL)
                return audit.status == 0 && audit.output.contains("everything balances (stores: 2)")
            }
            #expect(second.output.contains("the buffer was damaged"))
            #expect(await second.terminate() == 0)
        }
    }
}
