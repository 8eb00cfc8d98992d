import DatabaseRig
import Foundation
import HTTPClient
import JSON
import Postgres
import Rig
import ServiceRig
import Testing

/// `/mcp`, as other assistants use it.
@Suite(.withDatabaseServer, .database) struct MCPTests {
    /// What the protocol's own Python package got.
    private struct Outcome: Decodable {
        struct Call: Decodable {
            var isError: Bool?
            var text: [String]?
            var links: [String]?
            /// Of an error.
            var code: Int?
        }

        var version: String?
        var server: String?
        var tools: [String: Schema]?
        var readOnly: [String]?
        var calls: [Call]?
        var refused: String?

        struct Schema: Decodable {
            var type: String
            var additionalProperties: Bool
        }
    }

    private static func use(
        _ scene: RestTests.Scene, as token: String, mode: String = "auto", _ calls: [(String, String)] = []
    ) async throws -> Outcome {
        let result = try await ManagedProcess.run(
            PythonTools.path("python"),
            [Checkout.file("Tests/Support/ModelContext/client.py"), scene.service.url + "/mcp", token, mode]
                + calls.flatMap { [$0.0, $0.1] }, within: .seconds(60))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let line = result.output.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
            throw ManagedProcess.DidNotHappen(description: result.output)
        }
        return try decoder.decode(Outcome.self, from: Data(line.utf8))
    }

    /// A raw message, as the guest sends it.
    private static func send(
        _ body: String, to scene: RestTests.Scene, as token: String? = nil, version: String? = nil,
        method: HTTPRequest.Method = .post, type: String = "application/json", headers: [(String, String)] = []
    ) async throws -> CentralProcess.Answer {
        try await scene.service.call(
            "/mcp", method: method, token: token ?? scene.guest, type: type, body: Array(body.utf8),
            headers: headers + (version.map { [("MCP-Protocol-Version", $0)] } ?? []))
    }

    private static let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#

    @Test(.withPythonTools, arguments: [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
    func `the protocol's own package lists and calls the tools, as guest and as operator`(
        _ mode: String, _ version: String
    ) async throws {
        let hotel = try await ChatTests.Hotel("mcp-\(mode)")
        let warm = try await hotel.number(
            "SELECT number FROM latest_reading WHERE device_id = $1 || '/room-101/iaq' AND datapoint = 'temperature'")
        let guest = try await Self.use(
            hotel.scene, as: hotel.scene.guest, mode: mode,
            [
                ("latest_readings", "{}"), ("energy_summary", #"{"resolution":"1hour","period":"last 24 hours"}"#),
                ("reading_history", #"{"datapoint":"temperature","statistic":"median"}"#),
                ("latest_readings", #"{"room":"room-102"}"#), ("list_rooms", "{}"),
            ])
        #expect(guest.refused == nil && guest.version == version && guest.server == "hearth")
        let tools = Set(try #require(guest.tools).keys)
        #expect(tools.isSuperset(of: ["latest_readings", "reading_history", "comfort_report", "energy_summary"]))
        #expect(tools.contains("list_rooms") == false)
        #expect(guest.tools?.values.allSatisfy { $0.type == "object" && !$0.additionalProperties } == true)
        #expect(Set(try #require(guest.readOnly)) == tools.subtracting(["set_temperature"]))
        let calls = try #require(guest.calls)
        #expect(calls.map { $0.isError } == [false, false, true, true, nil])
        let shown = warm == warm.rounded() ? "\(Int(warm))" : "\(warm)"
        #expect(calls[0].text?.first?.contains(#""value":\#(shown),"#) == true, "\(calls[0])")
        // A link that works without a token, as the chat gives it.
        let link = try #require(calls[1].links?.first)
        #expect(link.hasPrefix(hotel.scene.service.url + "/chat/files/energy."))
        let file = try await hotel.scene.service.call(String(link.dropFirst(hotel.scene.service.url.count)))
        #expect(file.status == 200 && file.text.hasPrefix("timestamp,ac,lighting,plug_load"))
        #expect(calls[2].text?.first?.contains("must be one of “average”") == true)
        #expect(calls[3].text?.first?.contains("must not have “room”") == true)
        #expect(calls[4].code == -32602)

        let ops = try await Self.use(
            hotel.scene, as: hotel.scene.ops, mode: mode,
            [("list_rooms", "{}"), ("latest_readings", #"{"room":"\#(hotel.slug)/room-102"}"#)])
        #expect(Set(try #require(ops.tools).keys) == tools.union(["list_rooms"]))
        #expect(try #require(ops.calls).map { $0.isError } == [false, false])
        #expect(ops.calls?[0].text?.first?.contains("\(hotel.slug)/room-102") == true)
        for token in ["", "hearth_g_nobody", hotel.scene.gateway] {
            let refused = try await Self.use(hotel.scene, as: token, mode: mode)
            #expect(refused.refused != nil && refused.tools == nil, "\(refused)")
        }
        await hotel.end()
    }

    @Test func `answers the handshake of each version, and offers its newest for those that it does not know`()
        async throws
    {
        let scene = try await RestTests.Scene("versions")
        for (asked, given) in [
            ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
        ] {
            let answer = try await Self.send(
                #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\#(asked)","#
                    + #""capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#, to: scene)
            #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
            #expect(answer.text.hasPrefix(#"{"jsonrpc":"2.0","id":"a","result":{"protocolVersion":"\#(given)","#))
            #expect(answer.text.contains(#""capabilities":{"tools":{"listChanged":false}}"#), "\(answer.text)")
            #expect(answer.headers["mcp-session-id"] == nil)
        }
        let note = try await Self.send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, to: scene)
        #expect(note.status == 202 && note.body.isEmpty)
        let reply = try await Self.send(#"{"jsonrpc":"2.0","id":1,"result":{}}"#, to: scene)
        #expect(reply.status == 202 && reply.body.isEmpty)
        let ping = try await Self.send(#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, to: scene, version: "2025-11-25")
        #expect(ping.text == #"{"jsonrpc":"2.0","id":7,"result":{}}"#)
        await scene.service.process.terminate()
    }

    @Test func `says what is wrong with a message, by the numbers of JSON-RPC`() async throws {
        let scene = try await RestTests.Scene("wrong")
        let cases: [(body: String, version: String?, status: Int, code: Int)] = [
            ("", nil, 400, -32700), ("{", nil, 400, -32700), (#"{"a":1,"a":2}"#, nil, 400, -32700),
            ("1", nil, 400, -32600), ("{}", nil, 400, -32600), (#"{"jsonrpc":"1.0","id":1}"#, nil, 400, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, nil, 400, -32600),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, nil, 400, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, nil, 400, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, nil, 400, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, nil, 200, -32601),
            (#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#, nil, 200, -32601),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#, nil, 200, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#, nil, 200, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, nil, 200, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"no_such"}}"#, nil, 200, -32602),
            (
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"latest_readings","arguments":[]}}"#,
                nil, 200, -32602
            ),
            (Self.list, "1999-01-01", 400, -32022), (Self.list, "x", 400, -32022),
            ("[]", nil, 400, -32600), ("[\(Self.list)]", "2025-06-18", 400, -32600),
            ("[\(Self.list)]", "2026-07-28", 400, -32600),
            ("[" + Array(repeating: Self.list, count: 17).joined(separator: ",") + "]", nil, 400, -32600),
        ]
        for (body, version, status, code) in cases {
            let answer = try await Self.send(body, to: scene, version: version)
            #expect(answer.status == status, "\(body): \(answer.text)")
            #expect(answer.text.hasPrefix(#"{"jsonrpc":"2.0","id":"#), "\(body): \(answer.text)")
            #expect(answer.text.contains(#""error":{"code":\#(code),"message":"#), "\(body): \(answer.text)")
            #expect(answer.headers["content-type"] == "application/json")
        }
        let unknown = try await Self.send(Self.list, to: scene, version: "1999-01-01")
        #expect(unknown.text.contains(#""id":1"#) && unknown.text.contains(#""supported":["2026-07-28","2025-11-25""#))
        await scene.service.process.terminate()
    }

    @Test func `answers a batch of the version that has them, each message by itself`() async throws {
        let scene = try await RestTests.Scene("batch")
        let batch = """
            [{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/cancelled"},
            {"jsonrpc":"2.0","id":2,"method":"nothing"},{"jsonrpc":"2.0","id":3,"method":"initialize"},7]
            """
        for version in [nil, "2025-03-26"] {
            let answer = try await Self.send(batch, to: scene, version: version)
            #expect(answer.status == 200)
            let ids = answer.text.matches(of: #/"id":(\w+)/#).map { String($0.1) }
            #expect(ids == ["1", "2", "3", "null"], "\(answer.text)")
            let codes = answer.text.matches(of: #/"code":(-\d+)/#).map { String($0.1) }
            #expect(codes == ["-32601", "-32600", "-32600"], "\(answer.text)")
        }
        let notes = try await Self.send(#"[{"jsonrpc":"2.0","method":"notifications/initialized"}]"#, to: scene)
        #expect(notes.status == 202 && notes.body.isEmpty)
        await scene.service.process.terminate()
    }

    @Test func `without a handshake, headers and body have to agree`() async throws {
        let scene = try await RestTests.Scene("modern")
        let version = "2026-07-28"
        func message(_ method: String, _ members: String = "", meta: String? = nil) -> String {
            let meta =
                meta ?? #"{"io.modelcontextprotocol/protocolVersion":"\#(version)","#
                + #""io.modelcontextprotocol/clientCapabilities":{}}"#
            return #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{"_meta":\#(meta)\#(members)}}"#
        }
        let call = #","name":"latest_readings","arguments":{}"#
        let cases: [(body: String, headers: [(String, String)], status: Int, code: Int?)] = [
            (message("server/discover"), [("Mcp-Method", "server/discover")], 200, nil),
            (message("tools/list"), [("Mcp-Method", "tools/list")], 200, nil),
            (message("tools/call", call), [("Mcp-Method", "tools/call"), ("Mcp-Name", "latest_readings")], 200, nil),
            (
                message("tools/call", call),
                [("Mcp-Method", "tools/call"), ("Mcp-Name", "=?base64?bGF0ZXN0X3JlYWRpbmdz?=")], 200, nil
            ),
            (message("ping"), [("Mcp-Method", "ping")], 404, -32601),
            (message("initialize"), [("Mcp-Method", "initialize")], 404, -32601),
            (message("tools/list"), [], 400, -32020), (message("tools/list"), [("Mcp-Method", "ping")], 400, -32020),
            (message("tools/call", call), [("Mcp-Method", "tools/call")], 400, -32020),
            (message("tools/call", call), [("Mcp-Method", "tools/call"), ("Mcp-Name", "other")], 400, -32020),
            (message("tools/list", meta: "{}"), [("Mcp-Method", "tools/list")], 400, -32602),
            (Self.list, [("Mcp-Method", "tools/list")], 400, -32602),
            (
                message(
                    "tools/list",
                    meta: #"{"io.modelcontextprotocol/protocolVersion":"2025-11-25","#
                        + #""io.modelcontextprotocol/clientCapabilities":{}}"#), [("Mcp-Method", "tools/list")], 400,
                -32020
            ),
        ]
        for (body, headers, status, code) in cases {
            let answer = try await Self.send(body, to: scene, version: version, headers: headers)
            #expect(answer.status == status, "\(body) \(headers): \(answer.text)")
            if let code {
                #expect(answer.text.contains(#""error":{"code":\#(code),"#), "\(body) \(headers): \(answer.text)")
            } else {
                #expect(answer.text.contains(#""resultType":"complete""#), "\(answer.text)")
            }
        }
        await scene.service.process.terminate()
    }

    @Test func `takes JSON by POST from programs with a token, and nothing else`() async throws {
        let scene = try await RestTests.Scene("manners", settings: ["http.publicURL=https://hotel.example/hearth"])
        for method in [HTTPRequest.Method.get, .put, .delete] {
            let answer = try await Self.send(Self.list, to: scene, method: method)
            #expect(answer.status == 405 && answer.headers["allow"] == "POST", "\(method): \(answer.text)")
        }
        let cases: [(type: String, headers: [(String, String)], status: Int, code: String?)] = [
            ("text/plain", [], 415, "wrong_media_type"), ("application/json; charset=utf-8", [], 200, nil),
            ("application/json", [("Accept", "text/event-stream")], 406, "not_acceptable"),
            ("application/json", [("Accept", "application/json, text/event-stream")], 200, nil),
            ("application/json", [("Accept", "*/*")], 200, nil),
            ("application/json", [("Origin", "https://evil.example")], 403, "origin_not_allowed"),
            ("application/json", [("Origin", "null")], 403, "origin_not_allowed"),
            ("application/json", [("Origin", "https://hotel.example")], 200, nil),
        ]
        for (type, headers, status, code) in cases {
            let answer = try await Self.send(Self.list, to: scene, type: type, headers: headers)
            #expect(answer.status == status && answer.code == code, "\(type) \(headers): \(answer.text)")
        }
        let large =
            #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\#(String(repeating: "x", count: 65_536))"}}"#
        #expect(try await Self.send(large, to: scene).status == 413)
        #expect(try await Self.send(Self.list, to: scene, as: scene.gateway).code == "role_not_allowed")
        #expect(try await Self.send(Self.list, to: scene, as: "hearth_g_nobody").code == "token_invalid")
        let nobody = try await scene.service.call(
            "/mcp", method: .post, type: "application/json", body: Array(Self.list.utf8))
        #expect(nobody.status == 401 && nobody.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        #expect(try await scene.service.call("/mcp?x=1", method: .post, token: scene.guest).status == 400)
        #expect(try await scene.service.call("/mcp/", method: .post, token: scene.guest).status == 415)
        // Links lead to where people reach the service, for clients of old as text.
        for (version, form) in [("2025-06-18", #""type":"resource_link","uri":""#), ("2025-03-26", ".csv: ")] {
            let answer = try await Self.send(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"energy_summary","#
                    + #""arguments":{"resolution":"1day"}}}"#, to: scene, version: version)
            #expect(answer.text.contains(form + "https://hotel.example/hearth/chat/files/energy."), "\(answer.text)")
        }
        await scene.service.process.terminate()
    }

    @Test func `one token gets only so many calls of a minute, and is told when to come again`() async throws {
        let scene = try await RestTests.Scene("fast", settings: ["mcp.callsPerMinute=3"])
        var answers: [CentralProcess.Answer] = []
        for _ in 0..<4 { answers.append(try await Self.send(Self.list, to: scene)) }
        #expect(answers.map(\.status) == [200, 200, 200, 429])
        let last = answers[3]
        #expect(last.text.contains(#""id":1,"error":{"code":-32000,"#), "\(last.text)")
        #expect(last.headers["retry-after"].flatMap { Int($0) }.map((1...20).contains) == true)
        // Another token has its own, and what is no call is free.
        #expect(try await Self.send(Self.list, to: scene, as: scene.ops).status == 200)
        #expect(try await Self.send(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, to: scene).status == 200)
        await scene.service.process.terminate()
    }
}
