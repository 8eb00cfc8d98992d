import APISupport
import CentralService
import DatabaseRig
import Foundation
import RestAPI
import Rig
import Storage
import Testing

@Suite struct OpenAPITests {
    /// `GET /rooms/{}/data` and the roles that may.
    private struct Entry: Hashable, CustomStringConvertible {
        var method: String
        var path: String
        var roles: Set<String>?

        var description: String { "\(method) \(path) for \(roles?.sorted().joined(separator: ", ") ?? "everyone")" }
    }

    private let document = try? JSONSerialization.jsonObject(with: Data(OpenAPIDocument.own.json)) as? [String: Any]

    private var operations: [(path: String, method: String, operation: [String: Any])] {
        let paths = document?["paths"] as? [String: [String: [String: Any]]] ?? [:]
        return paths.flatMap { path, item in item.map { (path, $0.key.uppercased(), $0.value) } }
    }

    @Test func `describes exactly what the service answers to, and who may use it`() throws {
        let replica = Replica()
        let configuration = try CentralConfiguration.load(
            path: nil, overrides: [], environment: ["DATABASE_URL": "postgresql://localhost/none"])
        let book = CentralService(configuration).routes(replica.store) { nil }
        let routes = book.operations.map { operation in
            let path = operation.path.split(separator: "/").map { $0.first == ":" ? "{}" : String($0) }
            return Entry(
                method: operation.method, path: "/" + path.joined(separator: "/"),
                roles: operation.roles.map { Set($0.map(\.rawValue)) })
        }
        let described = try operations.map { path, method, operation in
            let parts = path.split(separator: "/").map { $0.first == "{" ? "{}" : String($0) }
            let security = try #require(operation["security"] as? [[String: [String]]], "\(method) \(path)")
            return Entry(
                method: method, path: "/" + parts.joined(separator: "/"),
                roles: security.isEmpty ? nil : Set(security.flatMap { $0["token"] ?? [] }))
        }
        #expect(Set(routes) == Set(described), "\(Set(routes).symmetricDifference(described))")
        #expect(routes.count == described.count)
    }

    @Test func `tells of every operation what it takes, what can come back, and an example`() throws {
        #expect(operations.isEmpty == false)
        var names: Set<String> = []
        for (path, method, operation) in operations {
            let place = "\(method) \(path)"
            let name = try #require(operation["operationId"] as? String, "\(place)")
            #expect(names.insert(name).inserted, "\(name) stands twice")
            #expect((operation["summary"] as? String)?.isEmpty == false, "\(place)")
            #expect((operation["tags"] as? [String])?.count == 1, "\(place)")
            let responses = try #require(operation["responses"] as? [String: [String: Any]], "\(place)")
            let security = try #require(operation["security"] as? [Any], "\(place)")
            #expect(responses["405"] != nil, "\(place)")
            if !security.isEmpty {
                for status in ["401", "403", "503"] { #expect(responses[status] != nil, "\(place): \(status)") }
            }
            let parameters = try (operation["parameters"] as? [[String: Any]] ?? []).map(resolved)
            if path.contains("{") || !parameters.isEmpty || operation["requestBody"] != nil {
                #expect(responses["400"] != nil, "\(place)")
            }
            let written = path.matches(of: /\{([^}]+)\}/).map { String($0.1) }
            let taken = parameters.filter { $0["in"] as? String == "path" }.compactMap { $0["name"] as? String }
            #expect(Set(written) == Set(taken), "\(place)")
            for parameter in parameters where parameter["required"] as? Bool == true {
                #expect(parameter["example"] != nil || parameter["examples"] != nil, "\(place): \(parameter)")
            }
            let contents =
                try responses.filter { $0.key.hasPrefix("2") }.map { try resolved($0.value) }
                + (operation["requestBody"].map { [try resolved($0 as? [String: Any] ?? [:])] } ?? [])
            for (type, media) in contents.flatMap({ $0["content"] as? [String: [String: Any]] ?? [:] }) {
                #expect(media["example"] != nil || media["examples"] != nil, "\(place): \(type)")
            }
        }
    }

    @Test func `refers to nothing that is not there, and has nothing that nobody refers to`() throws {
        var references: Set<String> = []
        func visit(_ value: Any) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String { references.insert(reference) }
                object.values.forEach(visit)
            } else if let array = value as? [Any] {
                array.forEach(visit)
            }
        }
        visit(try #require(document))
        for reference in references { #expect(throws: Never.self) { try resolved(["$ref": reference]) } }
        let components = document?["components"] as? [String: [String: Any]] ?? [:]
        for (kind, members) in components where kind != "securitySchemes" {
            for name in members.keys { #expect(references.contains("#/components/\(kind)/\(name)")) }
        }
    }

    @Test func `does not begin with fragments that contradict each other`() throws {
        let common = (name: "common", text: "openapi: 3.1.0\ninfo: {title: T}\npaths: {}")
        let paths = (name: "a", text: "paths: {/a: {get: {summary: no}}}")
        let both = try OpenAPIDocument(
            fragments: [common, paths, ("b", "paths: {/a: {put: {x: [1, 2.5, '3', null, true, 2024-01-01]}}}")],
            version: "1")
        let text =
            #"{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":"#
            + #"{"/a":{"get":{"summary":"no"},"put":{"x":[1,2.5,"3",null,true,"2024-01-01"]}}}}"#
        #expect(String(decoding: both.json, as: UTF8.self) == text)
        for wrong in [
            "paths: {/a: {get: {}}}", "openapi: 3.1.0", "- a", "paths: [", "paths: {? [a] : b}",
            "paths: {/b: {get: {summary: no, nothing}}}",
        ] {
            #expect(throws: OpenAPIError.self, "\(wrong)") {
                try OpenAPIDocument(fragments: [common, paths, ("b", wrong)], version: "1")
            }
        }
    }

    @Test(.withPythonTools) func `keeps to OpenAPI 3.1, and its examples to its own schemas`() async throws {
        let folder = TemporaryFolder()
        let path = try folder.write("openapi.json", String(decoding: OpenAPIDocument.own.json, as: UTF8.self))
        let result = try await ManagedProcess.run(
            PythonTools.path("python"), [Checkout.file("Tests/Support/OpenAPI/check.py"), path])
        #expect(result.status == 0, "\(result.output)")
    }

    private func resolved(_ node: [String: Any]) throws -> [String: Any] {
        guard let reference = node["$ref"] as? String else { return node }
        let parts = reference.split(separator: "/").dropFirst().map {
            $0.replacing("~1", with: "/").replacing("~0", with: "~")
        }
        var place: Any = try #require(document)
        for part in parts {
            place = try #require((place as? [String: Any])?[String(part)], "\(reference)")
        }
        return try #require(place as? [String: Any], "\(reference)")
    }
}
