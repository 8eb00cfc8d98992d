package import Building
internal import CivilTime
internal import Foundation
internal import HTTPClient

/// Fetches a meter's readings from `GET <base>?muid=…&measurement=energy&limit=5000&start=…&stop=…`, which answers
/// newest first, page by page until there are no older ones.
///
/// Such sources differ: `stop` may be inclusive or exclusive, they may return fewer than `limit`, and some are files
/// that always return everything. So the next page ends just after the oldest reading of the last one, duplicates are
/// dropped, and a page without older readings is the last.
package struct MeterClient: Sendable {
    /// A page of readings.
    package struct Page: Sendable {
        /// The records of the requested meter and range, without duplicates.
        package var records: [MeterRecord] = []
        /// The records that could not be decoded, by their place in the page, counted from 1.
        package var problems: [(place: Int, problem: MeterRecordProblem)] = []
    }

    private let base: String
    private let transfer: HTTPClient
    /// The pauses before each repetition of a failed request.
    private let pauses: [Duration]

    /// The number of records per page, as the source's API defines it.
    private static let pageSize = 5000
    /// The largest number of pages: 500 million readings, or 14,000 years.
    private static let mostPages = 100_000
    /// The largest answer in bytes. A source that is a file returns all of it.
    private static let largestAnswer = 256 << 20

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - base: An `http` or `https` URL; its query is kept.
    ///   - pauses: The pauses before each repetition of a failed request.
    ///   - timeout: The longest time for a request.
    package init(base: String, pauses: [Duration] = [.seconds(1), .seconds(4)], timeout: Duration = .seconds(60)) {
        self.base = base
        self.pauses = pauses
        var settings = HTTPClient.Settings()
        settings.largestAnswer = Self.largestAnswer
        settings.timeout = timeout
        settings.userAgent = "hearth-central/\(HearthVersion.current)"
        transfer = HTTPClient(settings: settings)
    }

    /// Returns whether `text` is a valid base URL of a source.
    package static func isURL(_ text: String) -> Bool {
        let lower = text.lowercased()
        return (lower.hasPrefix("http://") || lower.hasPrefix("https://")) && URL(string: text)?.host != nil
    }

    /// Fetches all readings of a meter from `start` on, newest first.
    ///
    /// - Parameters:
    ///   - stop: The end of the range, exclusive.
    ///   - deadline: The time after which no further page is requested.
    ///   - take: Called with each page.
    /// - Throws: `MeterSourceError`, or the error of `take`.
    package func pages(
        ofMeter muid: String, from start: Timestamp, until stop: Timestamp,
        deadline: ContinuousClock.Instant? = nil, _ take: (Page) async throws -> Void
    ) async throws {
        var stop = stop
        // The readings at the oldest time of the last page, which the next page repeats.
        var border: Set<MeterRecord> = []
        for _ in 0..<Self.mostPages {
            if let deadline, ContinuousClock.now > deadline { throw MeterSourceError("The request timed out.") }
            let (all, count) = try await page(muid, start, stop)
            guard let oldest = all.records.map(\.time).min() else {
                guard all.problems.isEmpty else {
                    throw MeterSourceError(
                        "None of the \(count) records is readable: \(all.problems[0].problem).")
                }
                return
            }
            var page = all
            page.records = all.records.filter { $0.time >= start && $0.time < stop && !border.contains($0) }
            // A source that always returns everything has nothing more.
            if page.records.isEmpty { return }
            try await take(page)
            let next = Timestamp(millisecondsSince1970: oldest.millisecondsSince1970 + 1)
            guard oldest > start, next < stop else { return }
            border = Set(all.records.filter { $0.time == oldest })
            stop = next
        }
    }

    private func page(_ muid: String, _ start: Timestamp, _ stop: Timestamp) async throws -> (Page, count: Int) {
        let body = try await answer(to: url(muid, start, stop))
        var page = Page()
        var document = MeterDocument(now: Timestamp(secondsSince1970: Date().timeIntervalSince1970))
        try document.read(body) { place, result in
            switch result {
            case .success(let record) where record.muid != muid:
                page.problems.append(
                    (place, MeterRecordProblem(member: "tags.muid", text: record.muid, reason: "another meter")))
            case .success(let record): page.records.append(record)
            case .failure(let problem): page.problems.append((place, problem))
            }
        }
        try document.finish()
        return (page, document.count)
    }

    private func answer(to url: String) async throws -> [UInt8] {
        for pause in pauses {
            do { return try await attempt(url) } catch let failure as MeterRequestFailure where failure.passes {
                try await Task.sleep(for: pause)
            }
        }
        return try await attempt(url)
    }

    private func attempt(_ url: String) async throws -> [UInt8] {
        let answer: HTTPAnswer
        let request = HTTPRequest(method: .get, url: url, headers: [(name: "Accept", value: "application/json")])
        do {
            // A slow source must not delay the shutdown of the service.
            answer = try await raceWithCancellation { [transfer] in try await transfer.perform(request) }
        } catch let error as HTTPClientError {
            throw MeterRequestFailure(description: error.description, passes: true)
        }
        guard answer.status == 200 else {
            throw MeterRequestFailure(
                description: "GET \(request.shownURL) returned status \(answer.status).",
                passes: answer.status == 429 || answer.status >= 500)
        }
        return answer.body
    }

    private func url(_ muid: String, _ start: Timestamp, _ stop: Timestamp) -> String {
        let items = [
            ("muid", muid), ("measurement", "energy"), ("limit", String(Self.pageSize)),
            ("start", ISO8601Writer.utcText(start, milliseconds: true)),
            ("stop", ISO8601Writer.utcText(stop, milliseconds: true)),
        ]
        let query = items.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return base + (base.contains("?") ? "&" : "?") + query
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// The unreserved characters of RFC 3986, and the colon in times.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")
}

/// The error of a source that did not answer, or answered without readings.
package struct MeterRequestFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, for the log.
    package var description: String
    /// A Boolean value that indicates whether a repetition may succeed.
    package var passes: Bool
}
