import Assistant
import Building
import Foundation
import HTTPClient
import JSON
import ProviderRig
import Synchronization
import Testing

/// Both providers, over HTTP, through the whole loop.
@Suite struct ProviderTests {
    private static var quick: ChatAgent.Limits {
        var limits = ChatAgent.Limits()
        limits.backoff = .milliseconds(20)
        limits.time = .seconds(60)
        limits.turnTime = .seconds(20)
        return limits
    }

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
        let rig = GuestRig(wire.model(server), limits: Self.quick)
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
    func `tries again when the provider is overloaded or limits the rate`(_ wire: Wire) async {
        let server = ScriptedServer([wire.overloaded, wire.rateLimited(after: "0"), .stream(wire.answer(["Hello!"]))])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.names == ["text", "done"])
        #expect(events.text == "Hello!")
        #expect(server.requests.withLock { $0.count } == 3)
    }

    @Test(arguments: Wire.allCases, [Language.english, .german])
    func `apologises in the guest's language when the provider stays overloaded`(
        _ wire: Wire, _ language: Language
    ) async {
        let server = ScriptedServer([wire.overloaded])
        let events = await GuestRig(wire.model(server), limits: Self.quick)
            .ask(language == .german ? "Wie warm ist es?" : "How warm is it?")
        #expect(events.names == ["text", "error", "done"])
        #expect(events.problem == "model_overloaded")
        #expect(events.text.hasPrefix(language == .german ? "Entschuldigung, ich habe" : "Sorry, I have a lot"))
        #expect(server.requests.withLock { $0.count } == 3)
    }

    @Test(arguments: Wire.allCases)
    func `does not wait longer than the time that it has`(_ wire: Wire) async {
        let server = ScriptedServer([wire.rateLimited(after: "3600")])
        let start = ContinuousClock.now
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("How warm is it?")
        #expect(events.problem == "model_rate_limited")
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `tries again after an error in the middle of a stream, as long as nothing was said`(_ wire: Wire) async {
        let server = ScriptedServer([
            .stream(wire.opening + wire.errorEvent("overloaded_error")), .stream(wire.answer(["Hello!"])),
        ])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.names == ["text", "done"])
        #expect(events.text == "Hello!")
    }

    @Test(arguments: Wire.allCases)
    func `ends politely after an error in the middle of a sentence`(_ wire: Wire) async {
        let server = ScriptedServer([
            .stream(wire.opening + wire.text(["Your room is "]) + wire.errorEvent("overloaded_error"))
        ])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("How warm is it?")
        #expect(events.text == "Your room is \n\nSorry, I can't answer at the moment. Please ask me again in a minute.")
        #expect(events.problem == "model_overloaded")
        #expect(events.reply?.reply == events.text)
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `an answer that breaks off is no answer`(_ wire: Wire) async {
        let server = ScriptedServer([
            .stream(wire.opening + wire.calls([("t1", "set_temperature", ["{\"celsius\":", "2"])])),
            .stream(wire.answer(["Hello!"])),
        ])
        let rig = GuestRig(wire.model(server), limits: Self.quick)
        #expect(await rig.ask("Set 23 degrees").text == "Hello!")
        #expect(rig.room.state.withLock { $0.desiredStates } == [])
    }

    @Test(arguments: Wire.allCases)
    func `never hangs with a provider that hangs`(_ wire: Wire) async {
        let server = ScriptedServer([
            .init(steps: [.hang]), .init(steps: [.bytes(Array(wire.opening.utf8)), .hang]),
        ])
        let start = ContinuousClock.now
        let events = await GuestRig(wire.model(server, idle: .milliseconds(200)), limits: Self.quick).ask("Hello")
        #expect(events.problem == "model_timeout")
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(server.requests.withLock { $0.count } == 3)
    }

    @Test(arguments: Wire.allCases)
    func `leaves the provider when the guest leaves`(_ wire: Wire) async throws {
        let server = ScriptedServer([
            .init(steps: [.bytes(Array((wire.opening + wire.text(["One moment"])).utf8)), .hang])
        ])
        let rig = GuestRig(wire.model(server, idle: .seconds(60)))
        let reader = Task {
            for await event in rig.agent.answer(rig.question("Hello")) { if event.name == "text" { break } }
        }
        await reader.value
        let start = ContinuousClock.now
        while server.departures.withLock({ $0 }) == 0, ContinuousClock.now - start < .seconds(20) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(server.departures.withLock { $0 } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `a wrong key ends politely, and the key is in nothing that is said or thrown`(_ wire: Wire) async {
        for status in [401, 400, 500] {
            let server = ScriptedServer([.failure(status, wire.error("odd_error", "Incorrect API key: \(Wire.key)"))])
            let model = wire.model(server)
            let events = await GuestRig(model, limits: Self.quick).ask("Hello")
            #expect(events.names == ["text", "error", "done"])
            #expect(!events.map(\.serverSentEvent).joined().contains("secret"))
            await #expect { try await Self.drain(model) } throws: { error in
                let failure = error as? ChatModelFailure
                return failure != nil && !"\(error)".contains("secret") && (status == 401) == (failure == .unauthorized)
            }
            #expect(!"\(model)".contains("secret"))
            #expect(!String(reflecting: model).contains("secret"))
        }
    }

    private static func drain(_ model: any ChatModel) async throws {
        let request = ChatRequest(
            instructions: "", situation: .init(now: saturdayMorning, calendar: berlin, room: nil, language: .english),
            tools: [], messages: [.guest("Hello")], maxTokens: 10)
        for try await _ in model.respond(to: request) {}
    }

    @Test(arguments: Wire.allCases)
    func `believes a provider that asks for a pause up to an hour, and only one that is a number`(
        _ wire: Wire
    ) async {
        let asked: [(header: String, time: String, pause: Duration?)] = [
            ("retry-after", "3600", .seconds(3600)), ("retry-after", "86400", .seconds(3600)),
            ("retry-after", "1e400", .seconds(3600)), ("retry-after", "inf", .seconds(3600)),
            ("retry-after-ms", "86400000", .seconds(3600)), ("retry-after-ms", "1e400", .seconds(3600)),
            ("retry-after", "-1", nil), ("retry-after", "nan", nil), ("retry-after-ms", "nan", nil),
            ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", nil),
        ]
        for (header, time, pause) in asked {
            let server = ScriptedServer([wire.rateLimited(after: time, header: header)])
            await #expect("\(header): \(time)") { try await Self.drain(wire.model(server)) } throws: { error in
                error as? ChatModelFailure == .rateLimited(retryAfter: pause)
            }
            #expect(server.requests.withLock(\.count) == 1)
        }
    }

    @Test(arguments: Wire.allCases)
    func `a refusal ends politely and is not tried again`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.closing(.refusal))])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.problem == "model_refused")
        #expect(events.text.hasPrefix("Sorry, I can't help with that."))
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `an answer that is too long says so`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.text(["A long "]) + wire.closing(.length))])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.problem == "too_long")
        #expect(events.text.hasPrefix("A long "))
    }

    @Test(arguments: Wire.allCases)
    func `what is no JSON ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([.stream("data: {oops\n\n")])
        #expect(await GuestRig(wire.model(server), limits: Self.quick).ask("Hello").problem == "model_malformed")
    }

    @Test(arguments: Wire.allCases)
    func `waits as long as the provider says before it tries again`(_ wire: Wire) async {
        for (header, time) in [("retry-after", "0.4"), ("retry-after-ms", "400")] {
            let server = ScriptedServer([
                wire.rateLimited(after: time, header: header), .stream(wire.answer(["Hello!"])),
            ])
            let start = ContinuousClock.now
            let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
            #expect(events.text == "Hello!")
            // Without it, it would try again after 20 ms.
            #expect(ContinuousClock.now - start >= .milliseconds(400), "\(header)")
        }
    }

    @Test(arguments: Wire.allCases)
    func `ends politely whatever status a provider answers, and tries again where that may help`(_ wire: Wire) async {
        let statuses: [(status: Int, problem: String, tries: Int)] = [
            (400, "model_malformed", 1), (401, "model_unauthorized", 1), (403, "model_unauthorized", 1),
            (404, "model_malformed", 1), (408, "model_timeout", 3), (413, "model_malformed", 1),
            (429, "model_rate_limited", 3), (500, "model_unavailable", 3), (502, "model_unavailable", 3),
            (503, "model_overloaded", 3), (504, "model_timeout", 3), (529, "model_overloaded", 3),
        ]
        for (status, problem, tries) in statuses {
            let server = ScriptedServer([.failure(status, wire.error("odd_error", "Something"))])
            let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
            #expect(events.names == ["text", "error", "done"], "\(status)")
            #expect(events.problem == problem, "\(status)")
            #expect(server.requests.withLock { $0.count } == tries, "\(status)")
        }
    }

    @Test(arguments: Wire.allCases)
    func `says of an error in the middle of a stream what kind it is`(_ wire: Wire) async {
        for (type, problem) in [
            ("overloaded_error", "model_overloaded"), ("rate_limit_error", "model_rate_limited"),
            ("timeout_error", "model_timeout"), ("authentication_error", "model_unauthorized"),
            ("api_error", "model_unavailable"), ("something_new", "model_unavailable"),
        ] {
            let server = ScriptedServer([.stream(wire.opening + wire.errorEvent(type))])
            let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
            #expect(events.names == ["text", "error", "done"], "\(type)")
            #expect(events.problem == problem, "\(type)")
        }
    }

    @Test(arguments: Wire.allCases)
    func `an error in the middle of a tool call calls nothing`(_ wire: Wire) async {
        let half = wire.calls([("t1", "latest_readings", ["{}"]), ("t2", "set_temperature", ["{\"celsius\":", "2"])])
        // The block's end is missing.
        let cut = half.components(separatedBy: "\n\n").dropLast(2).joined(separator: "\n\n") + "\n\n"
        let server = ScriptedServer([
            .stream(wire.opening + cut + wire.errorEvent("overloaded_error")), .stream(wire.answer(["Hello!"])),
        ])
        let rig = GuestRig(wire.model(server), limits: Self.quick)
        let events = await rig.ask("Set 23 degrees")
        #expect(events.names == ["text", "done"] && events.text == "Hello!")
        #expect(rig.room.state.withLock { $0.desiredStates } == [])
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
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("How is it?")
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

    @Test(arguments: Wire.allCases)
    func `a provider that falls silent in the middle of a sentence ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([
            .init(steps: [.bytes(Array((wire.opening + wire.text(["Your room "])).utf8)), .hang])
        ])
        let start = ContinuousClock.now
        let events = await GuestRig(wire.model(server, idle: .milliseconds(200)), limits: Self.quick).ask("Hello")
        #expect(events.text.hasPrefix("Your room \n\nSorry, I can't answer at the moment."))
        #expect(events.problem == "model_timeout")
        #expect(server.requests.withLock { $0.count } == 1)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(arguments: Wire.allCases)
    func `a refusal in the middle of an answer ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.text(["I think "]) + wire.closing(.refusal))])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(
            events.text == "I think \n\nSorry, I can't help with that. "
                + "I can tell you about your room and its temperature, though.")
        #expect(events.problem == "model_refused")
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: [
        #"{"choices":[{"index":0,"delta":{"refusal":"I'm sorry, I can't."},"finish_reason":null}]}"#,
        #"{"error":{"message":"Filtered","type":"invalid_request_error","code":"content_filter"}}"#,
    ])
    func `understands how OpenAI refuses`(_ chunk: String) async {
        let wire = Wire.openAI
        let server = ScriptedServer([.stream(wire.opening + "data: \(chunk)\n\n" + wire.closing(.end))])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.problem == "model_refused", "\(events.text)")
    }

    @Test(arguments: Wire.allCases)
    func `a guest who leaves while the provider is overloaded is not waited for`(_ wire: Wire) async throws {
        let server = ScriptedServer([wire.rateLimited(after: "30")])
        var limits = ChatAgent.Limits()
        limits.time = .seconds(60)
        let rig = GuestRig(wire.model(server), limits: limits)
        let stream = rig.agent.answer(rig.question("Hello"))
        let reader = Task { for await _ in stream {} }
        while server.requests.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        let start = ContinuousClock.now
        reader.cancel()
        await reader.value
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test func `a provider that can't be reached ends politely`() async {
        var settings = OpenAIModel.Settings()
        settings.baseURL = "http://127.0.0.1:1/v1"
        let events = await GuestRig(OpenAIModel(settings: settings), limits: Self.quick).ask("Hello")
        #expect(events.problem == "model_unavailable")
    }

    @Test func `skips Anthropic's events and blocks that it does not know`() async {
        let wire = Wire.anthropic
        let thinking = """
            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQ"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: something_new
            data: {"type":"something_new","index":{"odd":true}}


            """
        let server = ScriptedServer([
            .stream(": a comment\r\n\r\n" + wire.opening + thinking + wire.text(["Hi"]) + wire.closing(.end))
        ])
        let events = await GuestRig(wire.model(server), limits: Self.quick).ask("Hello")
        #expect(events.text == "Hi")
        #expect(events.problem == nil)
    }

    /// Local servers leave out ids, number every call 0, send objects for arguments, say “stop”, end without `[DONE]`.
    @Test(arguments: [
        #"{"index":0,"function":{"name":"latest_readings","arguments":"{}"}}"#,
        #"{"index":0,"id":"","type":"function","function":{"name":"latest_readings","arguments":{}}}"#,
        #"{"function":{"name":"latest_readings","arguments":null}}"#,
    ])
    func `understands local servers' tool calls`(_ call: String) async throws {
        let wire = Wire.openAI
        let chunk = #"data: {"choices":[{"delta":{"content":null,"tool_calls":[\#(call)]},"finish_reason":null}]}"#
        let end = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#
        let server = ScriptedServer([.stream("\(chunk)\n\n\(end)\n\n"), .stream(wire.answer(["Warm."]))])
        let rig = GuestRig(wire.model(server), limits: Self.quick)
        let events = await rig.ask("How warm is it?")
        #expect(events.results.map(\.isError) == [false])
        #expect(events.text == "Warm.")
        let second = try #require(server.requests.withLock { $0.last?.body["messages"]?.elements })
        let id = try #require(second[2]["tool_calls"]?.elements?.first?["id"]?.text)
        #expect(!id.isEmpty)
        #expect(second[3]["tool_call_id"]?.text == id)
    }

    @Test func `two calls that a local server numbers alike stay two`() async {
        let chunk = #"""
            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"latest_readings","arguments":"{}"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"comfort_report","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """#
        let server = ScriptedServer([.stream(chunk), .stream(Wire.openAI.answer(["Fine."]))])
        let events = await GuestRig(Wire.openAI.model(server), limits: Self.quick).ask("How is it?")
        #expect(events.calls.map(\.name) == ["latest_readings", "comfort_report"])
        #expect(events.results.map(\.isError) == [false, false])
    }
}
