import Assistant
import JSON
import ProviderRig
import Synchronization
import Testing

/// What one provider does on the wire and the other does not.
@Suite struct ProviderDialectTests {
    @Test(arguments: [
        #"{"choices":[{"index":0,"delta":{"refusal":"I'm sorry, I can't."},"finish_reason":null}]}"#,
        #"{"error":{"message":"Filtered","type":"invalid_request_error","code":"content_filter"}}"#,
    ])
    func `understands how OpenAI refuses`(_ chunk: String) async {
        let wire = Wire.openAI
        let server = ScriptedServer([.stream(wire.opening + "data: \(chunk)\n\n" + wire.closing(.end))])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(events.problem == "model_refused", "\(events.text)")
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
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
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
        let rig = GuestRig(wire.model(server), limits: .quick)
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
        let events = await GuestRig(Wire.openAI.model(server), limits: .quick).ask("How is it?")
        #expect(events.calls.map(\.name) == ["latest_readings", "comfort_report"])
        #expect(events.results.map(\.isError) == [false, false])
    }
}
