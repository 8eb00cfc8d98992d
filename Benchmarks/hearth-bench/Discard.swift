import ArgumentParser
import Foundation
import MQTT
import Synchronization

/// The subcommand `discard`, which measures what a bare subscriber takes.
struct Discard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribes like the gateway and discards everything.",
        discussion: """
            Uses the client and settings of the gateway's intake: MQTT 5, receive maximum 1000, QoS 1, a persistent \
            session. Prints “ready” once subscribed; at the end, the number of messages and the rate per second \
            between the first group and the last.
            """)

    @Option var mqttPort = 1883
    @Option(help: "Ends after this many messages.") var count: Int
    @Option(help: "Ends after this many seconds without a message, once one has arrived.") var silence = 3.0
    @Option(help: "Ends after this many seconds at the latest.") var limit = 300.0

    func run() async throws {
        let arrivals = Mutex(Arrivals())
        let total = Atomic(0)
        var settings = MQTTSettings(host: "127.0.0.1", port: mqttPort, clientID: "hearth-bench-discard")
        settings.sessionExpirySeconds = 7 * 86_400
        settings.subscriptions = [
            .init(filter: "/readings/#", qualityOfService: .atLeastOnce, wantsRetained: false)
        ]
        let client = MQTTClient(
            settings: settings,
            onGroup: { group in
                let sum = total.add(group.count, ordering: .relaxed).newValue
                arrivals.withLock { $0.note(total: sum) }
                return true
            })
        client.start()
        let patience = Patience(count: count, silenceSeconds: silence, limitSeconds: limit)
        while !client.isConnected {
            guard ContinuousClock.now < patience.end else { throw ValidationError("No broker at port \(mqttPort).") }
            try await Task.sleep(for: .milliseconds(20))
        }
        // The subscription was sent with the first packets of the connection.
        try await Task.sleep(for: .milliseconds(300))
        say("ready")
        while !patience.isOver(arrivals.withLock { $0 }) { try await Task.sleep(for: .milliseconds(20)) }
        say(arrivals.withLock { $0.line })
        await client.stop()
    }
}

/// Prints a line without buffering, also into a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
