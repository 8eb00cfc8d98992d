import Assistant
import Building
import JSON
import Rig
import Synchronization
import Testing

/// The loop between model and tools.
@Suite struct ChatAgentTests {
    private static var quick: ChatAgent.Limits {
        var limits = ChatAgent.Limits()
        limits.backoff = .milliseconds(10)
        limits.time = .seconds(60)
        limits.turnTime = .seconds(20)
        return limits
    }

    private static let latest = ("latest_readings", "{}")

    @Test func `gives a tool's result to the model and the model's words to the guest`() async throws {
        let model = ScriptedModel([ScriptedModel.call(Self.latest), ScriptedModel.say("21.4 °C.")])
        let rig = GuestRig(model)
        let events = await rig.ask("How warm is it?")
        #expect(events.names == ["tool_call", "tool_result", "text", "done"])
        let second = try #require(model.requests.withLock { $0.last })
        guard case .results(let outcomes)? = second.messages.last else { return #expect(Bool(false)) }
        #expect(outcomes[0].content["readings"]?.elements?.first?["unit"] == "°C")
        #expect(outcomes[0].content["now"] == "2026-11-21T08:30:00+01:00")
        #expect(outcomes[0].content["coverage_percent"]?.int == 99)
        #expect(second.situation.text.contains("Saturday, 2026-11-21T08:30:00+01:00 (Europe/Berlin)"))
    }

    @Test func `runs what only reads side by side, and gives the results in the order of the calls`() async {
        let model = ScriptedModel([
            ScriptedModel.call(
                Self.latest, ("comfort_report", "{}"),
                ("reading_history", #"{"datapoint":"co2","statistic":"average"}"#)),
            ScriptedModel.say("Fine."),
        ])
        let rig = GuestRig(model)
        rig.room.state.withLock { $0.delay = .milliseconds(100) }
        let events = await rig.ask("How is it?")
        #expect(events.results.map(\.name) == ["latest_readings", "comfort_report", "reading_history"])
        // Models are given words, and the code beside them.
        guard case .results(let outcomes)? = model.requests.withLock({ $0.last?.messages.last }) else {
            return #expect(Bool(false))
        }
        let heating = outcomes[0].content["heating"]
        #expect(heating?["reason"]?.text == "closed: window open since 08:12")
        #expect(heating?["reason_code"]?.text == "window_open since=08:12")
        let cold = outcomes[1].content["outside"]?.elements?.first
        #expect(cold?["reasons"]?.elements?.map(\.text) == ["closed: window open since 06:05"])
        #expect(cold?["reason_codes"]?.elements?.map(\.text) == ["window_open since=06:05"])
        #expect(rig.room.state.withLock { $0.mostUnderWay } == 3)
    }

    @Test func `runs what changes something one after another`() async {
        let model = ScriptedModel([
            ScriptedModel.call(("set_temperature", #"{"celsius":22}"#), ("set_temperature", #"{"celsius":23}"#)),
            ScriptedModel.say("Done."),
        ])
        let rig = GuestRig(model)
        rig.room.state.withLock { $0.delay = .milliseconds(30) }
        _ = await rig.ask("Set it")
        #expect(rig.room.state.withLock { $0.mostUnderWay } == 1)
        #expect(rig.room.state.withLock { $0.desiredStates.map(\.celsius) } == [22, 23])
    }

    @Test(
        arguments: [
            ("set_temperature", #"{"celsius":40}"#, "“celsius” must be a number from 16 to 26 or null, got 40."),
            ("set_temperature", #"{"celsius":"23"}"#, "got \"23\"."),
            ("set_temperature", "{}", "“celsius” is required and missing."),
            ("set_temperature", #"{"celsius":22,"until":"10 pm"}"#, "“until” must be an ISO 8601 date-time"),
            ("set_temperature", #"{"celsius":22,"until":"2026-11-20T22:00"}"#, "must be in the future"),
            ("set_temperature", #"{"celsius":22,"until":"2036-11-20T22:00"}"#, "within 366 days"),
            ("set_temperature", #"{"celsius":2"#, "not JSON"),
            ("set_temperature", "[22]", "must be an object"),
            ("latest_readings", #"{"room":"room-102"}"#, "must not have “room”. None are allowed."),
            ("reading_history", #"{"datapoint":"temperature","statistic":"median"}"#, "must be one of “average”"),
            (
                "reading_history", #"{"datapoint":"presence_state","statistic":"minimum"}"#,
                "Use average or last_seen"
            ),
            (
                "reading_history", #"{"datapoint":"co2","statistic":"average","period":"tomorrow"}"#,
                "There are no forecasts"
            ),
            (
                "reading_history", #"{"datapoint":"co2","statistic":"average","period":"when I was young"}"#,
                "“period” is not understood"
            ),
            (
                "reading_history", #"{"datapoint":"co2","statistic":"average","start":"2026-11-20T00:00"}"#,
                "“start” and “end” together"
            ),
            (
                "comfort_report", #"{"start":"2026-11-20T00:00","end":"2026-11-19T00:00"}"#, "before “end”"
            ),
            ("list_rooms", "{}", "There is no tool “list_rooms”. Tools: latest_readings"),
            ("run_sql", "{}", "There is no tool “run_sql”"),
        ])
    func `gives a wrong call back to the model with what is wrong`(
        _ name: String, _ arguments: String, _ message: String
    ) async throws {
        let model = ScriptedModel([ScriptedModel.call((name, arguments)), ScriptedModel.say("Sorry.")])
        let rig = GuestRig(model)
        let events = await rig.ask("Hello")
        let outcome = try #require(events.results.first)
        #expect(outcome.isError)
        #expect(outcome.content["error"]?.text?.contains(message) == true, "\(outcome.content)")
        #expect(events.text == "Sorry.")
        #expect(rig.room.state.withLock { $0.desiredStates } == [])
        #expect(rig.room.state.withLock { $0.questions.isEmpty })
    }

    @Test func `a tool that fails says nothing of the cause`() async throws {
        struct Secret: Error, CustomStringConvertible { let description = "password of the database" }
        let rig = GuestRig(ScriptedModel([ScriptedModel.call(Self.latest), ScriptedModel.say("Sorry.")]))
        rig.room.state.withLock { $0.failure = Secret() }
        let events = await rig.ask("Hello")
        #expect(events.results.map(\.isError) == [true])
        #expect(!events.map(\.serverSentEvent).joined().contains("password"))
    }

    @Test func `a tool that hangs is given up`() async throws {
        let room = FakeRoom()
        room.state.withLock { $0.delay = .seconds(60) }
        var limits = ToolBox.Limits()
        limits.time = .milliseconds(50)
        let box = ToolBox.guest(room: room, energy: FakeEnergy(), limits: limits, now: { saturdayMorning })
        let outcome = await box.run(ToolCall(id: "1", name: "latest_readings", arguments: ""))
        #expect(outcome.isError)
        #expect(outcome.summary.contains("took too long"))
    }

    @Test func `stops a model that calls tools for ever`() async {
        var limits = Self.quick
        limits.turns = 4
        let model = ScriptedModel([ScriptedModel.call(Self.latest)])
        let events = await GuestRig(model, limits: limits).ask("How warm is it?")
        #expect(events.problem == "too_many_steps")
        #expect(model.requests.withLock { $0.map(\.mayCallTools) } == [true, true, true, false])
        #expect(events.results.map(\.isError) == [false, false, false, true])
        #expect(events.names.last == "done")
    }

    @Test func `takes the tools away when the tokens are used up`() async {
        var limits = Self.quick
        limits.tokens = 12
        let model = ScriptedModel([ScriptedModel.call(Self.latest), ScriptedModel.say("Enough.")])
        let events = await GuestRig(model, limits: limits).ask("How warm is it?")
        #expect(events.text == "Enough.")
        #expect(model.requests.withLock { $0.map(\.mayCallTools) } == [true, false])
    }

    @Test func `refuses more calls at once than the limit`() async {
        var limits = Self.quick
        limits.callsPerTurn = 2
        let model = ScriptedModel([
            ScriptedModel.call(Self.latest, Self.latest, Self.latest), ScriptedModel.say("Enough."),
        ])
        let events = await GuestRig(model, limits: limits).ask("How warm is it?")
        #expect(events.results.map(\.isError) == [false, false, true])
        #expect(Set(events.calls.map(\.id)).count == 3)
    }

    @Test func `never hangs with a model that hangs`() async {
        let start = ContinuousClock.now
        var limits = Self.quick
        limits.turnTime = .milliseconds(100)
        let events = await GuestRig(ScriptedModel([[.hang]]), limits: limits).ask("Hello")
        #expect(events.problem == "model_timeout")
        limits.turnTime = .seconds(30)
        limits.time = .milliseconds(200)
        let late = await GuestRig(ScriptedModel([[.hang]]), limits: limits).ask("Hello")
        #expect(late.names == ["text", "error", "done"])
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `a model that is given up says nothing more`() async {
        var limits = Self.quick
        limits.turnTime = .milliseconds(50)
        limits.attempts = 1
        let model = ScriptedModel([[.pause(.milliseconds(120)), .event(.text("Late!"))]])
        let events = await GuestRig(model, limits: limits).ask("Hello")
        try? await Task.sleep(for: .milliseconds(200))
        #expect(!events.text.contains("Late"))
    }

    @Test func `a model that says nothing gets an apology`() async {
        let model = ScriptedModel([[.event(.finished(.endOfTurn, .init()))]])
        #expect(await GuestRig(model, limits: Self.quick).ask("Hello").problem == "model_malformed")
    }

    @Test(arguments: [
        ("", "empty_message"), (" \n ", "empty_message"), (String(repeating: "a", count: 2001), "message_too_long"),
    ])
    func `refuses what is no message`(_ message: String, _ problem: String) async {
        let model = ScriptedModel([ScriptedModel.say("Hi")])
        let rig = GuestRig(model)
        let events = await rig.ask(message)
        #expect(events.problem == problem)
        #expect(events.names == ["text", "error", "done"])
        #expect(model.requests.withLock { $0.isEmpty })
    }

    @Test func `what is no message leaves the conversation as it was`() async throws {
        let rig = GuestRig(ScriptedModel([ScriptedModel.say("Hi")]))
        let id = try #require(await rig.ask("Hello").reply?.conversationID)
        #expect(await rig.ask(" ", conversation: id).reply?.conversationID == id)
        #expect(rig.conversations.messages(id).count == 2)
    }

    @Test func `ends its work when the reader leaves`() async throws {
        let model = ScriptedModel([[.event(.text("One moment")), .hang]])
        let rig = GuestRig(model)
        let stream = rig.agent.answer(rig.question("Hello"))
        let reader = Task { for await _ in stream {} }
        try await eventually("the model is asked") { model.requests.withLock { !$0.isEmpty } }
        #expect(model.departures.withLock(\.self) == 0)
        reader.cancel()
        await reader.value
        try await eventually("nobody waits for it any more") { model.departures.withLock { $0 == 1 } }
    }

    // MARK: Conversations

    @Test func `remembers a conversation`() async throws {
        let model = ScriptedModel([
            ScriptedModel.call(Self.latest), ScriptedModel.say("21.4 °C."), ScriptedModel.say("As I said."),
        ])
        let rig = GuestRig(model)
        let id = try #require(await rig.ask("How warm is it?").reply?.conversationID)
        #expect(id.count == 32)
        #expect(await rig.ask("And?", conversation: id).reply?.conversationID == id)
        let messages = try #require(model.requests.withLock { $0.last?.messages })
        #expect(messages.count == 5)
        #expect(messages.first == .guest("How warm is it?"))
        #expect(messages.last == .guest("And?"))
    }

    @Test func `another caller's conversation is as unknown as none`() async throws {
        let model = ScriptedModel([ScriptedModel.say("Secret.")])
        let rig = GuestRig(model)
        let id = try #require(await rig.ask("My secret is 42", owner: "token-1").reply?.conversationID)
        for (conversation, owner) in [(id, "token-2"), ("no-such-id", "token-1"), ("", "token-1")] {
            let reply = try #require(await rig.ask("What did I say?", conversation: conversation, owner: owner).reply)
            #expect(reply.conversationID != conversation)
            #expect(model.requests.withLock { $0.last?.messages.count } == 1)
        }
        #expect(rig.conversations.messages(id).count == 2)
    }

    @Test func `gives the model the newest whole exchanges only`() async throws {
        var limits = Self.quick
        limits.historyMessages = 5
        let turns = (0..<4).flatMap { _ in [ScriptedModel.call(Self.latest), ScriptedModel.say("21.4 °C.")] }
        let model = ScriptedModel(turns)
        let rig = GuestRig(model, limits: limits)
        let id = try #require(await rig.ask("One").reply?.conversationID)
        _ = await rig.ask("Two", conversation: id)
        _ = await rig.ask("Three", conversation: id)
        // The last five kept messages begin in the middle of the first exchange.
        let messages = model.requests.withLock { $0[4].messages }
        #expect(messages.first == .guest("Two"))
        #expect(messages.count == 5)
        // Of what the model gets, all ids differ, although it always says the same.
        for request in model.requests.withLock({ $0 }) {
            var ids: [String] = []
            for case .assistant(_, let calls) in request.messages { ids += calls.map(\.id) }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func `a conversation that can't be read or kept costs no answer`() async {
        struct BrokenStore: ConversationStore {
            struct Broken: Error {}
            func load(_ id: String, of owner: ConversationOwner, limit: Int) async throws -> [ChatMessage]? {
                throw Broken()
            }
            func append(_ messages: [ChatMessage], to id: String, of owner: ConversationOwner) async throws {
                throw Broken()
            }
        }
        let rig = GuestRig(BuiltInModel())
        let agent = ChatAgent(model: BuiltInModel(), conversations: BrokenStore(), now: { saturdayMorning })
        var events: [ChatEvent] = []
        for await event in agent.answer(rig.question("How warm is it?", conversation: "x")) { events.append(event) }
        #expect(events.text.contains("21.4 °C"))
    }

    @Test func `keeps what a tool has changed, also when the reader leaves before the answer`() async throws {
        let model = ScriptedModel([ScriptedModel.call(("set_temperature", #"{"celsius":23}"#)), [.hang]])
        let rig = GuestRig(model)
        for await event in rig.agent.answer(rig.question("Set 23")) { if event.name == "tool_result" { break } }
        let start = ContinuousClock.now
        while rig.conversations.count == 0, ContinuousClock.now - start < .seconds(2) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(rig.conversations.count == 1)
    }

    // MARK: What the client gets

    @Test func `events are server-sent events with JSON, as the contract names them`() async throws {
        let model = ScriptedModel([
            ScriptedModel.call(("energy_summary", #"{"resolution":"1day","period":"last week"}"#)),
            ScriptedModel.say("Here you are.\nTwo lines."),
        ])
        let events = await GuestRig(model).ask("Energy?")
        for event in events {
            let lines = event.serverSentEvent.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 4)
            #expect(lines[0] == "event: \(event.name)")
            #expect(try JSON(parsing: lines[1].dropFirst(6)).description == event.json.description)
        }
        let reply = try #require(events.reply).json
        #expect(reply.members?.map(\.name) == ["conversation_id", "reply", "tool_calls", "attachments"])
        #expect(
            reply["attachments"]
                == [
                    [
                        "name": "energy.csv", "url": "https://hearth.example/files/secret-signature",
                        "media_type": "text/csv",
                    ]
                ])
        #expect(reply["reply"] == "Here you are.\nTwo lines.")
    }

    @Test func `the signed link goes to the guest and never to the model`() async throws {
        let model = ScriptedModel([
            ScriptedModel.call(("energy_summary", #"{"resolution":"1hour"}"#)), ScriptedModel.say("Here you are."),
        ])
        let events = await GuestRig(model).ask("Energy?")
        #expect(events.reply?.attachments.count == 1)
        let messages = model.requests.withLock { $0.last?.messages ?? [] }
        guard case .results(let outcomes)? = messages.last else { return #expect(Bool(false)) }
        #expect(!outcomes[0].content.description.contains("secret-signature"))
    }
}
