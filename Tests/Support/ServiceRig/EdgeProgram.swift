import Foundation
package import Rig

/// `hearth-edge` with its configuration, which a test starts as often as it likes and whose commands it runs. Its folder is
/// deleted with the last copy of it.
package struct EdgeProgram: Sendable {
    /// The path of the program.
    package static let path = Executables.path("hearth-edge")
    /// The lines of a gateway that works.
    package static let connected = ["intake is connected", "control is connected"]

    /// The folder of the buffer and the token, and of the configuration if the test wrote it.
    package let folder: TemporaryFolder
    /// The path of the buffer.
    package let store: String
    /// The options that each command takes.
    private let options: [String]

    private init(folder: TemporaryFolder, store: String, configuration: String, settings: [String]) {
        self.folder = folder
        self.store = store
        options = ["--config", configuration] + settings.flatMap { ["--set", $0] }
    }

    /// Creates the program with a configuration file of the checkout. Control decides once a second.
    ///
    /// - Parameters:
    ///   - port: The broker's port.
    ///   - store: The path of the buffer; by default a file in `folder`.
    ///   - url: The URL of the central service; `nil` for that of the configuration.
    ///   - token: The contents of `gateway.token` in `folder`; `nil` to leave the file as it is.
    ///   - settings: `key=value`.
    package init(
        configuration: String = "config/edge.yaml", broker port: Int, host: String = "127.0.0.1",
        in folder: TemporaryFolder = TemporaryFolder(), store: String? = nil, central url: String? = nil,
        token: String? = nil, settings: [String] = []
    ) throws {
        let store = store ?? folder.file("outbox.sqlite")
        if let token { _ = try folder.write("gateway.token", token) }
        let uplink = url.map { ["central.url=\($0)", "central.tokenFile=\(folder.file("gateway.token"))"] } ?? []
        self.init(
            folder: folder, store: store, configuration: Checkout.file(configuration),
            settings: ["mqtt.host=\(host)", "mqtt.port=\(port)", "buffer.path=\(store)", "control.periodSeconds=1"]
                + uplink + settings)
    }

    /// Creates the program with a configuration of its own: a hotel with one floor and no central service.
    ///
    /// - Parameters:
    ///   - port: The broker's port.
    ///   - folder: The folder of the configuration and the buffer.
    ///   - rooms: The number of temperature sensors of each room, by the room's slug, such as `room-101`.
    ///   - more: Further lines of the configuration.
    ///   - settings: `key=value`.
    package static func hotel(
        broker port: Int, in folder: TemporaryFolder = TemporaryFolder(),
        rooms: KeyValuePairs<String, Int> = ["room-101": 3], more: String = "control: { periodSeconds: 1 }",
        settings: [String] = []
    ) throws -> EdgeProgram {
        let store = folder.file("outbox.sqlite")
        let entries = rooms.map { slug, count in
            let sensors = (1...count).map { "{ id: sensor-\($0), class: temperature_sensor }" }
            let name = "Room \(slug.drop { !$0.isNumber })"
            return "{ slug: \(slug), name: \(name), devices: [\(sensors.joined(separator: ", "))] }"
        }
        let configuration = try folder.write(
            "edge.yaml",
            """
            building: { slug: grand, name: Grand Hotel, kind: hotel, timeZone: Europe/Berlin }
            mqtt: { host: 127.0.0.1, port: \(port) }
            buffer: { path: \(store) }
            \(more)
            \(entries.isEmpty ? "" : "floors: [{ slug: \"1\", level: 1, rooms: [\(entries.joined(separator: ", "))] }]")
            """)
        return EdgeProgram(folder: folder, store: store, configuration: configuration, settings: settings)
    }

    /// Starts the gateway.
    ///
    /// - Parameters:
    ///   - environment: Further variables.
    ///   - launcher: A command that runs the program somewhere else.
    package func launch(environment: [String: String] = [:], launcher: [String] = []) throws -> ManagedProcess {
        let command = launcher + [Self.path, "run"] + options
        return try ManagedProcess(command[0], Array(command.dropFirst()), environment: environment)
    }

    /// Starts the gateway and waits until it has logged all of `lines`.
    ///
    /// - Throws: `ManagedProcess.DidNotHappen` if the gateway ends or does not log them in time.
    package func start(
        environment: [String: String] = [:], launcher: [String] = [], until lines: [String] = Self.connected
    ) async throws -> ManagedProcess {
        let process = try launch(environment: environment, launcher: launcher)
        for line in lines { try await process.waitFor(output: line) }
        return process
    }

    /// Runs a command with the program's configuration and returns its exit status and what it printed.
    package func run(_ command: String, _ more: [String] = []) async throws -> (status: Int32, output: String) {
        try await ManagedProcess.run(Self.path, [command] + options + more)
    }

    /// Runs a command with the hotel's configuration of the checkout and returns its exit status and what it printed.
    ///
    /// - Parameter settings: `key=value`.
    package static func command(
        _ command: String, settings: [String] = []
    ) async throws -> (status: Int32, output: String) {
        try await ManagedProcess.run(
            path, [command, "--config", Checkout.file("config/edge.yaml")] + settings.flatMap { ["--set", $0] })
    }

    /// Runs `hearth-edge status` and returns its exit status and what it printed.
    package func status(_ more: String...) async throws -> (status: Int32, output: String) {
        try await run("status", more)
    }
}

extension Broker {
    /// Publishes the same temperature for the first sensors of a room, `sensor-1`, `sensor-2` and so on.
    package func publishTemperature(_ celsius: Double, room: String = "room-101", sensors: Int = 3) async throws {
        for sensor in 1...sensors {
            try await publish(
                "/readings/\(room)/temperature",
                #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
        }
    }
}
