import Foundation
import GraphQL

/// The engine over the schema and data of `Tests/Support/GraphQL/compare.py`.
struct ComparedEngine {
    let service: GraphQLService
    private let data: Value

    init(folder: URL) throws {
        var limits = RequestLimits()
        (limits.depth, limits.aliases, limits.complexity) = (100, 10_000, .max)
        let schema = try Schema(String(contentsOf: folder.appending(path: "schema.graphql"), encoding: .utf8))
        service = GraphQLService(schema: schema, limits: limits)
        data = try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: "data.json")))
    }

    /// Answers `requests.json` in `responses.json`.
    func answer(folder: URL) async throws {
        let requests = try JSONDecoder().decode(
            [GraphQLRequest].self, from: Data(contentsOf: folder.appending(path: "requests.json")))
        var answers: [String] = []
        for request in requests { answers.append(await service.execute(request, resolver: DataResolver(data)).json) }
        try Data("[\(answers.joined(separator: ",\n"))]".utf8).write(to: folder.appending(path: "responses.json"))
    }
}

/// Gives what stands in the data under a field's name.
private struct DataResolver: Resolver {
    private let root: Value

    init(_ root: Value) { self.root = root }

    func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
        if ["echo", "need", "optional", "first"].contains(field.name) {
            let arguments = field.arguments.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
            return sources.map { _ in .leaf(.object(.init(arguments))) }
        }
        return sources.map { source in
            guard case .object(let object) = source as? Value ?? root else { return .null }
            return Self.resolved(object[field.name] ?? .null)
        }
    }

    private static func resolved(_ value: Value) -> Resolved {
        switch value {
        case .list(let values): return .list(values.map(resolved))
        case .object(let fields):
            if case .string(let message)? = fields["$error"] { return .failure(GraphQLError(message)) }
            if case .string(let type)? = fields["__typename"] { return .object(type: type, value) }
            return .leaf(value)
        default: return .leaf(value)
        }
    }
}
