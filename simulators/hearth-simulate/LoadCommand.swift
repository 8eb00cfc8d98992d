import ArgumentParser
import Foundation
import MQTT

/// The subcommand `load`, which publishes many readings.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Publishes many readings, as fast as the broker accepts them or at a given rate.",
        discussion: """
            The readings come from sensors load-1, load-2, … of rooms load-1, load-2, …; each value counts \
            up within its sensor, so that received readings can be compared with sent ones. Ends when the broker has \
            acknowledged all of them, and prints the rate.
            """)

    @Option(help: ArgumentHelp("The broker.", valueName: "host"))
    var mqttHost = "127.0.0.1"

    @Option(help: ArgumentHelp("The broker's port, 1…65535.", valueName: "port"))
    var mqttPort = 1883

    @Option(help: ArgumentHelp("The number of readings, 1…1,000,000,000.", valueName: "number"))
    var count = 100_000

    @Option(
        help: ArgumentHelp("Readings per second, 0.1…1,000,000. Default: as fast as possible.", valueName: "number"))
    var rate: Double?

    @Option(help: ArgumentHelp("MQTT's quality of service, 0, 1 or 2.", valueName: "level"))
    var qos = 1

    @Option(help: ArgumentHelp("The number of sensors, 1…100,000, ten per room.", valueName: "number"))
    var sensors = 100

    @Option(help: ArgumentHelp("The datapoint that the sensors measure.", valueName: "datapoint"))
    var datapoint = "energy_kwh"

    func validate() throws {
        guard (1...1_000_000_000).contains(count) else { throw ValidationError("--count \(count) is out of range.") }
        guard (1...100_000).contains(sensors) else { throw ValidationError("--sensors \(sensors) is out of range.") }
        guard (0...2).contains(qos) else { throw ValidationError("--qos \(qos) must be 0, 1 or 2.") }
        guard (1...65_535).contains(mqttPort) else { throw ValidationError("--mqtt-port \(mqttPort) is out of range.") }
        if let rate, !(0.1...1_000_000).contains(rate) { throw ValidationError("--rate \(rate) is out of range.") }
    }

    func run() async throws {
        let client = MQTTClient(
            settings: MQTTSettings(
                host: mqttHost, port: mqttPort,
                clientID: "hearth-simulate-load-\(ProcessInfo.processInfo.processIdentifier)"))
        client.start()
        try await waitForConnection(client)
        let clock = ContinuousClock()
        let start = clock.now
        for number in 0..<count {
            if let rate, number % max(1, Int(rate / 100)) == 0 {
                try await Task.sleep(until: start + .seconds(Double(number) / rate), clock: clock)
            }
            let message = message(number)
            while !client.publish(message) { try await Task.sleep(for: .milliseconds(1)) }
        }
        try await waitUntilTaken(client)
        await client.stop(within: .seconds(5))
        let missing = client.outstanding + client.lost
        guard missing == 0 else {
            throw CommandFailure(
                "The broker acknowledged \(count - missing) of \(count) readings; the fate of \(missing) is unknown, since the "
                    + "connection was lost. Check that the broker is running and start again.")
        }
        let seconds = (clock.now - start) / .seconds(1)
        print(
            "\(count) readings published in \(String(format: "%.2f s, %.0f a second", seconds, Double(count) / seconds))"
        )
    }

    /// Returns the message with the given number.
    private func message(_ number: Int) -> MQTTMessage {
        let sensor = number % sensors + 1
        let payload = #"{"sensorID":"load-\#(sensor)","type":"\#(datapoint)","value":\#(number / sensors)}"#
        return MQTTMessage(
            topic: "/readings/load-\((sensor - 1) / 10 + 1)/\(datapoint)", payload: payload.utf8,
            qualityOfService: QualityOfService(rawValue: Int32(qos)) ?? .atLeastOnce)
    }

    /// Waits until the broker has acknowledged everything, for as long as there is a connection or one may soon be
    /// restored.
    private func waitUntilTaken(_ client: MQTTClient) async throws {
        var lastConnected = ContinuousClock.now
        while client.outstanding > 0, ContinuousClock.now - lastConnected < .seconds(30) {
            if client.isConnected { lastConnected = .now }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func waitForConnection(_ client: MQTTClient) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while !client.isConnected {
            guard ContinuousClock.now < end else {
                await client.stop(within: .zero)
                throw CommandFailure(
                    "The broker at \(mqttHost):\(mqttPort) can't be reached. Check --mqtt-host and --mqtt-port.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
