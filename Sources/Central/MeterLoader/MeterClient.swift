package import Building
internal import Foundation
internal import HTTPClient

/// Fetches the readings of a meter from `GET <base>?muid=…&measurement=energy&limit=5000&start=…&stop=…`, which answers
/// with the newest first, page by page until there are no older ones.
///
/// What is known of such sources differs: whether `stop` is included, whether they give fewer than `limit`, and some are
/// files that always answer with everything. So the next page ends just after the oldest reading of the last one, what
/// comes twice is left out, and a page that brings nothing older is the last.
package struct MeterClient: Sendable {
    package struct Page: Sendable {
        /// Of this meter, from the time that was asked for, each one once.
        package var records: [MeterRecord] = []
        /// By the place of the record in the page, 1 is the first.
        package var problems: [(place: Int, problem: MeterRecordProblem)] = []
    }

    private let base: String
    private let transfer: HTTPClient
    /// How long to wait before a request is sent again, for each time.
    private let pauses: [Duration]

    /// As the source's interface has it.
    private static let pageSize = 5000
    /// 500 million readings: 14,000 years.
    private static let mostPages = 100_000
    /// A source that is a file answers with all of it.
    private static let largestAnswer = 256 << 20

    /// - Parameters:
    ///   - base: an `http` or `https` URL; a query in it is kept.
    ///   - pauses: before a request that failed is sent again.
    package init(base: String, pauses: [Duration] = [.seconds(1), .seconds(4)], timeout: Duration = .seconds(60)) {
        self.base = base
        self.pauses = pauses
        var settings = HTTPClient.Settings()
        settings.largestAnswer = Self.largestAnswer
        settings.timeout = timeout
        settings.userAgent = "hearth-central/\(HearthVersion.current)"
        transfer = HTTPClient(settings: settings)
    }

    /// Whether `text` can be the base of a source.
    package static func isURL(_ text: String) -> Bool {
        let lower = text.lowercased()
        return (lower.hasPrefix("http://") || lower.hasPrefix("https://")) && URL(string: text)?.host != nil
    }

    /// Fetches all readings of a meter from `start` on, the newest first.
    ///
    /// - Parameters:
    ///   - stop: readings from then on are left out.
    ///   - deadline: no page is asked for after this.
    ///   - take: gets each page.
    /// - Throws: `MeterSourceError`; what `take` throws.
    package func pages(
        ofMeter muid: String, from start: Timestamp, until stop: Timestamp,
        deadline: ContinuousClock.Instant? = nil, _ take: (Page) async throws -> Void
    ) async throws {
        var stop = stop
        // The readings of the oldest moment of the last page, which the next page brings again.
        var border: Set<MeterRecord> = []
        for _ in 0..<Self.mostPages {
            if let deadline, ContinuousClock.now > deadline { throw MeterSourceError("It took too long.") }
            let (all, count) = try await page(muid, start, stop)
            guard let oldest = all.records.map(\.time).min() else {
                guard all.problems.isEmpty else {
                    throw MeterSourceError(
                        "None of the \(count) records can be read: \(all.problems[0].problem).")
                }
                return
            }
            var page = all
            page.records = all.records.filter { $0.time >= start && $0.time < stop && !border.contains($0) }
            // A source that always answers with everything has nothing more to say.
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
            // A source that is slow must not keep the service from ending.
            answer = try await raceWithCancellation { [transfer] in try await transfer.perform(request) }
        } catch let error as HTTPClientError {
            throw MeterRequestFailure(description: error.description, passes: true)
        }
        guard answer.status == 200 else {
            throw MeterRequestFailure(
                description: "GET \(request.shownURL) was answered with the status \(answer.status).",
                passes: answer.status == 429 || answer.status >= 500)
        }
        return answer.body
    }

    private func url(_ muid: String, _ start: Timestamp, _ stop: Timestamp) -> String {
        let items = [
            ("muid", muid), ("measurement", "energy"), ("limit", String(Self.pageSize)), ("start", Self.text(start)),
            ("stop", Self.text(stop)),
        ]
        let query = items.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return base + (base.contains("?") ? "&" : "?") + query
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// RFC 3986, and the colon of times.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:")

    /// `2023-02-28T23:45:00.000Z`
    private static func text(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: time.secondsSince1970).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }
}

/// A source that did not answer, or not with readings.
package struct MeterRequestFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
    /// Whether trying again may help.
    package var passes: Bool
}
