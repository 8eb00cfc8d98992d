import DatabaseRig
import HTTPClient
import Rig
import ServiceRig
import Testing

/// Names that clients of `/mcp` make up are quoted to them in part.
@Suite(.withDatabaseServer, .database, .serialized) struct LongNameTests {
    @Test func `of a version or a method that is not known come back with their first 80 characters`() async throws {
        let scene = try await RestTests.Scene("long-names")
        func send(_ body: String, _ headers: [(String, String)]) async throws -> String {
            try await scene.service.call(
                "/mcp", method: .post, token: scene.guest, type: "application/json", body: Array(body.utf8),
                headers: headers
            ).text
        }
        let (shown, whole) = (String(repeating: "v", count: 80), String(repeating: "v", count: 200))
        let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
        let version = try await send(list, [("MCP-Protocol-Version", whole)])
        #expect(version.contains(#""requested":"\#(shown)""#), "\(version)")
        #expect(version.contains("“\(shown)”"), "\(version)")
        let method = try await send(#"{"jsonrpc":"2.0","id":1,"method":"\#(whole)"}"#, [])
        #expect(method.contains("“\(shown)”"), "\(method)")
        await scene.service.process.terminate()
    }
}
