import Foundation
import Rig
import Testing

extension Chaos.GatewayFaultTests {
    /// What a hotel sends in 72 hours, as fast as the gateway takes it, with no central service. Then that comes back,
    /// three times in four amid live readings.
    @Test(arguments: [true, false])
    func `72 hours offline arrive whole, the newest first`(isLive: Bool) async throws {
        let backlog = Backlog(readings: isLive ? Effort.offlineReadings * 3 / 4 : Effort.offlineReadings / 4)
        // Their room, one for each case.
        let room = isLive ? "offline-live" : "offline-silent"
        await plant.edge.terminate()
        plant.central.kill()
        // Past the proxy that reads along.
        try await plant.startEdge(.init(brokerHost: "127.0.0.1"))
        try await backlog.publish(port: plant.broker.port, room: room)
        let statuses = try plant.broker.subscriber("/gateways/grand/status")
        let lives = isLive ? "72 h offline, live load" : "72 h offline, no load"
        let start = ContinuousClock.now
        if isLive {
            try await strike(lives + ": live", rate: 200, rounds: 1) { strike in
                try await plant.startCentral()
                try await noteReturn(&strike, within: .seconds(60))
                try await backlog.drained(into: plant, room: room)
            }
        } else {
            try await plant.startCentral()
            try await backlog.drained(into: plant, room: room)
        }
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        let eta = statuses.output.ranges(of: "\"backlogEndsInSeconds\":").count
        let held = try await plant.ask(
            """
            SELECT coalesce(sum(n), 0), count(*) FROM (
                SELECT count(*) AS n FROM raw_data WHERE device_id LIKE 'grand/\(room)/%'
                GROUP BY device_id, datapoint, value) AS each
            """
        ).split(separator: "|").compactMap { Int($0) }
        let outcome = Outcome(
            fault: lives, tried: 1, sent: backlog.readings, stored: held[1], doubled: held[0] - held[1],
            note: "drained after \(seconds) s; an ETA in \(eta) statuses")
        ChaosTable.all.add(outcome)
        #expect(outcome.lost == 0)
        #expect(outcome.doubled == 0)
        if seconds > 30 { #expect(eta > 0, "the status tells when the backlog is gone") }
        await plant.edge.terminate()
        try await plant.startEdge()
    }
}

/// Readings of 72 hours that can be told apart: ten meters, five datapoints a message, values that count up.
private struct Backlog {
    private static let datapoints = 5
    private static let meters = 10
    private let messages: Int

    init(readings: Int) { messages = readings / Self.datapoints }

    var readings: Int { messages * Self.datapoints }

    /// As fast as the broker takes it, 6,000 messages a second: it would drop what a gateway takes too slowly.
    func publish(port: Int, room: String) async throws {
        let messages = messages
        let sent: Int = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                guard let connection = PublishingConnection(port: port, clientID: "backlog") else {
                    let error = ManagedProcess.DidNotHappen(description: "no broker on port \(port)")
                    return continuation.resume(throwing: error)
                }
                let start = ContinuousClock.now
                let firstTime = Date().timeIntervalSince1970 - 72 * 3600
                var next = 0
                var acknowledged = 0
                connection.serve {
                    next == messages
                } message: {
                    guard next < messages, ContinuousClock.now - start >= .seconds(Double(next) / 6_000) else {
                        return nil
                    }
                    defer { next += 1 }
                    let time = Int(firstTime + 72 * 3600 * Double(next) / Double(messages))
                    let values = (0..<Self.datapoints).map { "\"phase_\($0)\":\(next)" }.joined(separator: ",")
                    let payload =
                        #"{"device_id":"m\#(next % Self.meters)","timestamp":\#(time),"datapoints":{\#(values)}}"#
                    return (next, "/readings/\(room)/smart_meter", payload)
                } acknowledged: { _ in
                    acknowledged += 1
                }
                continuation.resume(returning: acknowledged)
            }
        }
        guard sent == messages else {
            throw ManagedProcess.DidNotHappen(description: "the broker acknowledged \(sent) of \(messages)")
        }
    }

    func drained(into plant: Plant, room: String) async throws {
        try await eventually("the backlog is there", within: .seconds(600), detail: plant.edge.output) {
            let count = try await plant.ask("SELECT count(*) FROM raw_data WHERE device_id LIKE 'grand/\(room)/%'")
            return Int(count) ?? 0 >= readings
        }
    }
}
