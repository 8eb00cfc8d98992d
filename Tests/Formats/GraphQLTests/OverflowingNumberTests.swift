import Foundation
import GraphQL
import Testing

/// Numbers that are written well and are larger than any `Double`: Swift reads them as infinite.
@Suite struct OverflowingNumberTests {
    private struct Echo: Resolver {
        func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
            sources.map { _ in .leaf(field.arguments["watts"] ?? .null) }
        }
    }

    private let service: GraphQLService

    init() throws {
        service = GraphQLService(
            schema: try Schema(
                """
                type Query { echo(watts: Float): Float nested(input: Input!): Float }
                input Input { watts: Float! }
                """))
    }

    @Test(arguments: ["1e400", "-1e400", "1.8e308", String(repeating: "9", count: 400)])
    func `refuses a Float that overflows, as a literal, within an object and as a variable`(text: String) async throws {
        let variable = #"{"query":"query($watts: Float) { echo(watts: $watts) }","variables":{"watts":\#(text)}}"#
        for query in ["{ echo(watts: \(text)) }", "{ nested(input: {watts: \(text)}) }"] {
            let response = await service.execute(GraphQLRequest(query: query), resolver: Echo())
            #expect(response.data == nil && response.errors.count == 1, "\(response.json)")
        }
        // Foundation's decoder may refuse it by itself; what it lets through is refused then.
        if let request = try? JSONDecoder().decode(GraphQLRequest.self, from: Data(variable.utf8)) {
            let response = await service.execute(request, resolver: Echo())
            #expect(response.data == nil && response.errors.count == 1, "\(response.json)")
        }
        let given = GraphQLRequest(
            query: "query($watts: Float) { echo(watts: $watts) }", variables: ["watts": .float(.infinity)])
        let response = await service.execute(given, resolver: Echo())
        #expect(response.data == nil && response.errors.count == 1, "\(response.json)")
    }

    @Test func `takes the largest Float that there is`() async {
        let response = await service.execute(
            GraphQLRequest(query: "{ echo(watts: 1.7976931348623157e308) }"), resolver: Echo())
        #expect(response.errors.isEmpty, "\(response.json)")
    }
}
