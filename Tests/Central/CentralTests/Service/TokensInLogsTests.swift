import DatabaseRig
import HTTPClient
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

/// A token is worth a building: it must not be found in a log, even at the most detailed level.
@Suite(.withDatabaseServer) struct TokensInLogsTests {
    @Test func `no request puts a token into the log, whatever becomes of it`() async throws {
        try await TestDatabase.withOne { url in
            try await TestDatabase.$url.withValue(url) {
                let scene = try await RestTests.Scene("quiet", settings: ["log.level=trace"])
                let (hotel, _, rooms) = try await scene.ids("quiet")
                let unknown = String(scene.ops.dropLast(4)) + "AAAA"
                let tokens = [scene.ops, scene.guest, scene.gateway, unknown]
                for token in tokens {
                    for path in ["/rooms/\(rooms[0])/data/", "/hotels/?token=\(token)", "/mcp", "/nowhere"] {
                        _ = try await scene.service.call(path, token: token)
                    }
                    for path in ["/graphql", "/chat", "/temperature", UplinkPath.inventory, UplinkPath.batches] {
                        let body = Array(#"{"message":"\#(token)"}"#.utf8)
                        _ = try await scene.service.call(
                            path, method: .post, token: token, type: "application/json", body: body)
                    }
                }
                // Also one that fails in the database, which the log explains.
                try await Replica().run("UPDATE hotels SET time_zone = 'Mars/Olympus'")
                let answer = try await scene.get("/hotels/\(hotel)/energy_summary?resolution=1day")
                #expect(answer.status == 500)
                try await eventually("the log explains it", detail: scene.service.process.output) {
                    scene.service.process.output.contains("Mars/Olympus")
                }
                #expect(await scene.service.process.terminate() == 0)
                let log = scene.service.process.output
                for token in tokens { #expect(!log.contains(token.dropFirst(9)), "\(log)") }
            }
        }
    }

    @Test func `a token is not described`() throws {
        let secret = try #require(TokenSecret("hearth_o_" + String(repeating: "k", count: 43)))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("kkk"), "\(text)") }
    }
}
