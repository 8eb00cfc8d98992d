import MQTT
import Rig
import Synchronization
import Testing

/// What becomes of messages that go out.
@Suite(.timeLimit(.minutes(1))) struct PublishOutcomeTests {
    final class Outcomes: Sendable {
        private let outcomes = Mutex<[String: MQTTPublishOutcome]>([:])
        func note(_ topic: String) -> MQTTClient.OutcomeHandler {
            { [self] outcome in outcomes.withLock { $0[topic] = outcome } }
        }
        subscript(topic: String) -> MQTTPublishOutcome? { outcomes.withLock { $0[topic] } }
        var count: Int { outcomes.withLock { $0.count } }
    }

    static let rules = "topic readwrite #\ntopic deny /locked/#"

    @Test func `says what the broker refuses, and what it takes`() async throws {
        let broker = try await Broker.withRules(Self.rules)
        let client = MQTTClient(settings: MQTTClientTests.settings(broker.port, filter: "/none"))
        let outcomes = Outcomes()
        client.start()
        try await eventually("connected") { client.isConnected }
        for topic in ["/open/valve", "/locked/valve"] {
            client.publish(MQTTMessage(topic: topic, payload: [1], isRetained: true), onOutcome: outcomes.note(topic))
        }
        client.publish(
            MQTTMessage(topic: "/open/once", payload: [1], qualityOfService: .atMostOnce),
            onOutcome: outcomes.note("/open/once"))
        try await eventually("three outcomes") { outcomes.count == 3 }
        #expect(outcomes["/open/valve"] == .accepted)
        #expect(outcomes["/locked/valve"] == .refused(reason: "Not authorized"))
        #expect(outcomes["/open/once"] == .unconfirmed)
        #expect(client.isConnected)
        await client.stop()
    }

    @Test func `claims nothing where the broker can't tell`() async throws {
        let broker = try await Broker.withRules(Self.rules)
        let old = try OldBroker(upstream: broker.port)
        defer { old.stop() }
        let client = MQTTClient(settings: MQTTClientTests.settings(old.port, filter: "/none"))
        let outcomes = Outcomes()
        client.start()
        try await eventually("connected") { client.isConnected }
        for topic in ["/open/valve", "/locked/valve"] {
            client.publish(MQTTMessage(topic: topic, payload: [1]), onOutcome: outcomes.note(topic))
        }
        try await eventually("two outcomes") { outcomes.count == 2 }
        #expect(outcomes["/open/valve"] == .unconfirmed)
        #expect(outcomes["/locked/valve"] == .unconfirmed)
        await client.stop()
    }

    @Test func `calls lost what nobody answered before the connection ended`() async throws {
        let broker = try await Broker()
        let client = MQTTClient(settings: MQTTClientTests.settings(broker.port, filter: "/none"))
        let outcomes = Outcomes()
        client.start()
        try await eventually("connected") { client.isConnected }
        broker.process.suspend()
        client.publish(MQTTMessage(topic: "/open/valve", payload: [1]), onOutcome: outcomes.note("/open/valve"))
        try await Task.sleep(for: .milliseconds(300))
        #expect(outcomes.count == 0)
        broker.process.kill()
        try await eventually("it is lost") { outcomes["/open/valve"] == .lost }
        await client.stop(within: .milliseconds(100))
    }

    @Test func `refuses a message that MQTT can't carry, and keeps the connection`() async throws {
        let broker = try await Broker()
        let client = MQTTClient(settings: MQTTClientTests.settings(broker.port, filter: "/none"))
        let outcomes = Outcomes()
        client.start()
        try await eventually("connected") { client.isConnected }
        client.publish(MQTTMessage(topic: "/wild/#", payload: [1]), onOutcome: outcomes.note("wild"))
        client.publish(MQTTMessage(topic: "/open/valve", payload: [1]), onOutcome: outcomes.note("/open/valve"))
        try await eventually("two outcomes") { outcomes.count == 2 }
        guard case .refused = outcomes["wild"] else { return #expect(Bool(false), "\(outcomes["wild"] as Any)") }
        #expect(outcomes["/open/valve"] == .accepted)
        await client.stop()
    }
}
