import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Rig
import Synchronization

/// Speaks what PostgREST does for the table of a mirror, and remembers.
final class FakeSupabase: Sendable {
    static let key = "sb_secret_of_the_tests_only"

    enum Mood: Sendable {
        case well
        case answering(Int, retryAfter: Int? = nil)
        case slow(Duration)
        /// Refuses a request that holds a row of this device.
        case refusing(device: String)
    }

    struct Row: Hashable {
        var device: String
        var datapoint: String
    }

    struct State {
        var mood = Mood.well
        var rows: [Row: [String: String]] = [:]
        var requests: [(time: ContinuousClock.Instant, rows: Int, status: Int)] = []
        /// What no mirror may do.
        var faults: [String] = []
    }

    let port = LoopbackPort.free()
    private let state = Mutex(State())
    private let server = Mutex<Task<Void, any Error>?>(nil)

    var url: String { "http://127.0.0.1:\(port)" }

    init() {
        let router = Router()
        router.post("/rest/v1/latest_reading") { request, _ in try await self.upsert(request) }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: Logger(label: "supabase") { _ in SwiftLogNoOpLogHandler() })
        server.withLock { $0 = Task { try await application.run() } }
    }

    func stop() { server.withLock { $0?.cancel() } }

    func set(_ mood: Mood) { state.withLock { $0.mood = mood } }

    var requests: [(time: ContinuousClock.Instant, rows: Int, status: Int)] { state.withLock(\.requests) }
    var faults: [String] { state.withLock(\.faults) }

    /// The copy: `device datapoint value`.
    var copy: Set<String> {
        state.withLock { state in
            Set(state.rows.map { "\($0.key.device) \($0.key.datapoint) \($0.value["value"] ?? "?")" })
        }
    }

    private func upsert(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 4 << 20)
        let mood = state.withLock(\.mood)
        if case .slow(let duration) = mood { try await Task.sleep(for: duration) }
        return state.withLock { state in
            func answer(_ status: Int, _ rows: Int, retryAfter: Int? = nil) -> Response {
                state.requests.append((.now, rows, status))
                var headers: HTTPFields = [:]
                if let retryAfter { headers[.retryAfter] = String(retryAfter) }
                // As some do, it repeats what it was given.
                let text = status < 300 ? "" : #"{"message":"no, \#(Self.key)"}"#
                return Response(
                    status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
            }
            func fault(_ text: String) -> Response {
                state.faults.append(text)
                return answer(400, 0)
            }
            let query = request.uri.query ?? ""
            guard query == "on_conflict=device_id,datapoint" else { return fault("query \(query)") }
            func header(_ name: String) -> String { request.headers[HTTPField.Name(name)!] ?? "" }
            guard header("apikey") == Self.key, header("Authorization") == "Bearer \(Self.key)" else {
                return fault("key")
            }
            guard header("Prefer") == "resolution=merge-duplicates,return=minimal",
                header("Content-Type") == "application/json"
            else { return fault("headers") }
            guard let rows = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [[String: Any]],
                (1...500).contains(rows.count)
            else { return fault("rows") }
            switch mood {
            case .answering(let status, let retryAfter): return answer(status, rows.count, retryAfter: retryAfter)
            case .refusing(let device) where rows.contains { $0["device_id"] as? String == device }:
                return answer(400, rows.count)
            default: break
            }
            for row in rows {
                guard let device = row["device_id"] as? String, let datapoint = row["datapoint"] as? String,
                    let order = row["ordered_by"] as? String, row["timestamp"] is Int, row["value"] is String
                else { return fault("row \(row)") }
                let key = Row(device: device, datapoint: datapoint)
                if let before = state.rows[key]?["ordered_by"], before > order { return fault("back in time: \(row)") }
                state.rows[key] = row.mapValues { "\($0)" }
            }
            return answer(201, rows.count)
        }
    }
}
