import MQTT
import Rig
import Synchronization
import Testing

/// A client does at once what it is asked to.
@Suite(.timeLimit(.minutes(1))) struct PromptnessTests {
    private static func client(_ port: Int) -> MQTTClient {
        MQTTClient(settings: MQTTSettings(host: "127.0.0.1", port: port, clientID: "prompt"))
    }

    @Test func `sends what is published without waiting for its next look`() async throws {
        let broker = try await Broker()
        let client = Self.client(broker.port)
        client.start()
        try await eventually("connected") { client.isConnected }
        let began = ContinuousClock.now
        for number in 0..<40 {
            #expect(client.publish(MQTTMessage(topic: "/a", payload: Array("\(number)".utf8))))
            try await eventually("acknowledged") { client.outstanding == 0 }
        }
        #expect(ContinuousClock.now - began < .seconds(20))
        await client.stop()
    }

    @Test func `is stopped at once before it was started and after it has ended`() async throws {
        let never = Self.client(LoopbackPort.free())
        let began = ContinuousClock.now
        await never.stop(within: .seconds(20))
        let broker = try await Broker()
        let client = Self.client(broker.port)
        client.start()
        try await eventually("connected") { client.isConnected }
        await client.stop(within: .seconds(20))
        await client.stop(within: .seconds(20))
        #expect(ContinuousClock.now - began < .seconds(15))
        #expect(!client.publish(MQTTMessage(topic: "/a", payload: [])))
    }
}
