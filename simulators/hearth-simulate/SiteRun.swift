import Building
import Foundation
import MQTT
import SimulatedDevices
import Synchronization
import UnixSignals

/// A run of simulated devices on a real broker, until a signal ends it.
final class SiteRun<Site: SimulatedSite>: Sendable {
    private struct State {
        var site: Site
        var sent = 0
        var unsent = 0
        var unreadableCommands = 0
        var isConnected: Bool?
    }

    /// The interval at which due messages are sent: short enough that reports spread evenly over the shortest interval.
    private static var tick: Duration { .milliseconds(50) }
    private static var statusInterval: Duration { .seconds(60) }

    private let broker: BrokerAddress
    private let state: Mutex<State>

    init(_ site: Site, broker: BrokerAddress) {
        self.broker = broker
        state = Mutex(State(site: site))
    }

    func run() async {
        for line in state.withLock(\.site.introduction) { Console.say(line) }
        let client = MQTTClient(
            settings: settings, onEvent: { [self] in note($0) },
            onGroup: { [self] in
                obey($0)
                return true
            })
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        client.start()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.live(client) }
            for await _ in signals { break }
            group.cancelAll()
        }
        await client.stop()
        Console.say(state.withLock { "ended: \($0.sent) messages sent" })
    }

    private var settings: MQTTSettings {
        var settings = broker.settings(clientID: "hearth-simulate-\(ProcessInfo.processInfo.processIdentifier)")
        settings.subscriptions = state.withLock(\.site.filters).map { filter in
            MQTTSettings.Subscription(filter: filter, qualityOfService: .atLeastOnce, wantsRetained: true)
        }
        return settings
    }

    /// Sends messages when they are due, and prints the status once a minute.
    private func live(_ client: MQTTClient) async {
        let clock = ContinuousClock()
        let start = clock.now
        var nextTick = start
        var nextStatus = start + Self.statusInterval
        while !Task.isCancelled {
            let messages = state.withLock {
                $0.site.messages(
                    until: clock.now - start, at: Timestamp(secondsSince1970: Date().timeIntervalSince1970))
            }
            send(messages, by: client)
            if clock.now >= nextStatus {
                nextStatus += Self.statusInterval
                sayStatus()
            }
            nextTick = max(nextTick + Self.tick, clock.now)
            try? await Task.sleep(until: nextTick, clock: clock)
        }
    }

    /// Publishes messages. A device without a connection keeps nothing: those measurements are lost, as with real
    /// devices.
    private func send(_ messages: [DeviceMessage], by client: MQTTClient) {
        let isConnected = client.isConnected
        var sent = 0
        for message in messages where isConnected {
            let taken = client.publish(MQTTMessage(topic: message.topic, payload: message.payload.utf8))
            sent += taken ? 1 : 0
        }
        state.withLock {
            $0.sent += sent
            $0.unsent += messages.count - sent
        }
    }

    /// Passes commands to the devices and counts unreadable ones.
    private func obey(_ messages: [MQTTMessage]) {
        state.withLock { state in
            for message in messages where !state.site.obey(topic: message.topic, payload: message.payload) {
                state.unreadableCommands += 1
            }
        }
    }

    /// Prints a line when the connection is made or lost, but not for each attempt.
    private func note(_ event: MQTTEvent) {
        let isConnected: Bool
        switch event {
        case .connected: isConnected = true
        case .disconnected: isConnected = false
        case .acknowledgementsHeard: return
        case .subscriptionRefused(let filter):
            return Console.complain("the broker does not let this user read \(filter): commands there are ignored")
        }
        let hasChanged = state.withLock { state in
            defer { state.isConnected = isConnected }
            return state.isConnected != isConnected
        }
        guard hasChanged else { return }
        switch event {
        case .connected(let version, _):
            Console.say("connected to the broker at \(broker.host):\(broker.port) by MQTT \(version)")
        case .disconnected(let reason, _):
            Console.complain("no connection to the broker at \(broker.host):\(broker.port), retrying: \(reason)")
        case .subscriptionRefused, .acknowledgementsHeard: break
        }
    }

    private func sayStatus() {
        let (status, sent, unsent, unreadable) = state.withLock {
            ($0.site.status, $0.sent, $0.unsent, $0.unreadableCommands)
        }
        var parts = ["\(sent) messages sent"]
        if unsent > 0 { parts.append("\(unsent) unsent without a connection") }
        parts += status
        if unreadable > 0 { parts.append("\(unreadable) unreadable commands") }
        Console.say(parts.joined(separator: ", "))
    }
}
