import Building
import EdgeGateway
import Foundation
import Outbox
import Rig
import ServiceRig
import Testing

/// A real gateway at a real broker whose rules don't let it do everything.
@Suite(.timeLimit(.minutes(2))) struct RefusedCommandTests {
    static let open = "topic readwrite #\ntopic read $SYS/#"
    static func denying(_ filter: String) -> String { "\(open)\ntopic deny \(filter)" }

    @Test func `says that the broker refuses a valve's command, and recovers when it no longer does`() async throws {
        let broker = try await Broker.withRules(Self.denying("/actuators/#"))
        let gateway = try EdgeProgram.hotel(broker: broker.port)
        let edge = try await gateway.start()
        try await broker.publishTemperature(15)
        try await eventually("the status says so", detail: edge.output) {
            try await gateway.report()?.rooms?["room-101"]?.command == "refused"
        }
        let room = try #require(try await gateway.report()?.rooms?["room-101"])
        #expect(room.quality == "failed")
        #expect(room.acceptedLevel == nil)
        #expect(room.problem?.contains("/actuators/room-101 (Not authorized)") == true)
        let refused = try await gateway.status()
        #expect(refused.status == 1)
        #expect(refused.output.contains(" % (refused), failed: "), "\(refused.output)")
        #expect(refused.output.contains("problem: The broker refuses the command on /actuators/room-101"))
        // Tried again and again, told once.
        try await Task.sleep(for: .seconds(6))
        #expect(edge.output.matches(of: /the broker does not confirm commands/).count == 1)

        let valve = try broker.subscriber("/actuators/room-101")
        try broker.setRules(Self.open)
        try await eventually("the valve hears", detail: edge.output) { valve.output.contains("level") }
        try await eventually("the status is well again", detail: edge.output) {
            let status = try await gateway.status()
            return status.status == 0 && status.output.contains(", good: ")
        }
        #expect(try await gateway.report()?.rooms?["room-101"]?.command == "accepted")
        #expect(edge.output.matches(of: /the broker confirms commands again/).count == 1)
        #expect(await edge.terminate() == 0)
        // What went to the central service said so as well.
        let outbox = try Outbox(path: gateway.store)
        guard case .readings(let run)? = try outbox.oldest(atMost: 10_000) else { return #expect(Bool(false)) }
        let own = run.readings.filter { $0.series.device == "climate" }
        let qualities = own.filter { $0.series.datapoint == .quality }.map(\.value)
        #expect(qualities.contains(.text("failed")))
        #expect(qualities.last == .text("good"))
        let levels = own.filter { $0.series.datapoint == .valveLevel }
        #expect(levels.contains { $0.quality == .failed })
        #expect(levels.last?.quality == .good)
        #expect(own.contains { $0.series.datapoint == .reason && $0.value == .text("command_refused") })
    }

    @Test(arguments: [true, false])
    func `believes a broker without reason codes only what comes back`(_ mayWrite: Bool) async throws {
        let broker = try await Broker.withRules(mayWrite ? Self.open : Self.denying("/actuators/#"))
        let old = try OldBroker(upstream: broker.port)
        defer { old.stop() }
        let gateway = try EdgeProgram.hotel(broker: old.port)
        let edge = try await gateway.start()
        try await broker.publishTemperature(15)
        try await eventually("the status says so", detail: edge.output) {
            try await gateway.report()?.rooms?["room-101"]?.command == (mayWrite ? "accepted" : "unconfirmed")
        }
        let status = try await gateway.status()
        #expect(status.status == (mayWrite ? 0 : 1))
        #expect(status.output.contains("(unconfirmed), degraded: ") == !mayWrite, "\(status.output)")
        #expect(await edge.terminate() == 0)
    }

    @Test func `tells what else the broker refuses, and tells it once the broker takes it`() async throws {
        let broker = try await Broker.withRules(Self.denying("homeassistant/#"))
        let gateway = try EdgeProgram.hotel(
            broker: broker.port, more: "control: { periodSeconds: 1 }\nhomeAssistant: { discovery: true }")
        let edge = try await gateway.start()
        try await broker.publishTemperature(15)
        try await eventually("the status says so", detail: edge.output) {
            let status = try await gateway.status()
            return status.status == 1
                && status.output.contains("problem: The broker refuses the gateway's message on homeassistant/")
        }
        #expect(edge.output.matches(of: /the broker refuses a message of the gateway/).count == 1)
        let discovery = try broker.subscriber("homeassistant/#")
        try broker.setRules(Self.open)
        try await eventually("it is told", within: .seconds(60), detail: edge.output) {
            discovery.output.contains("climate")
        }
        try await eventually("the status is well again", detail: edge.output) { try await gateway.status().status == 0 }
        #expect(await edge.terminate() == 0)
    }

    @Test func `says in its log that it may not tell its status`() async throws {
        let broker = try await Broker.withRules(Self.denying("/gateways/#"))
        let gateway = try EdgeProgram.hotel(broker: broker.port)
        let edge = try await gateway.start()
        try await edge.waitFor(output: "the broker refuses a message of the gateway")
        #expect(edge.output.contains("/gateways/grand/status"))
        #expect(try await gateway.status().status == 1)
        #expect(await edge.terminate() == 0)
    }
}
