import DatabaseRig
import Foundation
import Rig

/// The whole product for one test: a broker, a central service on a database of its own, and a gateway.
final class Chain: Sendable {
    let broker: Broker
    let folder = TemporaryFolder()
    let httpPort = LoopbackPort.free()
    let databaseURL: String
    let operatorToken: String
    private let tokenFile: String
    private let configuration: String

    private init(
        broker: Broker, databaseURL: String, operatorToken: String, gatewayToken: String, configuration: String
    ) throws {
        self.broker = broker
        self.databaseURL = databaseURL
        self.operatorToken = operatorToken
        self.configuration = configuration
        tokenFile = try folder.write("gateway.token", gatewayToken)
    }

    /// With a migrated database and tokens; nothing runs yet but the broker.
    ///
    /// - Parameter configuration: the gateway's, of `building`.
    static func prepared(
        databaseURL: String, building: String = "grand", configuration: String = "config/edge.yaml"
    ) async throws -> Chain {
        let operatorToken = try await administer(databaseURL, ["operator", "add", "--name", "tests"])
        let gatewayToken = try await administer(databaseURL, ["gateway", "add", "--building", building])
        return try Chain(
            broker: await Broker(), databaseURL: databaseURL, operatorToken: operatorToken, gatewayToken: gatewayToken,
            configuration: configuration)
    }

    /// Runs `hearth-central` and gives the last line that it printed.
    static func administer(_ databaseURL: String, _ arguments: [String]) async throws -> String {
        let result = try await ManagedProcess.run(
            Executables.path("hearth-central"), arguments, environment: ["DATABASE_URL": databaseURL])
        guard result.status == 0, let line = result.output.split(separator: "\n").last else {
            throw ManagedProcess.DidNotHappen(description: "hearth-central \(arguments): \(result.output)")
        }
        return String(line)
    }

    func startCentral() async throws -> ManagedProcess {
        let central = try ManagedProcess(
            Executables.path("hearth-central"), ["serve", "--set", "http.port=\(httpPort)"],
            environment: ["DATABASE_URL": databaseURL])
        try await eventually("the central service is ready", detail: central.output) {
            try await self.get("/ready").status == 200
        }
        return central
    }

    func startEdge(_ overrides: [String] = [], environment: [String: String] = [:]) async throws -> ManagedProcess {
        let edge = try ManagedProcess(
            Executables.path("hearth-edge"), ["run"] + edgeArguments + overrides.flatMap { ["--set", $0] },
            environment: environment)
        try await edge.waitFor(output: "intake is connected")
        try await edge.waitFor(output: "control is connected")
        return edge
    }

    /// The gateway's configuration, as its commands take it.
    var edgeArguments: [String] {
        let settings = [
            "mqtt.host=127.0.0.1", "mqtt.port=\(broker.port)", "buffer.path=\(store)", "control.periodSeconds=1",
            "central.url=http://127.0.0.1:\(httpPort)", "central.tokenFile=\(tokenFile)",
        ]
        return ["--config", Checkout.file(configuration)] + settings.flatMap { ["--set", $0] }
    }

    var store: String { folder.file("outbox.sqlite") }

    /// Asks the central service as its operator.
    func get(_ path: String) async throws -> (status: Int, body: String) {
        let result = try await ManagedProcess.run(
            "curl",
            [
                "-s", "-w", "\n%{http_code}", "-H", "Authorization: Bearer \(operatorToken)",
                "http://127.0.0.1:\(httpPort)\(path)",
            ])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    /// Asks in GraphQL about a building, as the operator: `data` of the answer, which must have no errors.
    func graphQL(_ query: String, building: String) async throws -> [String: Any] {
        let body = try JSONSerialization.data(withJSONObject: ["query": query])
        let result = try await ManagedProcess.run(
            "curl",
            [
                "-s", "-H", "Authorization: Bearer \(operatorToken)", "-H", "Content-Type: application/json",
                "-H", "Hearth-Building: \(building)", "-d", String(decoding: body, as: UTF8.self),
                "http://127.0.0.1:\(httpPort)/graphql",
            ])
        let answer = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        guard let data = answer?["data"] as? [String: Any], answer?["errors"] == nil else {
            throw ManagedProcess.DidNotHappen(description: result.output)
        }
        return data
    }

    /// Runs SQL by psql, as any tool would: rows as lines, columns separated by `|`.
    func psql(_ sql: String) async throws -> String {
        let result = try await ManagedProcess.run("psql", [databaseURL, "-X", "-q", "-A", "-t", "-c", sql])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Five sensors of a room say the same temperature.
    func publishTemperature(_ celsius: Double, room: String) async throws {
        for sensor in 1...5 {
            try await broker.publish(
                "/readings/\(room)/temperature",
                #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
        }
    }
}
