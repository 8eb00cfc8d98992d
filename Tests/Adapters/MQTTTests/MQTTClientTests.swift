import Foundation
import Glibc
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

    @Test func `says that another may have its name, and does not fight for it`() async throws {
        let broker = try await Broker()
        let received = Received()
        let first = MQTTClient(settings: Self.settings(broker.port)) { received.add($0) }
        let second = MQTTClient(settings: Self.settings(broker.port))
        first.start()
        try await eventually("connected") { first.isConnected }
        second.start()
        try await eventually("the other is connected") { second.isConnected }
        try await eventually("the first knows why", detail: "\(received.events)") {
            received.events.contains { event in
                guard case .disconnected(let reason, let pause) = event else { return false }
                return reason.contains("another client may be using the client ID test") && pause >= .seconds(1)
            }
        }
        await first.stop()
        await second.stop()
    }

    @Test func `is stopped in time while a connection is being made`() async throws {
        let port = try SilentPort()
        let client = MQTTClient(settings: MQTTSettings(host: "127.0.0.1", port: port.number, clientID: "nowhere"))
        client.start()
        try await Task.sleep(for: .milliseconds(100))
        let start = ContinuousClock.now
        await client.stop(within: .seconds(1))
        // The system goes on trying for two minutes.
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    /// A port whose queue is full: it answers no one.
    final class SilentPort {
        let number: Int
        private var descriptors: [Int32] = []

        init() throws {
            number = LoopbackPort.free()
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(number).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            try withUnsafePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                    descriptors.append(listener)
                    try #require(bind(listener, address, size) == 0 && listen(listener, 0) == 0)
                    for _ in 0..<4 {
                        let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                        descriptors.append(filler)
                        _ = connect(filler, address, size)
                    }
                }
            }
        }

        deinit { for descriptor in descriptors { close(descriptor) } }
    }

    @Test func `sends on without being asked again`() async throws {
        let broker = try await Broker()
        var settings = Self.settings(broker.port, filter: "nothing")
        settings.largestOutgoingQueue = 60_000
        let client = MQTTClient(settings: settings)
        client.start()
        try await eventually("connected") { client.isConnected }
        // More than the library is given at once, and nothing comes back that would wake the client: a portion each
        // second would take half a minute.
        for number in 0..<60_000 {
            client.publish(
                MQTTMessage(topic: "/n", payload: Array("\(number)".utf8), qualityOfService: .atMostOnce))
        }
        try await eventually("all are sent", within: .seconds(5)) { client.outstanding == 0 }
        await client.stop()
    }

    @Test func `counts what nobody acknowledged`() async throws {
        let broker = try await Broker()
        let client = MQTTClient(settings: Self.settings(broker.port))
        client.start()
        try await eventually("connected") { client.isConnected }
        for number in 0..<100 { client.publish(MQTTMessage(topic: "/n", payload: Array("\(number)".utf8))) }
        try await eventually("all acknowledged") { client.outstanding == 0 }
        #expect(client.lost == 0)
        broker.process.kill()
        try await eventually("the connection is lost") { !client.isConnected }
        client.publish(MQTTMessage(topic: "/n", payload: Array("late".utf8)))
        #expect(client.outstanding == 1)
        await client.stop(within: .milliseconds(100))
        #expect(client.outstanding == 1)
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
