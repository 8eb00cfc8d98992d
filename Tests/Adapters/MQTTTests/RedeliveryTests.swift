import Glibc
import MQTT
import Rig
import Testing

/// What the broker sends again, and what only looks so.
@Suite(.timeLimit(.minutes(1))) struct RedeliveryTests {
    typealias Received = MQTTClientTests.Received

    static func text(_ message: MQTTMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    /// A client that takes what it gets, or nothing at all.
    static func client(_ port: Int, id: String, taking: Bool, _ received: Received) -> MQTTClient {
        var settings = MQTTClientTests.settings(port, clientID: id, filter: "/n")
        settings.tracksAcknowledgements = true
        return MQTTClient(settings: settings) {
            received.add($0)
        } onGroup: {
            received.add($0)
            return taking
        }
    }

    @Test(arguments: [MQTTVersion.v5, .v311])
    func `tells what comes again from what is new`(_ version: MQTTVersion) async throws {
        let broker = try await Broker()
        let old = try OldBroker(upstream: broker.port)
        defer { old.stop() }
        let port = version == .v5 ? broker.port : old.port
        // A name that looks like what stands behind it in the library's log.
        let name = "gateway received PUBLISH (d0, q1"
        let refused = Received()
        let first = Self.client(port, id: name, taking: false, refused)
        first.start()
        try await eventually("connected", detail: "\(refused.events)") { first.isConnected }
        for number in 1...3 { try await broker.publish("/n", "\(number)") }
        try await eventually("something was refused") { !refused.all.isEmpty }
        #expect(refused.all.allSatisfy { !$0.isRedelivered })
        await first.stop()
        // The broker is to know that it has gone: what is queued then was never sent before.
        try await eventually("the broker knows", detail: broker.process.output) {
            broker.process.output.contains("Client \(name) ") && broker.process.output.contains("closed its connection")
        }
        try await broker.publish("/n", "4")

        let taken = Received()
        let second = Self.client(port, id: name, taking: true, taken)
        second.start()
        try await eventually("four came", detail: "\(taken.all)") { taken.all.count == 4 }
        try await broker.publish("/n", "5")
        try await eventually("five came", detail: "\(taken.all)") { taken.all.count == 5 }
        #expect(taken.all.map(Self.text) == ["1", "2", "3", "4", "5"])
        #expect(taken.all.map(\.isRedelivered).last == false)
        // Those that the first client had been handed.
        let again = Set(refused.all.map(Self.text))
        #expect(Set(taken.all.filter(\.isRedelivered).map(Self.text)).isSuperset(of: again))
        #expect(!taken.all.filter(\.isRedelivered).map(Self.text).contains("4"))
        await second.stop()
    }

    @Test func `calls new what a broker sends that was restored from an older file`() async throws {
        let broker = try await Broker()
        let received = Received()
        let client = Self.client(broker.port, id: "restored", taking: true, received)
        client.start()
        try await eventually("connected") { client.isConnected }
        try await broker.publish("/n", "same")
        try await eventually("one came") { received.all.count == 1 }
        try await Task.sleep(for: .milliseconds(200))
        try await broker.save()
        for _ in 1...5 { try await broker.publish("/n", "same") }
        try await eventually("six came") { received.all.count == 6 }
        broker.process.kill()
        _ = await broker.process.exitStatus()
        let restored = try await broker.restarted()
        try await eventually("connected again", detail: "\(received.events)") {
            received.events.last == .connected(version: .v5, sessionPresent: true)
        }
        for _ in 1...5 { try await restored.publish("/n", "same") }
        try await eventually("eleven came") { received.all.count == 11 }
        // The very same identifiers, for other messages.
        #expect(received.all[1...5].map(\.packetID) == received.all[6...10].map(\.packetID))
        #expect(received.all.allSatisfy { !$0.isRedelivered })
        await client.stop()
    }

    @Test(arguments: [MQTTVersion.v5, .v311])
    func `knows how far the broker has heard its acknowledgements`(_ version: MQTTVersion) async throws {
        let broker = try await Broker()
        let old = try OldBroker(upstream: broker.port)
        defer { old.stop() }
        let received = Received()
        let client = Self.client(version == .v5 ? broker.port : old.port, id: "heard", taking: true, received)
        client.start()
        try await eventually("connected") { client.isConnected }
        for _ in 1...3 { try await broker.publish("/n", "same") }
        try await broker.publish("/n", "not to be acknowledged", qualityOfService: 0)
        func heard() -> [Int] {
            received.events.compactMap { if case .acknowledgementsHeard(let count) = $0 { count } else { nil } }
        }
        try await eventually("three were heard of, twice", detail: "\(received.events)") {
            heard().suffix(2) == [3, 3]
        }
        // Where nothing comes in, nothing is asked.
        let before = heard().count
        try await Task.sleep(for: .milliseconds(2500))
        #expect(heard().count == before)
        await client.stop()
    }
}
