import Foundation
import Rig
import ServiceRig
import Testing

/// A real gateway at a real broker, and a central service that wishes what nobody should.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct DesiredStateTests {
    private final class House: Sendable {
        let broker: Broker
        let central = FakeCentral()
        let program: EdgeProgram
        let edge: ManagedProcess
        let statuses: ManagedProcess

        init() async throws {
            broker = try await Broker()
            statuses = try broker.subscriber("/gateways/grand/status")
            // Nobody needs the readings here: they wait.
            central.answer("/batches", status: 503)
            central.answer("/desired", json: #"{"version":0,"desired":[]}"#, after: .milliseconds(200))
            program = try EdgeProgram(broker: broker.port, central: central.url)
            edge = try await program.start(environment: ["HEARTH_GATEWAY_TOKEN": "hearth_g_test"])
            for room in ["room-101", "room-102"] {
                try await broker.publishTemperature(21, room: room, sensors: 5)
            }
        }

        /// Has the central service answer with this list, not more often than one that has nothing new would.
        func setDesired(_ list: String) { central.answer("/desired", json: list, after: .milliseconds(200)) }

        func status() -> String { statuses.output.split(separator: "\n").last.map(String.init) ?? "" }

        /// The newest report of a room.
        func report(_ room: String) -> String? {
            central.bodies(to: "/reported").reversed().lazy.compactMap { body -> String? in
                guard let start = body.range(of: "\"room\":\"\(room)\"") else { return nil }
                let before = body[..<start.lowerBound].lastIndex(of: "{") ?? body.startIndex
                let after = body[start.upperBound...].firstIndex(of: "}") ?? body.endIndex
                return String(body[before..<after])
            }.first
        }
    }

    /// In milliseconds.
    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private static func setDesired(_ version: Int, _ room: String, _ celsius: String, _ members: String) -> String {
        "{\"version\":\(version),\"room\":\"\(room)\",\"celsius\":\(celsius),\"source\":\"guest\",\"who\":\"guest\",\(members)}"
    }

    @Test func `a wish made at the end of time ends nothing, is reported as refused, and other rooms get theirs`()
        async throws
    {
        let house = try await House()
        // Set in the building first, so that times are compared.
        try await house.broker.publish("/setpoints/room-101", #"{"celsius":20,"who":"reception"}"#)
        try await eventually("it holds", detail: house.edge.output) {
            house.report("room-101")?.contains("\"celsius\":20") == true
        }
        var version = 0
        for (celsius, members) in [
            ("23", #""created":9223372036854775807"#), ("23", #""created":-9223372036854775808"#),
            ("23", "\"created\":\(Self.now),\"until\":9223372036854775807"),
            ("23", "\"created\":\(Self.now),\"until\":-9223372036854775808"),
            ("1e308", "\"created\":\(Self.now)"), ("1e999", "\"created\":\(Self.now)"),
            ("23", #""created":1e300"#), ("23", #""created":9223372036854775808"#),
        ] {
            version += 2
            let good = Self.setDesired(version, "room-102", "\(16 + version / 2)", "\"created\":\(Self.now)")
            house.setDesired(
                "{\"version\":\(version),\"desired\":[7,\(Self.setDesired(version - 1, "room-101", celsius, members)),\(good)]}"
            )
            try await eventually("the neighbour has its own", detail: house.edge.output) {
                house.report("room-102")?.contains("\"version\":\(version)") == true
            }
            try await eventually("the bad one is refused", detail: house.edge.output) {
                let report = house.report("room-101") ?? ""
                return report.contains("\"state\":\"rejected\"") && report.contains("\"version\":\(version - 1)")
                    && report.contains("\"reason\":") && report.contains("\"celsius\":20")
            }
        }
        try await eventually("people see it", detail: house.status()) {
            house.status().contains("\"the desired state of room-101\":")
        }
        let shown = try await house.program.status()
        #expect(shown.output.contains("permanently refused: the desired state of room-101: "), "\(shown.output)")
        #expect(house.edge.isRunning)
        #expect(await house.edge.terminate() == 0)
    }

    @Test(
        .serialized,
        arguments: [
            #"{"celsius":23,"until":9223372036854775807}"#, #"{"celsius":23,"until":-9223372036854775808}"#,
            #"{"celsius":23,"until":1e308}"#, #"{"celsius":23,"until":1e999}"#, #"{"celsius":1e999}"#,
            #"{"celsius":"1e999"}"#, #"{"celsius":1e308}"#, #"{"celsius":-1e308}"#, #"{"celsius":9223372036854775807}"#,
            #"{"celsius":"nan"}"#, #"{"mode":"boost","until":4102444800000}"#,
            #"{"mode":"boost","until":99999999999999}"#,
            #"{"mode":"boost","until":"9999-12-31T23:59:59Z"}"#,
        ])
    func `a set-point with impossible numbers is refused, and the next one holds`(payload: String) async throws {
        let house = try await House()
        try await house.broker.publish("/setpoints/room-101", payload)
        try await house.broker.publish("/setpoints/room-101", #"{"celsius":20.5}"#)
        try await eventually("the next one holds", detail: house.edge.output) {
            house.report("room-101")?.contains("\"celsius\":20.5") == true
        }
        try await eventually("it is counted", detail: house.status()) {
            house.status().contains(#""not_a_setpoint":1"#) || house.status().contains(#""setpoint_out_of_range":1"#)
        }
        #expect(house.edge.isRunning)
        #expect(await house.edge.terminate() == 0)
    }

    /// Four of the five code points of each character are accents: 64 characters are 576 bytes.
    @Test func `one message with a long name of few characters silences no report`() async throws {
        let house = try await House()
        let name = String(repeating: "e\u{301}\u{302}\u{303}\u{304}", count: 64)
        try await house.broker.publish("/setpoints/room-101", "{\"celsius\":23,\"who\":\"\(name)\"}")
        try await house.broker.publish("/setpoints/room-102", #"{"celsius":20.5,"who":"reception"}"#)
        try await eventually("the neighbour is reported", detail: house.edge.output) {
            house.report("room-102")?.contains("\"celsius\":20.5") == true
        }
        try await eventually("it is counted", detail: house.status()) {
            house.status().contains(#""not_a_setpoint":1"#)
        }
        for body in house.central.bodies(to: "/reported") { #expect(!body.contains("\u{301}")) }
        #expect(await house.edge.terminate() == 0)
    }
}
