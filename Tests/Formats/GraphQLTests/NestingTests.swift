import GraphQL
import Testing

/// How deep a document may nest before anybody looks at what it asks for: 50 levels.
@Suite struct NestingTests {
    private struct Nothing: Resolver {
        func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
            sources.map { _ in .null }
        }
    }

    private func isTooDeep(_ query: String) async throws -> Bool {
        let service = GraphQLService(schema: try Schema("type Query { a(x: Int): Int }"))
        let response = await service.execute(GraphQLRequest(query: query), resolver: Nothing())
        let message = response.errors.first?.message ?? ""
        return message.hasPrefix("The document nests deeper than 50 levels")
    }

    @Test func `allows 50 levels of selections and values, and no more`() async throws {
        func lists(_ levels: Int) -> String {
            // The selection is one level itself.
            "{a(x:" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + ")}"
        }
        func selections(_ levels: Int) -> String {
            String(repeating: "{a", count: levels) + String(repeating: "}", count: levels)
        }
        for document in [lists, selections] {
            #expect(try await !isTooDeep(document(50)))
            #expect(try await isTooDeep(document(51)))
        }
    }
}
