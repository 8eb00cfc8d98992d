import DatabaseRig
import Foundation
import Rig
import ServiceRig

/// The whole product for one test: a broker, a central service on a database of its own, and a gateway.
final class Chain: Sendable {
    let broker: Broker
    let httpPort = LoopbackPort.free()
    let databaseURL: String
    let operatorToken: String
    /// The gateway, of which one at a time may run.
    let edge: EdgeProgram

    private init(
        broker: Broker, databaseURL: String, operatorToken: String, gatewayToken: String, configuration: String
    ) throws {
        self.broker = broker
        self.databaseURL = databaseURL
        self.operatorToken = operatorToken
        edge = try EdgeProgram(
            configuration: configuration, broker: broker.port, central: "http://127.0.0.1:\(httpPort)",
            token: gatewayToken)
    }

    /// With a migrated database and tokens; nothing runs yet but the broker.
    ///
    /// - Parameter configuration: the gateway's, of `building`.
    static func prepared(
        databaseURL: String, building: String = "grand", configuration: String = "config/edge.yaml"
    ) async throws -> Chain {
        let operatorToken = try await CentralProcess.token("operator", "--name", "tests", database: databaseURL)
        let gatewayToken = try await CentralProcess.token("gateway", "--building", building, database: databaseURL)
        return try Chain(
            broker: await Broker(), databaseURL: databaseURL, operatorToken: operatorToken, gatewayToken: gatewayToken,
            configuration: configuration)
    }

    func startCentral() async throws -> ManagedProcess {
        try await CentralProcess(database: databaseURL, port: httpPort).process
    }

    func startEdge(environment: [String: String] = [:]) async throws -> ManagedProcess {
        try await edge.start(environment: environment)
    }

    var folder: TemporaryFolder { edge.folder }
    var store: String { edge.store }

    /// Asks the central service as its operator, by curl.
    ///
    /// - Parameter port: That of another replica.
    func call(
        _ path: String, _ arguments: [String] = [], port: Int? = nil
    ) async throws -> (status: Int, body: String) {
        let result = try await ManagedProcess.run(
            "curl",
            ["-s", "-w", "\n%{http_code}", "-H", "Authorization: Bearer \(operatorToken)"] + arguments
                + ["http://127.0.0.1:\(port ?? httpPort)\(path)"])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    /// Asks in GraphQL, as the operator: the text of the answer.
    func graphQL(_ query: String, headers: [String] = []) async throws -> String {
        let body = String(decoding: try JSONEncoder().encode(["query": query]), as: UTF8.self)
        let arguments = (headers + ["Content-Type: application/json"]).flatMap { ["-H", $0] } + ["-d", body]
        return try await call("/graphql", arguments).body
    }

    /// Asks in GraphQL about a building, as the operator: `data` of the answer, which must have no errors.
    func graphQL(_ query: String, building: String) async throws -> [String: Any] {
        let text = try await graphQL(query, headers: ["Hearth-Building: \(building)"])
        let answer = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        guard let data = answer?["data"] as? [String: Any], answer?["errors"] == nil else {
            throw ManagedProcess.DidNotHappen(description: text)
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
        try await broker.publishTemperature(celsius, room: room, sensors: 5)
    }
}
