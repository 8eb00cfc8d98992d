package import Building
import DatabaseRig
import Foundation
package import HTTPClient
package import Rig
package import WireFormat

/// A running `hearth-central serve` with a client of it.
package struct CentralProcess: Sendable {
    package let process: ManagedProcess
    package let port: Int
    package let url: String
    private let client: HTTPClient

    /// Starts the service and waits until it listens and its database is ready.
    ///
    /// Waits for lines of its log: a request to `/ready` would leave a connection, and tests count connections.
    ///
    /// - Parameters:
    ///   - database: The connection string; by default that of the suite's own database.
    ///   - port: By default a free one.
    ///   - settings: `key=value`.
    ///   - configuration: The path of a configuration file.
    ///   - environment: Further variables.
    ///   - awaitsDatabase: Whether the service is ready only with its database.
    /// - Throws: `ManagedProcess.DidNotHappen` if the service ends or is not ready in time.
    package init(
        database: String? = nil, host: String = "127.0.0.1", port: Int = LoopbackPort.free(), settings: [String] = [],
        configuration: String? = nil, environment: [String: String] = [:], awaitsDatabase: Bool = true
    ) async throws {
        self.port = port
        url = "http://\(host):\(port)"
        var limits = HTTPClient.Settings()
        limits.largestAnswer = 64 << 20
        client = HTTPClient(settings: limits)
        process = try ManagedProcess(
            Self.path,
            ["serve"] + (configuration.map { ["--config", $0] } ?? [])
                + (["http.host=\(host)", "http.port=\(port)"] + settings).flatMap { ["--set", $0] },
            environment: environment.merging(["DATABASE_URL": database ?? TestDatabase.url]) { $1 })
        try await process.waitFor(output: "Listening")
        if awaitsDatabase { try await process.waitFor(output: "Database ready") }
    }

    // MARK: Requests

    /// An answer of the service.
    package struct Answer: Sendable {
        package var status: Int
        /// The headers by lower-case name.
        package var headers: [String: String]
        package var body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The code of an error; `nil` if the body describes none.
        package var code: String? { try? JSONDecoder().decode(ErrorAnswer.self, from: Data(body)).error.code }
    }

    /// Sends a request and returns the answer, whatever its status.
    ///
    /// - Throws: `HTTPClientError` if no complete answer arrived.
    package func call(
        _ path: String, method: HTTPRequest.Method = .get, token: String? = nil, type: String? = nil,
        body: [UInt8] = [], headers extra: [(String, String)] = []
    ) async throws -> Answer {
        var headers: [(name: String, value: String)] = extra.map { (name: $0.0, value: $0.1) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if let type { headers.append(("Content-Type", type)) }
        let answer = try await client.perform(
            HTTPRequest(method: method, url: url + path, headers: headers, body: body))
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    /// Sends an inventory as a gateway does.
    package func send(_ inventory: Inventory, token: String) async throws -> Answer {
        try await call(
            UplinkPath.inventory, method: .put, token: token, type: "application/json",
            body: Array(try JSONEncoder().encode(inventory)))
    }

    /// Sends a batch as a gateway does.
    ///
    /// - Parameter opening: The store's present opening; `nil` to send as a gateway of an older version.
    package func send(_ batch: ReadingBatch, token: String, opening: String? = nil) async throws -> Answer {
        try await call(
            UplinkPath.batches, method: .post, token: token, type: ReadingBatch.mediaType, body: batch.encode(),
            headers: opening.map { [(UplinkPath.incarnationHeader, $0)] } ?? [])
    }

    // MARK: Commands

    private static let path = Executables.path("hearth-central")

    /// Runs a command of `hearth-central` and returns its exit status and what it printed.
    ///
    /// - Parameter database: The connection string; by default that of the suite's own database.
    package static func command(
        _ arguments: String..., database: String? = nil
    ) async throws -> (status: Int32, output: String) {
        try await command(arguments, database: database)
    }

    /// Runs a command of `hearth-central` and returns its exit status and what it printed.
    package static func command(
        _ arguments: [String], database: String? = nil
    ) async throws -> (status: Int32, output: String) {
        let result = try await ManagedProcess.run(
            path, arguments, environment: ["DATABASE_URL": database ?? TestDatabase.url])
        return (result.status, result.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Creates a token and returns it. The stay of a guest began long ago unless `arguments` contain `--from`.
    ///
    /// - Parameter role: `gateway`, `operator` or `guest`.
    /// - Throws: `ManagedProcess.DidNotHappen` if the command fails or prints anything but one token.
    package static func token(
        _ role: String, _ arguments: String..., database: String? = nil
    ) async throws -> String {
        var words = [role, "add"]
        if role == "guest" {
            words = ["guest", "link", "--token-only"]
            if !arguments.contains("--from") { words += ["--from", "2000-01-01T00:00Z"] }
        }
        let result = try await command(words + arguments, database: database)
        let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("hearth_") }
        guard result.status == 0, lines.count == 1 else {
            throw ManagedProcess.DidNotHappen(description: "\(words): \(result.output)")
        }
        return String(lines[0])
    }
}
