import DatabaseRig
import Foundation
import Rig
import Synchronization

/// The whole product, each part a real process that a test may kill or stop: broker, gateway, central service and a
/// database server of its own.
final class Plant: Sendable {
    let database: PrivateDatabase
    let folder = TemporaryFolder()
    /// Between the gateway and the central service.
    let uplink: TCPProxy
    private let brokerFolder = TemporaryFolder()
    private let brokerPort: Int
    private let httpPort: Int
    private let parts: Mutex<Parts>

    private struct Parts {
        var broker: Broker
        var central: ManagedProcess
        var edge: ManagedProcess
    }

    var broker: Broker { parts.withLock { $0.broker } }
    var central: ManagedProcess { parts.withLock { $0.central } }
    var edge: ManagedProcess { parts.withLock { $0.edge } }

    /// Everything runs, in a database without a reading.
    init(on database: PrivateDatabase) async throws {
        self.database = database
        let ports = (broker: LoopbackPort.free(), http: LoopbackPort.free())
        (brokerPort, httpPort) = ports
        uplink = try TCPProxy(to: ports.http)
        let added = try await ManagedProcess.run(
            Executables.path("hearth-central"), ["gateway", "add", "--building", "grand"],
            environment: ["DATABASE_URL": database.url])
        guard added.status == 0, let token = added.output.split(separator: "\n").last else {
            throw ManagedProcess.DidNotHappen(description: added.output)
        }
        _ = try folder.write("gateway.token", String(token))
        let broker = try await Self.broker(port: ports.broker, folder: brokerFolder)
        let central = try await Self.central(port: ports.http, database: database)
        let edge = try await Self.edge(
            store: folder.file("outbox.sqlite"), folder: folder, broker: ports.broker, uplink: uplink.port)
        parts = Mutex(Parts(broker: broker, central: central, edge: edge))
    }

    var store: String { folder.file("outbox.sqlite") }

    func end() async {
        await edge.terminate()
        await central.terminate()
        await broker.process.terminate()
    }

    /// Persistence as strict as mosquitto has it: a save after each change.
    private static func broker(port: Int, folder: TemporaryFolder) async throws -> Broker {
        try await Broker(port: port, extra: "autosave_on_changes true\nautosave_interval 1", folder: folder)
    }

    private static func central(port: Int, database: PrivateDatabase) async throws -> ManagedProcess {
        let central = try ManagedProcess(
            Executables.path("hearth-central"), ["serve", "--set", "http.port=\(port)"],
            environment: ["DATABASE_URL": database.url])
        try await eventually("the central service is ready", detail: central.output) {
            try await ManagedProcess.run("curl", ["-sf", "http://127.0.0.1:\(port)/ready"]).status == 0
        }
        return central
    }

    private static func edge(
        store: String, folder: TemporaryFolder, broker: Int, uplink: Int
    ) async throws -> ManagedProcess {
        let settings = [
            "mqtt.host=127.0.0.1", "mqtt.port=\(broker)", "buffer.path=\(store)", "control.periodSeconds=1",
            "central.url=http://127.0.0.1:\(uplink)", "central.tokenFile=\(folder.file("gateway.token"))",
        ]
        let edge = try ManagedProcess(
            Executables.path("hearth-edge"),
            ["run", "--config", Checkout.file("config/edge.yaml")] + settings.flatMap { ["--set", $0] })
        try await edge.waitFor(output: "intake is connected")
        return edge
    }

    func startBroker() async throws {
        let broker = try await Self.broker(port: brokerPort, folder: brokerFolder)
        parts.withLock { $0.broker = broker }
    }

    func startCentral() async throws {
        let central = try await Self.central(port: httpPort, database: database)
        parts.withLock { $0.central = central }
    }

    /// - Parameter store: of another place than the usual one.
    func startEdge(store: String? = nil) async throws {
        let edge = try await Self.edge(
            store: store ?? self.store, folder: folder, broker: brokerPort, uplink: uplink.port)
        parts.withLock { $0.edge = edge }
    }

    /// How often each reading of the publisher's room is stored centrally.
    func stored(room: String) async throws -> [Int: Int] {
        let result = try await ManagedProcess.run(
            "psql",
            [
                database.url, "-X", "-q", "-A", "-t", "-c",
                """
                SELECT value, count(*) FROM raw_data
                WHERE device_id ~ '^grand/\(room)/s[0-9]$' GROUP BY device_id, value
                """,
            ])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        return result.output.split(separator: "\n").reduce(into: [:]) { counts, line in
            let columns = line.split(separator: "|").compactMap { Double($0) }
            if columns.count == 2 { counts[Int(columns[0]), default: 0] += Int(columns[1]) }
        }
    }
}
