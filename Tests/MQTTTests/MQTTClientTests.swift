import Foundation
import MQTT
import Rig
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct MQTTClientTests {
    /// What a client was handed, in order.
    final class Received: Sendable {
        private let messages = Mutex<[MQTTMessage]>([])
        private let happened = Mutex<[MQTTEvent]>([])
        func add(_ group: [MQTTMessage]) { messages.withLock { $0 += group } }
        func add(_ event: MQTTEvent) { happened.withLock { $0.append(event) } }
        var all: [MQTTMessage] { messages.withLock { $0 } }
        var events: [MQTTEvent] { happened.withLock { $0 } }
    }

    static func settings(_ port: Int, clientID: String = "test", filter: String = "#") -> MQTTSettings {
        var settings = MQTTSettings(host: "127.0.0.1", port: port, clientID: clientID)
        settings.subscriptions = [.init(filter: filter, qualityOfService: .atLeastOnce, wantsRetained: false)]
        settings.sessionExpirySeconds = 3600
        return settings
    }

    @Test func `receives and publishes over MQTT 5`() async throws {
        let broker = try await Broker()
        let received = Received()
        let client = MQTTClient(settings: Self.settings(broker.port)) {
            received.add($0)
        } onGroup: {
            received.add($0)
            return true
        }
        client.start()
        try await eventually("connected") { client.isConnected }
        client.publish(MQTTMessage(topic: "/a", payload: Array("hello".utf8)))
        try await eventually("the message came back") { !received.all.isEmpty }
        #expect(received.all.first?.payload == Array("hello".utf8))
        #expect(received.events.first == .connected(version: .v5, sessionPresent: false))
        await client.stop()
        #expect(!client.isConnected)
    }

    @Test func `gets again what it could not take before it ended`() async throws {
        let broker = try await Broker()
        let refused = Received()
        let first = MQTTClient(settings: Self.settings(broker.port)) {
            _ in
        } onGroup: {
            refused.add($0)
            return false
        }
        first.start()
        try await eventually("connected") { first.isConnected }
        for number in 1...5 { try await broker.publish("/n", "\(number)") }
        try await eventually("something was refused") { !refused.all.isEmpty }
        await first.stop()

        let taken = Received()
        let second = MQTTClient(settings: Self.settings(broker.port)) {
            taken.add($0)
        } onGroup: {
            taken.add($0)
            return true
        }
        second.start()
        try await eventually("all five came", detail: "\(taken.all)") { taken.all.count == 5 }
        #expect(taken.all.map { String(decoding: $0.payload, as: UTF8.self) } == ["1", "2", "3", "4", "5"])
        #expect(taken.events.first == .connected(version: .v5, sessionPresent: true))
        await second.stop()
    }

    @Test func `comes back to a broker that was away, and misses nothing that its session held`() async throws {
        let broker = try await Broker()
        let received = Received()
        let client = MQTTClient(settings: Self.settings(broker.port)) {
            received.add($0)
        } onGroup: {
            received.add($0)
            return true
        }
        client.start()
        try await eventually("connected") { client.isConnected }
        await broker.process.terminate()
        try await eventually("the loss was noticed") { !client.isConnected }
        let again = try await broker.restarted()
        try await again.publish("/n", "while away or after")
        try await eventually("the message came") { !received.all.isEmpty }
        await client.stop()
    }

    @Test func `speaks 3.1.1 to a broker that refuses 5`() async throws {
        let broker = try await Broker()
        let old = try OldBroker(upstream: broker.port)
        let received = Received()
        let client = MQTTClient(settings: Self.settings(old.port)) {
            received.add($0)
        } onGroup: {
            received.add($0)
            return true
        }
        client.start()
        try await eventually("connected", detail: "\(received.events)") { client.isConnected }
        #expect(received.events.last == .connected(version: .v311, sessionPresent: false))
        try await broker.publish("/a", "hello")
        try await eventually("the message came") { !received.all.isEmpty }
        await client.stop()
        old.stop()
    }

    @Test func `cuts a payload that is too long, and tells its size`() async throws {
        let broker = try await Broker()
        let received = Received()
        var settings = Self.settings(broker.port)
        settings.largestPayload = 100
        let client = MQTTClient(settings: settings) { _ in
        } onGroup: {
            received.add($0)
            return true
        }
        client.start()
        try await eventually("connected") { client.isConnected }
        client.publish(MQTTMessage(topic: "/a", payload: [UInt8](repeating: 7, count: 5000)))
        try await eventually("the message came") { !received.all.isEmpty }
        #expect(received.all[0].payload.count == 100)
        #expect(received.all[0].payloadSize == 5000)
        await client.stop()
    }

    @Test func `says why it can't connect, and goes on trying`() async throws {
        let received = Received()
        let client = MQTTClient(settings: Self.settings(LoopbackPort.free()), onEvent: { received.add($0) })
        client.start()
        try await eventually("two tries") { received.events.count >= 2 }
        guard case .disconnected(let reason, _) = received.events[0] else {
            return #expect(Bool(false), "\(received.events)")
        }
        #expect(reason.contains("refused"), "\(reason)")
        await client.stop()
    }
}
