import Assistant
import Building
import JSON
import Synchronization
import Testing

/// How answers end, and what they say of changes that were not simply taken.
@Suite struct ChatOutcomeTests {
    @Test func `asks the model nothing more once the time is up`() async {
        var limits = ChatAgent.Limits()
        limits.time = .seconds(3)
        let model = ScriptedModel([ScriptedModel.call(("latest_readings", "{}")), ScriptedModel.say("Late.")])
        let rig = GuestRig(model, limits: limits)
        rig.room.state.withLock { $0.delay = .seconds(60) }
        let events = await rig.ask("How warm is it?")
        #expect(events.problem == "out_of_time")
        #expect(model.requests.withLock(\.count) == 1)
    }

    @Test(arguments: [
        (Language.english, "“How warm is it?”, “How was the air last night?”"),
        (.german, "„Wie warm ist es?“, „Wie war die Luft letzte Nacht?“"),
    ])
    func `gives examples to who asks for help, and where it did not understand`(
        language: Language, examples: String
    ) async {
        for message in [language == .german ? "Hilfe" : "help", "xyzzy plugh"] {
            let events = await GuestRig(BuiltInModel()).ask(message, language: language)
            #expect(events.text.contains(examples), "\(events.text)")
        }
    }

    /// What the built-in model says of a change with this result.
    private static func said(_ result: JSON, _ language: Language) async throws -> String {
        let call = ToolCall(id: "1", name: "set_temperature", arguments: #"{"celsius":30}"#)
        let outcome = ToolOutcome(
            callID: "1", name: "set_temperature", isError: false, content: result, summary: "set to 30 °C")
        let message = language == .german ? "Stell 30 Grad ein" : "Set it to 30 degrees"
        let request = ChatRequest(
            instructions: "",
            situation: .init(now: saturdayMorning, calendar: berlin, room: nil, language: language),
            tools: ToolBox.guest(room: FakeRoom(), energy: FakeEnergy(), now: { saturdayMorning }).definitions,
            messages: [.guest(message), .assistant(text: "", calls: [call]), .results([outcome])], maxTokens: 100)
        var said = ""
        for try await case .text(let text) in BuiltInModel().respond(to: request) { said += text }
        return said
    }

    @Test func `says of a change what the heating made of it`() async throws {
        let desired: JSON = ["celsius": 30, "until": .null]
        let limited: JSON = [
            "room": "Room 101", "desired": desired, "is_applied": true, "reported_setpoint_celsius": 26,
            "reason": "something new",
        ]
        let english = try await Self.said(limited, .english)
        #expect(english.contains("has not applied it exactly as requested: something new."), "\(english)")
        #expect(english.contains("It reports a set-point of 26 °C."), "\(english)")
        let german = try await Self.said(limited, .german)
        #expect(german.contains("nahm es nicht genau so: something new."), "\(german)")
        let coded: JSON = [
            "room": "Room 101", "desired": desired, "is_applied": true, "reported_setpoint_celsius": 26.5,
            "reason": "this building allows at most 26.5 °C", "reason_code": "at_most celsius=26.5",
        ]
        let allowed = try await Self.said(coded, .english)
        #expect(allowed.contains("exactly as requested: this building allows at most 26.5 °C."), "\(allowed)")
        let erlaubt = try await Self.said(coded, .german)
        #expect(erlaubt.contains("nahm es nicht genau so: hier gehen höchstens 26,5 °C."), "\(erlaubt)")
        let waiting = try await Self.said(["room": "Room 101", "desired": desired, "is_applied": false], .english)
        #expect(waiting.contains("has not confirmed it yet"), "\(waiting)")
        let taken = try await Self.said(["room": "Room 101", "desired": desired, "is_applied": true], .english)
        #expect(taken.contains("The heating has accepted it."), "\(taken)")
    }
}
