internal import HTTPClient
internal import Telemetry

/// Upserts rows through PostgREST's API of a table.
struct PostgRESTClient: Sendable {
    private let url: String
    private let key: String
    private let transfer: HTTPClient
    let requests = LabelledCounter(
        "hearth_mirror_requests_total", "Requests to the mirror, by result.", labels: ["result"],
        known: MirrorError.kinds.map { [$0] })
    let durations = DurationHistogram("hearth_mirror_request_duration_seconds", "Duration of requests to the mirror.")

    private static let longestAnswerShown = 300

    init(_ settings: MirrorSettings) {
        var base = settings.url
        while base.hasSuffix("/") { base.removeLast() }
        url = base + "/rest/v1/latest_reading?on_conflict=device_id,datapoint"
        key = settings.key
        var options = HTTPClient.Settings()
        options.timeout = settings.requestTimeout
        options.connectTimeout = min(settings.requestTimeout, .seconds(5))
        transfer = HTTPClient(settings: options)
    }

    /// Upserts rows.
    ///
    /// - Parameter rows: Rows as JSON objects.
    /// - Throws: `MirrorError`.
    func upsert(_ rows: some Collection<String>) async throws {
        let began = ContinuousClock.now
        do {
            try await send(rows)
            requests.add(1, "ok")
        } catch let error as MirrorError {
            requests.add(1, error.kind)
            durations.record(ContinuousClock.now - began)
            throw error
        }
        durations.record(ContinuousClock.now - began)
    }

    private func send(_ rows: some Collection<String>) async throws {
        var body: [UInt8] = [UInt8(ascii: "[")]
        for (index, row) in rows.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += row.utf8
        }
        body.append(UInt8(ascii: "]"))
        let request = HTTPRequest(
            method: .post, url: url,
            headers: [
                (name: "apikey", value: key), (name: "Authorization", value: "Bearer \(key)"),
                (name: "Content-Type", value: "application/json"),
                (name: "Prefer", value: "resolution=merge-duplicates,return=minimal"),
            ], body: body)
        let answer: HTTPAnswer
        do {
            answer = try await transfer.perform(request)
        } catch {
            throw MirrorError.unreachable(withoutKey("\(error)"))
        }
        let text = withoutKey(String(decoding: answer.body.prefix(Self.longestAnswerShown), as: UTF8.self))
        let wait = answer.headers["retry-after"].flatMap { Int($0) }
        switch answer.status {
        case 200..<300: return
        case 401, 403: throw MirrorError.unauthorized(status: answer.status, answer: text)
        case 413: throw MirrorError.tooLarge
        case 429: throw MirrorError.throttled(seconds: wait)
        case 408, 500...: throw MirrorError.failing(status: answer.status, seconds: wait)
        default: throw MirrorError.rejected(status: answer.status, answer: text)
        }
    }

    /// Removes the key, because an answer may repeat parts of the request.
    private func withoutKey(_ text: String) -> String { text.replacing(key, with: "…") }
}
