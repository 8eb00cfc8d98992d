import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import WireFormat

/// The real `hearth-central serve`, and what its users do with it.
struct RunningService {
    let process: ManagedProcess
    let url: String
    private let transfer = HTTPClient()

    /// - Parameters:
    ///   - database: by default the suite's own.
    ///   - environment: more of it.
    init(
        database: String? = nil, settings: [String] = [], environment: [String: String] = [:]
    ) async throws {
        let port = LoopbackPort.free()
        url = "http://127.0.0.1:\(port)"
        process = try ManagedProcess(
            Executables.path("hearth-central"),
            ["serve", "--set", "http.port=\(port)"] + settings.flatMap { ["--set", $0] },
            environment: environment.merging(["DATABASE_URL": database ?? TestDatabase.url]) { $1 })
        try await process.waitFor(output: "Listening")
        if database == nil { try await process.waitFor(output: "Database ready") }
    }

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The code of an error.
        var code: String? { try? JSONDecoder().decode(ErrorAnswer.self, from: Data(body)).error.code }
    }

    func call(
        _ path: String, method: HTTPRequest.Method = .get, token: String? = nil, type: String? = nil,
        body: [UInt8] = [], headers extra: [(String, String)] = []
    ) async throws -> Answer {
        var headers: [(name: String, value: String)] = extra.map { (name: $0.0, value: $0.1) }
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if let type { headers.append(("Content-Type", type)) }
        let answer = try await transfer.perform(
            HTTPRequest(method: method, url: url + path, headers: headers, body: body))
        return Answer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    func send(_ inventory: Inventory, token: String) async throws -> Answer {
        try await call(
            UplinkPath.inventory, method: .put, token: token, type: "application/json",
            body: Array(try JSONEncoder().encode(inventory)))
    }

    /// - Parameter opening: of the store; without one, as a gateway of an older version sends.
    func send(_ batch: ReadingBatch, token: String, opening: String? = nil) async throws -> Answer {
        try await call(
            UplinkPath.batches, method: .post, token: token, type: ReadingBatch.mediaType, body: batch.encode(),
            headers: opening.map { [(UplinkPath.incarnationHeader, $0)] } ?? [])
    }

    /// Runs a command of `hearth-central` on the suite's database; gives what it printed.
    static func command(_ arguments: String..., database: String? = nil) async throws -> (status: Int32, output: String)
    {
        let result = try await ManagedProcess.run(
            Executables.path("hearth-central"), arguments,
            environment: ["DATABASE_URL": database ?? TestDatabase.url])
        return (result.status, result.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Makes a token; the command prints nothing else. A guest's stay has begun long ago, where nothing else is said.
    static func token(_ role: String, _ arguments: String...) async throws -> String {
        var command = [role, "add"]
        if role == "guest" {
            command = ["guest", "link", "--token-only"]
            if !arguments.contains("--from") { command += ["--from", "2000-01-01T00:00Z"] }
        }
        let result = try await ManagedProcess.run(
            Executables.path("hearth-central"), command + arguments,
            environment: ["DATABASE_URL": TestDatabase.url])
        let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("hearth_") }
        guard result.status == 0, lines.count == 1 else {
            throw ManagedProcess.DidNotHappen(description: "\(command): \(result.output)")
        }
        return String(lines[0])
    }
}

/// One reading per entry, all at `midnight`.
func batch(
    _ entries: [(room: String, device: String, DeviceClass?, Datapoint, ReadingValue)], store: StoreID = StoreID(),
    first: Int64 = 1, at start: Int64 = midnight
) -> ReadingBatch {
    let time = Timestamp(millisecondsSince1970: start)
    return ReadingBatch(
        store: store, firstNumber: first,
        series: entries.map {
            SeriesKey(room: Slug($0.room)!, device: $0.device, deviceClass: $0.2, datapoint: $0.3)
        },
        rows: entries.indices.map {
            ReadingBatch.Row(
                seriesIndex: $0, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                value: entries[$0].4)
        })
}
