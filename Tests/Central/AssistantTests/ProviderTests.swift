import Assistant
import Building
import JSON
import ProviderRig
import Synchronization
import Testing

/// Both providers, over HTTP, through the whole loop.
@Suite struct ProviderTests {
    private static let twoCalls: [(id: String, name: String, pieces: [String])] = [
        ("toolu_1", "latest_readings", ["{", "}"]),
        (
            "toolu_2", "reading_history",
            [
                "{\"datapoint\": \"tem", "perature\",", "\"stati", "stic\":\"maximum\",\"per", "iod\":\"last ni",
                "ght\"}",
            ]
        ),
    ]

    @Test(arguments: Wire.allCases, [1, 2, 3, 7, 64, 100_000])
    func `calls two tools at once and answers, however the bytes are cut`(_ wire: Wire, _ size: Int) async throws {
        let server = ScriptedServer([
            .pieces(wire.request(Self.twoCalls), of: size),
            .pieces(wire.answer(["Es sind 21,4 ", "°C – höchstens", " 20,8 °C. 🌡️"]), of: size),
        ])
        let rig = GuestRig(wire.model(server), limits: .quick)
        let events = await rig.ask("Wie warm ist es, und wie warm war es letzte Nacht höchstens?")
        #expect(
            events.names.filter { $0 != "text" } == ["tool_call", "tool_call", "tool_result", "tool_result", "done"])
        #expect(events.text == "Es sind 21,4 °C – höchstens 20,8 °C. 🌡️")
        #expect(events.calls.map(\.name) == ["latest_readings", "reading_history"])
        #expect(events.results.map(\.callID) == ["toolu_1", "toolu_2"])
        #expect(events.results.allSatisfy { !$0.isError })
        let question = try #require(rig.room.state.withLock { $0.questions.first })
        #expect(question.range == moment("2026-11-20T22:00")..<moment("2026-11-21T06:00"))
        #expect(question.statistic == .maximum)
        try check(server.requests.withLock { $0 }, wire)
    }

    private func check(_ requests: [ScriptedServer.Request], _ wire: Wire) throws {
        try #require(requests.count == 2)
        let first = requests[0]
        let second = requests[1].body["messages"]?.elements ?? []
        switch wire {
        case .anthropic:
            #expect(first.path == "/v1/messages")
            #expect(first.headers["x-api-key"] == Wire.key)
            #expect(first.headers["anthropic-version"] == "2023-06-01")
            #expect(first.body["stream"] == true)
            #expect(first.body["max_tokens"]?.int == 1024)
            let tools = try #require(first.body["tools"]?.elements)
            #expect(tools.count == 5)
            #expect(tools.map { $0["cache_control"] != nil } == [false, false, false, false, true])
            #expect(tools.allSatisfy { $0["input_schema"]?["additionalProperties"] == false })
            let system = try #require(first.body["system"]?.elements)
            #expect(system.map { $0["cache_control"] != nil } == [true, false])
            #expect(system[0] == requests[1].body["system"]?.elements?.first)
            #expect(second.map { $0["role"]?.text } == ["user", "assistant", "user"])
            #expect(second[1]["content"]?.elements?.map { $0["type"]?.text } == ["tool_use", "tool_use"])
            #expect(second[1]["content"]?.elements?[1]["input"]?["period"] == "last night")
            #expect(second[2]["content"]?.elements?.map { $0["tool_use_id"]?.text } == ["toolu_1", "toolu_2"])
        case .openAI:
            #expect(first.path == "/v1/chat/completions")
            #expect(first.headers["authorization"] == "Bearer \(Wire.key)")
            #expect(first.body["stream_options"]?["include_usage"] == true)
            #expect(first.body["tools"]?.elements?.allSatisfy { $0["type"] == "function" } == true)
            #expect(second.map { $0["role"]?.text } == ["system", "user", "assistant", "tool", "tool"])
            #expect(second[2]["tool_calls"]?.elements?.map { $0["id"]?.text } == ["toolu_1", "toolu_2"])
            #expect(second[3]["tool_call_id"] == "toolu_1")
        }
    }

    @Test(arguments: Wire.allCases)
    func `keeps what is said before tools are called, and gives all of it back to the provider`(
        _ wire: Wire
    ) async throws {
        let server = ScriptedServer([
            .stream(
                wire.opening + wire.text(["Let me ", "look."])
                    + wire.calls([("t1", "latest_readings", ["{}"]), ("t2", "comfort_report", ["{}"])])
                    + wire.closing(.tools)),
            .stream(wire.answer(["Fine."])),
        ])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("How is it?")
        #expect(events.text == "Let me look.\n\nFine.")
        #expect(events.results.map(\.callID) == ["t1", "t2"])
        let second = try #require(server.requests.withLock { $0.last?.body["messages"]?.elements })
        let assistant = try #require(second.first { $0["role"] == "assistant" })
        switch wire {
        case .anthropic:
            #expect(
                assistant["content"]?.elements?.map { $0["type"]?.text } == ["text", "tool_use", "tool_use"])
        case .openAI:
            #expect(assistant["content"]?.text == "Let me look.")
            #expect(assistant["tool_calls"]?.elements?.count == 2)
        }
    }
}

extension ChatAgent.Limits {
    /// Limits for tests: short pauses between attempts.
    static var quick: Self {
        var limits = ChatAgent.Limits()
        limits.backoff = .milliseconds(20)
        limits.time = .seconds(60)
        limits.turnTime = .seconds(20)
        return limits
    }
}
