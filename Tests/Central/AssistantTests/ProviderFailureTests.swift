import Assistant
import JSON
import ProviderRig
import Synchronization
import Testing

/// Providers that refuse a request, ask for a pause or can't be reached.
@Suite struct ProviderFailureTests {
    @Test(arguments: Wire.allCases)
    func `tries again when the provider is overloaded or limits the rate`(_ wire: Wire) async {
        let server = ScriptedServer([wire.overloaded, wire.rateLimited(after: "0"), .stream(wire.answer(["Hello!"]))])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(events.names == ["text", "done"])
        #expect(events.text == "Hello!")
        #expect(server.requests.withLock { $0.count } == 3)
    }

    @Test(arguments: Wire.allCases, [Language.english, .german])
    func `apologises in the guest's language when the provider stays overloaded`(
        _ wire: Wire, _ language: Language
    ) async {
        let server = ScriptedServer([wire.overloaded])
        let events = await GuestRig(wire.model(server), limits: .quick)
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
        let events = await GuestRig(wire.model(server), limits: .quick).ask("How warm is it?")
        #expect(events.problem == "model_rate_limited")
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `a wrong key ends politely, and the key is in nothing that is said or thrown`(_ wire: Wire) async {
        for status in [401, 400, 500] {
            let server = ScriptedServer([.failure(status, wire.error("odd_error", "Incorrect API key: \(Wire.key)"))])
            let model = wire.model(server)
            let events = await GuestRig(model, limits: .quick).ask("Hello")
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
    func `waits as long as the provider says before it tries again`(_ wire: Wire) async {
        for (header, time) in [("retry-after", "0.4"), ("retry-after-ms", "400")] {
            let server = ScriptedServer([
                wire.rateLimited(after: time, header: header), .stream(wire.answer(["Hello!"])),
            ])
            let start = ContinuousClock.now
            let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
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
            let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
            #expect(events.names == ["text", "error", "done"], "\(status)")
            #expect(events.problem == problem, "\(status)")
            #expect(server.requests.withLock { $0.count } == tries, "\(status)")
        }
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
        let events = await GuestRig(OpenAIModel(settings: settings), limits: .quick).ask("Hello")
        #expect(events.problem == "model_unavailable")
    }
}
