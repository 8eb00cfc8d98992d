import GraphQL
import Synchronization
import Testing

@Suite struct ServiceTests {
    private final class Counted: Resolver {
        let questions = Mutex(0)

        func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
            questions.withLock { $0 += 1 }
            return sources.map { _ in
                switch field.name {
                case "list": .list((0..<1000).map { .object(type: "T", $0) })
                case "t": .object(type: "T", 1)
                case "broken": .failure(GraphQLError("Not today.", code: "NOT_TODAY"))
                default: .leaf(.string("x"))
                }
            }
        }
    }

    private let service: GraphQLService

    init() throws {
        service = GraphQLService(
            schema: try Schema(
                """
                type Query { list: [T!]! broken: String must: T! t: T }
                type T { n: String! t: T broken: String! }
                type Mutation { change: String }
                """))
    }

    @Test func `asks once for a field of a thousand objects`() async {
        let resolver = Counted()
        let response = await service.execute(GraphQLRequest(query: "{list{n t{n}}}"), resolver: resolver)
        #expect(response.errors.isEmpty)
        #expect(resolver.questions.withLock(\.self) == 4)
    }

    @Test func `makes null what holds a null that may not be, and says where it was`() async {
        let query = "{\n  broken\n  t { n t { broken } }\n}"
        let response = await service.execute(GraphQLRequest(query: query), resolver: Counted())
        #expect(
            response.json
                == #"{"errors":[{"message":"Not today.","locations":[{"line":2,"column":3}],"path":["broken"],"#
                + #""extensions":{"code":"NOT_TODAY"}},{"message":"Not today.","locations":[{"line":3,"column":13}],"#
                + #""path":["t","t","broken"],"extensions":{"code":"NOT_TODAY"}}],"#
                + #""data":{"broken":null,"t":{"n":"x","t":null}}}"#)
    }

    @Test func `changes nothing where the request must not`() async {
        let request = GraphQLRequest(query: "mutation { change }")
        #expect(await service.execute(request, mayMutate: false, resolver: Counted()).data == nil)
        #expect(await service.execute(request, resolver: Counted()).errors.isEmpty)
    }
}
