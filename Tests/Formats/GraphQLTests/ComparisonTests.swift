import Foundation
import Rig
import Testing

/// The engine beside graphql-core, the reference implementation of GraphQL in Python.
@Suite(.withPythonTools) struct ComparisonTests {
    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 3])
    func `gives what graphql-core gives for hundreds of documents, and the same schema`(seed: Int) async throws {
        let folder = TemporaryFolder()
        let script = Checkout.file("Tests/Support/GraphQL/compare.py")
        let written = try await ManagedProcess.run(
            PythonTools.path("python"), [script, "write", folder.path, "\(seed)", "400"],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        try #require(written.status == 0, "\(written.output)")
        let url = URL(fileURLWithPath: folder.path)
        try await ComparedEngine(folder: url).answer(folder: url)
        let result = try await ManagedProcess.run(
            PythonTools.path("python"), [script, "check", folder.path],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: .seconds(240))
        #expect(result.status == 0, "seed \(seed): \(result.output.suffix(10_000))")
    }
}
