import Building
import Foundation
import MeterLoader
import Storage
import Testing

@Suite struct MeterClientTests {
    static let start = Date(timeIntervalSince1970: 1_675_209_600)
    static let pauses: [Duration] = [.milliseconds(10), .milliseconds(10)]

    /// The times of all readings that a source gives, in the order in which they come; each page a list.
    func load(
        _ source: FakeSource, muid: String = "m1", from start: Date = Date(timeIntervalSince1970: 0),
        timeout: Duration = .seconds(60)
    ) async throws -> [[MeterRecord]] {
        var pages: [[MeterRecord]] = []
        try await MeterClient(base: source.url, pauses: Self.pauses, timeout: timeout).pages(
            ofMeter: muid, from: Timestamp(secondsSince1970: start.timeIntervalSince1970),
            until: Timestamp(millisecondsSince1970: 2_000_000_000_000)
        ) { pages.append($0.records) }
        return pages
    }

    @Test(arguments: [false, true], [Int.max, 1000])
    func `reads page after page until there is nothing older`(includesStop: Bool, most: Int) async throws {
        let source = try await FakeSource()
        let rows =
            FakeSource.quarters(6000, from: Self.start)
            + FakeSource.quarters(6000, from: Self.start, code: "0100021D00FF")
        source.set(rows)
        source.behave {
            $0.includesStop = includesStop
            $0.most = most
        }
        let pages = try await load(source)
        let records = pages.flatMap(\.self)
        #expect(records.count == 12_000)
        #expect(Set(records).count == 12_000)
        #expect(records.map(\.time) == records.map(\.time).sorted(by: >))
        #expect(source.requests[0]["limit"] == "5000")
        #expect(source.requests[0]["measurement"] == "energy")
        #expect(source.requests[0]["start"] == "1970-01-01T00:00:00.000Z")
        #expect(pages.allSatisfy { $0.count <= min(most, 5000) })
    }

    @Test func `takes a file that answers every question with everything`() async throws {
        let source = try await FakeSource()
        source.set(FakeSource.quarters(2688, from: Self.start))
        source.behave { $0.ignoresQuery = true }
        #expect(try await load(source).map(\.count) == [2688])
        #expect(source.requests.count == 2)
        // Only what is new.
        #expect(try await load(source, from: Self.start + 2600 * 900).map(\.count) == [88])
    }

    @Test func `sends a request again where the source is out of order for a moment`() async throws {
        let source = try await FakeSource()
        source.set(FakeSource.quarters(10, from: Self.start))
        source.behave { $0.failures = [503, 429] }
        #expect(try await load(source).map(\.count) == [10])
        source.behave { $0.failures = [500, 500, 500] }
        let error = await #expect(throws: MeterRequestFailure.self) { try await load(source) }
        #expect(error?.description.contains("returned status 500") == true)
    }

    @Test func `gives up at once where it would not help`() async throws {
        let source = try await FakeSource()
        source.behave { $0.failures = [404] }
        await #expect(throws: MeterRequestFailure.self) { try await load(source) }
        #expect(source.requests.count == 1)
    }

    @Test func `does not wait for a source that is too slow`() async throws {
        let source = try await FakeSource()
        source.behave { $0.delay = .seconds(30) }
        let began = ContinuousClock.now
        await #expect(throws: MeterRequestFailure.self) { try await load(source, timeout: .milliseconds(200)) }
        #expect(ContinuousClock.now - began < .seconds(10))
        let waiting = Task { try await load(source) }
        try await Task.sleep(for: .milliseconds(100))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    @Test(arguments: [
        "no JSON", "{}", #"{"data":3}"#, #"{"data":[{"measurement":"energy""#, #"{"data":[1,2]}"#, "[[]]", "",
        #"{"data":[{"a":1}]}"#,
    ])
    func `refuses what is no document of a meter`(document: String) async throws {
        let source = try await FakeSource()
        source.behave { $0.document = document }
        await #expect(throws: MeterSourceError.self) { try await load(source) }
    }

    /// As long as it may be.
    static let quality = String(repeating: "q", count: MeterReading.longestQuality)

    @Test func `takes a quality of 64 bytes`() async throws {
        let source = try await FakeSource()
        var row = FakeSource.quarters(1, from: Self.start)[0]
        row.muid = "m1"
        row.quality = Self.quality
        source.set([row])
        let records = try await load(source).flatMap(\.self)
        #expect(records.map { $0.readings.map(\.quality) } == [[Self.quality]])
    }

    static let problems: [(String, String)] = [
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"},"0100011D00FF":-1}"#,
            "0100011D00FF: “-1.0” is below 0"
        ),
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"},"0100011D00FF":"x"}"#,
            "0100011D00FF: not a number"
        ),
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"},"0100011D00FF":1e400}"#,
            "0100011D00FF: not a number"
        ),
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"},"0100010800FF":7}"#,
            "0100010800FF: an unknown register"
        ),
        (#"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"}}"#, "it has no register"),
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1","quality":"\#(quality)q"},"0100011D00FF":1}"#,
            "tags.quality: “\(quality)q” is too long"
        ),
        (#"{"timestamp":"soon","tags":{"muid":"m1"},"0100011D00FF":1}"#, "timestamp: “soon” is not a valid time"),
        (#"{"tags":{"muid":"m1"},"0100011D00FF":1}"#, "timestamp: missing"),
        (#"{"timestamp":"2023-02-01T00:00:00Z","0100011D00FF":1}"#, "tags.muid: missing"),
        (
            #"{"timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m2"},"0100011D00FF":1}"#,
            "tags.muid: “m2” is another meter"
        ),
        (
            #"{"measurement":"power","timestamp":"2023-02-01T00:00:00Z","tags":{"muid":"m1"},"0100011D00FF":1}"#,
            "measurement: “power” is not energy"
        ),
    ]

    @Test(arguments: problems)
    func `says what is wrong with a record, and takes the others`(record: String, problem: String) async throws {
        let source = try await FakeSource()
        let good = FakeSource.quarters(1, from: Self.start)[0].json
        source.behave { $0.document = #"{"status":[{"x":"data"}], "data": [\#n\#(record), \#(good)] }"# }
        var problems: [String] = []
        var records: [MeterRecord] = []
        try await MeterClient(base: source.url, pauses: []).pages(
            ofMeter: "m1", from: Timestamp(millisecondsSince1970: 0),
            until: Timestamp(millisecondsSince1970: 2_000_000_000_000)
        ) { page in
            problems += page.problems.map { "\($0.place) \($0.problem)" }
            records += page.records
        }
        #expect(problems == ["1 \(problem)"])
        #expect(records.count == 1)
        #expect(records.first?.readings.first?.register == .gridImport)
    }
}
