import DatabaseRig
import Foundation
import Rig
import Testing

/// What becomes of a device's wrong clock, from the broker to the database.
@Suite(.withDatabaseServer, .timeLimit(.minutes(2)))
struct ClockTests {
    @Test func `keeps a reading with an implausible time, marks it and counts it`() async throws {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(databaseURL: url)
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            // A sensor that was never told the time, and one that was.
            for (sensor, timestamp) in [("sensor-1", 86_400), ("sensor-2", Int(Date().timeIntervalSince1970))] {
                try await chain.broker.publish(
                    "/readings/room-101/temperature",
                    #"{"sensorID":"\#(sensor)","type":"temperature","value":21,"timestamp":\#(timestamp)}"#)
            }
            try await eventually("both are central", detail: edge.output + central.output) {
                try await chain.psql(
                    """
                    SELECT string_agg(concat(extract(epoch FROM time) = 86400, quality, clock_trusted), ' ' ORDER BY time)
                    FROM reading JOIN series ON series.id = series_id JOIN devices ON devices.id = device
                    WHERE datapoint = 'temperature' AND device_id LIKE '%/sensor-%'
                    """) == "t1t f0t"
            }
            let status = try chain.broker.subscriber("/gateways/grand/status")
            try await status.waitFor(output: #""clock":{"implausibleTimes":1,"isSet":true,"steps":0,"#)
            #expect(await edge.terminate() == 0)
        }
    }
}
