internal import Building
internal import Foundation
internal import HTTPClient
internal import MeterLoader
internal import ReadingFiles
package import Storage

/// Imports readings of smart meters from a JSON file, a URL of one, or a source's API.
package struct MeterDataImport {
    private let store: CentralStore
    private let options: ImportOptions
    /// The meters to request from an API; if there are none, the URL is that of a document.
    private let muids: [String]

    private static let portion = 5000
    private static let blockSize = 256 * 1024

    /// Creates an import.
    ///
    /// - Parameter muids: The meters to request from an API; by default those in the URL's query.
    package init(into store: CentralStore, options: ImportOptions, muids: [String] = []) {
        self.store = store
        self.options = options
        self.muids = muids
    }

    /// Imports a source.
    ///
    /// - Parameters:
    ///   - source: A file's path or a URL. A URL with `muid=` in its query is that of an API.
    ///   - progress: Called now and then.
    /// - Throws: `ImportError`, `ForeignMeterError`; `StoreError` if the database is down.
    package func run(_ source: String, progress: (ImportProgress) -> Void) async throws -> ImportSummary {
        let building = try await ImportBuilding.find(options, in: store).reference
        var summary = ImportSummary(problemsKept: options.problemsKept)
        do {
            if MeterClient.isURL(source) {
                let (base, named) = Self.interface(source)
                let meters = muids.isEmpty ? named : muids
                if meters.isEmpty {
                    try await document(at: source, building, &summary, progress: progress)
                } else {
                    try await interface(base, meters, building, &summary, progress: progress)
                }
            } else {
                guard muids.isEmpty else {
                    throw ImportError(.other, "--muid is for URLs: a file names its own meters.")
                }
                try await file(source, building, &summary, progress: progress)
            }
        } catch let error as MeterSourceError {
            throw ImportError(.data, "\(source): \(error)")
        }
        return summary
    }

    /// Splits a URL into the base of the API and the meters in its query.
    static func interface(_ url: String) -> (base: String, muids: [String]) {
        guard var parts = URLComponents(string: url), let items = parts.queryItems else { return (url, []) }
        let muids = items.filter { $0.name == "muid" }.compactMap(\.value).filter { !$0.isEmpty }
        guard !muids.isEmpty else { return (url, []) }
        let kept = items.filter { !["muid", "measurement", "limit", "start", "stop"].contains($0.name) }
        parts.queryItems = kept.isEmpty ? nil : kept
        return (parts.string ?? url, muids)
    }

    private func interface(
        _ base: String, _ meters: [String], _ building: BuildingReference, _ summary: inout ImportSummary,
        progress: (ImportProgress) -> Void
    ) async throws {
        let client = MeterClient(base: base)
        let stop = Timestamp(secondsSince1970: Date().timeIntervalSince1970).advanced(by: .seconds(3600))
        for muid in meters {
            do {
                try await client.pages(
                    ofMeter: muid, from: Timestamp(millisecondsSince1970: 0), until: stop
                ) { page in
                    summary.rows += page.records.count + page.problems.count
                    for (place, problem) in page.problems {
                        summary.problems.add(Self.line(base, place, problem))
                    }
                    let outcome = try await store.store(
                        page.records.flatMap(\.readings), ofMeter: muid, building: building)
                    summary.add(outcome)
                    progress(ImportProgress(file: base, rows: summary.rows, bytesRead: 0, size: 0))
                }
            } catch let failure as MeterRequestFailure {
                throw ImportError(.other, failure.description)
            }
        }
    }

    private func document(
        at url: String, _ building: BuildingReference, _ summary: inout ImportSummary,
        progress: (ImportProgress) -> Void
    ) async throws {
        var settings = HTTPClient.Settings()
        settings.largestAnswer = 1 << 30
        settings.timeout = .seconds(600)
        let answer: HTTPAnswer
        do {
            answer = try await HTTPClient(settings: settings).perform(HTTPRequest(method: .get, url: url))
        } catch let error as HTTPClientError {
            throw ImportError(.other, error.description)
        }
        guard answer.status == 200 else {
            throw ImportError(.other, "GET \(url) returned status \(answer.status).")
        }
        var document = MeterDocument(now: store.currentTime)
        var portion = Portion(file: url)
        let step = Self.blockSize
        for start in stride(from: 0, to: answer.body.count, by: step) {
            let end = min(start + step, answer.body.count)
            try document.read(answer.body[start..<end]) { portion.take($0, $1, &summary) }
            try await store(&portion, building, &summary, atLeast: Self.portion)
            progress(ImportProgress(file: url, rows: summary.rows, bytesRead: end, size: answer.body.count))
        }
        try await store(&portion, building, &summary, atLeast: 1)
        try document.finish()
    }

    private func file(
        _ path: String, _ building: BuildingReference, _ summary: inout ImportSummary,
        progress: (ImportProgress) -> Void
    ) async throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ImportError(.other, "\(path) cannot be opened: it does not exist or is not readable.")
        }
        defer { try? handle.close() }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        var document = MeterDocument(now: store.currentTime)
        var portion = Portion(file: path)
        var bytes = 0
        while let block = try handle.read(upToCount: Self.blockSize), !block.isEmpty {
            bytes += block.count
            try document.read(Array(block)) { portion.take($0, $1, &summary) }
            try await store(&portion, building, &summary, atLeast: Self.portion)
            progress(ImportProgress(file: path, rows: summary.rows, bytesRead: bytes, size: size))
        }
        try await store(&portion, building, &summary, atLeast: 1)
        try document.finish()
    }

    /// The readings by meter that are read and not stored yet.
    private struct Portion {
        let file: String
        var readings: [String: [MeterReading]] = [:]
        var count = 0

        mutating func take(
            _ place: Int, _ result: Result<MeterRecord, MeterRecordProblem>, _ summary: inout ImportSummary
        ) {
            summary.rows += 1
            switch result {
            case .success(let record):
                readings[record.muid, default: []] += record.readings
                count += record.readings.count
            case .failure(let problem): summary.problems.add(MeterDataImport.line(file, place, problem))
            }
        }
    }

    private func store(
        _ portion: inout Portion, _ building: BuildingReference, _ summary: inout ImportSummary, atLeast least: Int
    ) async throws {
        guard portion.count >= least else { return }
        for (muid, readings) in portion.readings.sorted(by: { $0.key < $1.key }) {
            summary.add(try await store.store(readings, ofMeter: muid, building: building))
        }
        portion.readings.removeAll()
        portion.count = 0
    }

    private static func line(_ file: String, _ place: Int, _ problem: MeterRecordProblem) -> LineProblem {
        LineProblem(
            file: file, line: place, columnName: problem.member, text: problem.text, reason: problem.reason,
            isRecord: true)
    }
}

extension ImportSummary {
    fileprivate mutating func add(_ outcome: MeterStoringOutcome) {
        added += outcome.added
        corrected += outcome.corrected
        unchanged += outcome.unchanged
    }
}
