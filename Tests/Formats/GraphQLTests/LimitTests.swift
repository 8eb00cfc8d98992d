import Foundation
import GraphQL
import Testing

/// Requests that want to cost more than they may.
@Suite(.serialized) struct LimitTests {
    private static let schema = """
        type Query { a: Int list(first: Int = 3): [T!] }
        type T { n: String list(first: Int = 3): [T!] }
        """

    private struct Endless: Resolver {
        func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
            sources.map { _ in
                field.name == "list" ? .list([.object(type: "T", 1), .object(type: "T", 2)]) : .leaf(.int(1))
            }
        }
    }

    static let bombs: [(name: String, query: String)] = [
        ("deep selections", "{" + String(repeating: "list{", count: 3000) + "n" + String(repeating: "}", count: 3001)),
        (
            "a little too deep",
            "{" + String(repeating: "list(first:1){", count: 15) + "n" + String(repeating: "}", count: 16)
        ),
        ("open braces", String(repeating: "{a", count: 5_000_000)),
        ("deep lists", "{a(x:" + String(repeating: "[", count: 5_000_000)),
        ("deep types", "query(" + "$a:" + String(repeating: "[", count: 100_000)),
        ("aliases", "{" + (0..<2000).map { "a\($0):a" }.joined(separator: " ") + "}"),
        ("many words", "{" + String(repeating: "b:a ", count: 20_000) + "}"),
        ("a long text", "{a(x:\"" + String(repeating: "a", count: 99_000) + "\")}"),
        ("a long block text", "{a(x:\"\"\"" + String(repeating: "a\n", count: 49_000) + "\"\"\")}"),
        ("many open lists", "{a(x:" + String(repeating: "[", count: 99_000)),
        ("many open braces", String(repeating: "{a", count: 49_000)),
        ("ten megabytes of aliases", "{" + String(repeating: "b:a ", count: 2_500_000) + "}"),
        ("ten megabytes of one name", "{" + String(repeating: "a", count: 10_000_000) + "}"),
        ("ten megabytes of text", "{a(x:\"" + String(repeating: "a", count: 10_000_000) + "\")}"),
        ("ten megabytes of block text", "{a(x:\"\"\"" + String(repeating: "a\n", count: 5_000_000) + "\"\"\")}"),
        ("a ring of fragments", "{...A} fragment A on Query{...B} fragment B on Query{...A}"),
        ("a fragment within itself", "{list{...A}} fragment A on T{list{...A}}"),
        (
            "fragments that double",
            "{...F0} "
                + (0..<60).map { "fragment F\($0) on Query{...F\($0 + 1) ...F\($0 + 1)}" }.joined(separator: " ")
                + " fragment F60 on Query{nothing}"
        ),
        (
            "fields that double",
            "{list{...F0}} "
                + (0..<13).map { "fragment F\($0) on T{x:list{...F\($0 + 1)} y:list{...F\($0 + 1)}}" }
                .joined(separator: " ") + " fragment F13 on T{n}"
        ),
        ("long lists of lists", "{list(first:1000){list(first:1000){n}}}"),
        ("fields that overlap", "{" + (0..<1300).map { _ in "list{n}" }.joined(separator: " ") + "}"),
        ("unknown fields", "{" + (0..<3900).map { "n\($0)" }.joined(separator: " ") + "}"),
    ]

    @Test(arguments: bombs.map(\.name)) func `refuses it quickly and with a reason`(name: String) async throws {
        let query = try #require(Self.bombs.first { $0.name == name }).query
        let service = GraphQLService(schema: try Schema(Self.schema))
        let request = GraphQLRequest(query: query)
        let before = Self.residentKilobytes()
        var fastest = Duration.seconds(100)
        // The fastest of several: other tests run beside this one, and take the processor away.
        for attempt in 0..<50 where attempt < 3 || fastest >= .milliseconds(50) {
            let began = ContinuousClock.now
            let response = await service.execute(request, resolver: Endless())
            fastest = min(fastest, ContinuousClock.now - began)
            if name == "fields that overlap" { continue }
            #expect(response.data == nil)
            #expect(response.errors.isEmpty == false)
            #expect(response.json.utf8.count < 20_000)
        }
        #expect(fastest < .milliseconds(50), "\(fastest)")
        // A few times the document, and that is given back.
        #expect(Self.residentKilobytes() - before < 100_000)
    }

    @Test func `says which limit it was`() async throws {
        let service = GraphQLService(schema: try Schema(Self.schema))
        for (name, code) in [
            ("a little too deep", "DEPTH_LIMIT"), ("aliases", "ALIAS_LIMIT"),
            ("long lists of lists", "COMPLEXITY_LIMIT"),
            ("many words", "TOKEN_LIMIT"),
            ("ten megabytes of aliases", "SIZE_LIMIT"),
        ] {
            let query = try #require(Self.bombs.first { $0.name == name }).query
            let response = await service.execute(GraphQLRequest(query: query), resolver: Endless())
            #expect(response.errors.map(\.code) == [code], "\(name)")
        }
    }

    private static func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
