import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// What people wish at the central service reaches valves and batteries, and what holds comes back: real programs all the
/// way.
@Suite(.withDatabaseServer, .serialized, .timeLimit(.minutes(5)))
struct DesiredStateDeliveryTests {
    /// How soon a valve has to follow a wish, from the request on.
    private static let quick = Duration.seconds(2)

    @Test func `moves the valve within two seconds of a wish, whichever replica took it`() async throws {
        try await withChain { chain in
            let central = try await chain.startCentral()
            let other = try await CentralProcess(database: chain.databaseURL)
            let edge = try await chain.startEdge()
            let valves = try chain.broker.subscriber("/actuators/room-101")
            try await chain.publishTemperature(21.5, room: "room-101")
            try await eventually("the room is known", detail: edge.output) {
                ChainTests.levels(valves, room: "room-101").isEmpty == false
            }
            let room = try await chain.room("room-101")
            var took: [Duration] = []
            for (index, celsius) in [26.0, 16, 26, 16, 26, 16].enumerated() {
                let before = ChainTests.levels(valves, room: "room-101").count
                let start = ContinuousClock.now
                let port = index.isMultiple(of: 2) ? other.port : chain.httpPort
                let answer = try await chain.setDesired(celsius, for: room, port: port)
                #expect(answer.status == 200, "\(answer.body)")
                try await eventually("the valve follows \(celsius) °C", detail: edge.output + valves.output) {
                    let levels = ChainTests.levels(valves, room: "room-101").dropFirst(before)
                    return levels.contains { celsius > 20 ? $0 > 30 : $0 == 0 }
                }
                took.append(ContinuousClock.now - start)
                // Both say the same, and it is what was wished.
                try await eventually("it is reported", detail: edge.output) {
                    try await chain.setpoint(room, port: chain.httpPort).contains("\"is_applied\":true")
                }
                let reports = (
                    try await chain.setpoint(room, port: chain.httpPort),
                    try await chain.setpoint(room, port: other.port)
                )
                // The gateway may report anew between the two questions.
                let reportTime = /"timestamp":"[^"]*"/
                #expect(reports.0.replacing(reportTime, with: "") == reports.1.replacing(reportTime, with: ""))
                #expect(reports.0.contains("\"state\":\"accepted\""), "\(reports.0)")
            }
            print(
                "from PUT to the valve's message at the broker: \(took.map { $0.formatted(.units(allowed: [.milliseconds])) })"
            )
            // The slowest may have met a busy machine; most may not.
            #expect(took.sorted()[took.count / 2] < Self.quick, "\(took)")
            #expect(await edge.terminate() == 0)
            await other.process.terminate()
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `goes on past restarts of everyone, and a wish outlives a gateway that is cut off`() async throws {
        try await withChain { chain in
            var central = try await chain.startCentral()
            var edge = try await chain.startEdge()
            try await chain.publishTemperature(21, room: "room-101")
            try await eventually("the central service knows the building", detail: edge.output) {
                try await chain.psql("SELECT count(*) FROM rooms WHERE slug = 'room-101'") == "1"
            }
            let room = try await chain.room("room-101")
            #expect(try await chain.setDesired(23, for: room).status == 200)
            try await chain.awaitReport(room, "\"celsius\":23", edge)

            // The gateway is away: what is wished meanwhile it hears of when it is back; of several wishes the last.
            edge.kill()
            for celsius in [24.0, 25] { #expect(try await chain.setDesired(celsius, for: room).status == 200) }
            #expect(try await chain.setpoint(room).contains("\"is_answered\":false"))
            edge = try await chain.startEdge()
            try await chain.awaitReport(room, "\"celsius\":25", edge)

            // The central service is away: the gateway starts without it, and keeps what was wished.
            central.kill()
            edge.kill()
            edge = try await chain.startEdge()
            try await chain.publishTemperature(21, room: "room-101")
            let statuses = try chain.broker.subscriber("/gateways/+/status")
            try await statuses.waitFor(output: #""setpoint":25"#, within: .seconds(40))
            central = try await chain.startCentral()
            #expect(try await chain.setDesired(nil, for: room).status == 200)
            try await chain.awaitReport(room, "\"source\":\"configuration\"", edge)
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `ends a wish when its time is over, heard of in time or not`() async throws {
        try await withChain { chain in
            let central = try await chain.startCentral()
            var edge = try await chain.startEdge()
            try await chain.publishTemperature(21, room: "room-101")
            try await eventually("the central service knows the building", detail: edge.output) {
                try await chain.psql("SELECT count(*) FROM rooms WHERE slug = 'room-101'") == "1"
            }
            let room = try await chain.room("room-101")
            let end = Int(Date().timeIntervalSince1970) + 6
            #expect(try await chain.setDesired(24, for: room, until: end).status == 200)
            try await chain.awaitReport(room, "\"state\":\"accepted\"", edge)
            try await chain.awaitReport(room, "\"state\":\"expired\"", edge)
            #expect(try await chain.setpoint(room).contains("\"desired\":null"))

            #expect(try await chain.setDesired(25, for: room).status == 200)
            try await chain.awaitReport(room, "\"celsius\":25", edge)
            edge.kill()
            let soon = Int(Date().timeIntervalSince1970) + 2
            #expect(try await chain.setDesired(23, for: room, until: soon).status == 200)
            try await eventually("it is over") { Date().timeIntervalSince1970 > Double(soon) + 1 }
            edge = try await chain.startEdge()
            try await chain.awaitReport(room, "\"state\":\"expired\"", edge)
            #expect(try await chain.setpoint(room).contains("\"celsius\":22"))
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    @Test func `tells a battery what to do, and again when the broker has forgotten`() async throws {
        try await withChain { chain in
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            try await eventually("the central service knows the building", detail: edge.output) {
                try await chain.psql("SELECT count(*) FROM rooms WHERE slug = 'room-101'") == "1"
            }
            let made = try await chain.graphQL(
                """
                mutation { registerDevice(input: { name: "Wall battery", deviceType: BATTERY, properties: { battery: { \
                capacityWh: 10000, maxChargeRateWatts: 5000, maxDischargeRateWatts: 4000 } } }) { device { id } } }
                """)
            let id = try #require(made.firstMatch(of: #/"id":"([0-9a-f]+)"/#)?.1)
            let commands = try chain.broker.subscriber("/actuators/building/+")
            let start = ContinuousClock.now
            let set = try await chain.graphQL(
                "mutation { setStorageMode(deviceId: \"\(id)\", mode: CHARGING, rateWatts: 3000) { success } }")
            #expect(set.contains("true"), "\(set)")
            try await commands.waitFor(output: #"/actuators/building/wall-battery {"mode":"charging","watts":3000}"#)
            print(
                "from the mutation to the battery's message: \((ContinuousClock.now - start).formatted(.units(allowed: [.milliseconds])))"
            )
            try await eventually("it is reported", detail: edge.output) {
                try await chain.psql(
                    "SELECT state || ' ' || mode || ' ' || watts FROM reported_state WHERE mode IS NOT NULL")
                    == "accepted charging 3000"
            }
            // Whoever comes later hears of it, too.
            let late = try chain.broker.subscriber("/actuators/building/+")
            try await late.waitFor(output: "charging")
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    private func withChain(_ body: (Chain) async throws -> Void) async throws {
        try await TestDatabase.withOne { url in try await body(try await Chain.prepared(databaseURL: url)) }
    }
}

extension Chain {
    /// A room's id.
    fileprivate func room(_ slug: String) async throws -> String {
        try await psql("SELECT id FROM rooms WHERE slug = '\(slug)'")
    }

    /// - Parameters:
    ///   - celsius: `nil` takes the wish back.
    ///   - until: Unix seconds.
    fileprivate func setDesired(
        _ celsius: Double?, for room: String, until: Int? = nil, port: Int? = nil
    ) async throws -> (status: Int, body: String) {
        var arguments = ["-X", celsius == nil ? "DELETE" : "PUT"]
        if let celsius {
            let end = until.map { ",\"until\":\($0)" } ?? ""
            arguments += ["-H", "Content-Type: application/json", "-d", "{\"celsius\":\(celsius)\(end)}"]
        }
        return try await call("/rooms/\(room)/setpoint/", arguments, port: port)
    }

    /// What is wished and reported.
    fileprivate func setpoint(_ room: String, port: Int? = nil) async throws -> String {
        try await call("/rooms/\(room)/setpoint/", port: port).body
    }

    fileprivate func awaitReport(_ room: String, _ text: String, _ edge: ManagedProcess) async throws {
        var last = ""
        try await eventually("the gateway reports \(text)", within: .seconds(40), detail: last + edge.output) {
            last = try await self.setpoint(room)
            let report = last.components(separatedBy: "\"reported\":").last ?? ""
            return report.contains(text) && report.contains("\"is_answered\":true")
        }
    }
}
