import Assistant
import Foundation
import ProviderRig
import Synchronization
import Testing

/// Streams of providers that break off, hang, report an error or end early.
@Suite struct ProviderStreamTests {
    @Test(arguments: Wire.allCases)
    func `tries again after an error in the middle of a stream, as long as nothing was said`(_ wire: Wire) async {
        let server = ScriptedServer([
            .stream(wire.opening + wire.errorEvent("overloaded_error")), .stream(wire.answer(["Hello!"])),
        ])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(events.names == ["text", "done"])
        #expect(events.text == "Hello!")
    }

    @Test(arguments: Wire.allCases)
    func `ends politely after an error in the middle of a sentence`(_ wire: Wire) async {
        let server = ScriptedServer([
            .stream(wire.opening + wire.text(["Your room is "]) + wire.errorEvent("overloaded_error"))
        ])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("How warm is it?")
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
        let rig = GuestRig(wire.model(server), limits: .quick)
        #expect(await rig.ask("Set 23 degrees").text == "Hello!")
        #expect(rig.room.state.withLock { $0.desiredStates } == [])
    }

    @Test(arguments: Wire.allCases)
    func `never hangs with a provider that hangs`(_ wire: Wire) async {
        let server = ScriptedServer([
            .init(steps: [.hang]), .init(steps: [.bytes(Array(wire.opening.utf8)), .hang]),
        ])
        let start = ContinuousClock.now
        let events = await GuestRig(wire.model(server, idle: .milliseconds(200)), limits: .quick).ask("Hello")
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
    func `a refusal ends politely and is not tried again`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.closing(.refusal))])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(events.problem == "model_refused")
        #expect(events.text.hasPrefix("Sorry, I can't help with that."))
        #expect(server.requests.withLock { $0.count } == 1)
    }

    @Test(arguments: Wire.allCases)
    func `an answer that is too long says so`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.text(["A long "]) + wire.closing(.length))])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(events.problem == "too_long")
        #expect(events.text.hasPrefix("A long "))
    }

    @Test(arguments: Wire.allCases)
    func `what is no JSON ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([.stream("data: {oops\n\n")])
        #expect(await GuestRig(wire.model(server), limits: .quick).ask("Hello").problem == "model_malformed")
    }

    @Test(arguments: Wire.allCases)
    func `says of an error in the middle of a stream what kind it is`(_ wire: Wire) async {
        for (type, problem) in [
            ("overloaded_error", "model_overloaded"), ("rate_limit_error", "model_rate_limited"),
            ("timeout_error", "model_timeout"), ("authentication_error", "model_unauthorized"),
            ("api_error", "model_unavailable"), ("something_new", "model_unavailable"),
        ] {
            let server = ScriptedServer([.stream(wire.opening + wire.errorEvent(type))])
            let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
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
        let rig = GuestRig(wire.model(server), limits: .quick)
        let events = await rig.ask("Set 23 degrees")
        #expect(events.names == ["text", "done"] && events.text == "Hello!")
        #expect(rig.room.state.withLock { $0.desiredStates } == [])
    }

    @Test(arguments: Wire.allCases)
    func `a provider that falls silent in the middle of a sentence ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([
            .init(steps: [.bytes(Array((wire.opening + wire.text(["Your room "])).utf8)), .hang])
        ])
        let start = ContinuousClock.now
        let events = await GuestRig(wire.model(server, idle: .milliseconds(200)), limits: .quick).ask("Hello")
        #expect(events.text.hasPrefix("Your room \n\nSorry, I can't answer at the moment."))
        #expect(events.problem == "model_timeout")
        #expect(server.requests.withLock { $0.count } == 1)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(arguments: Wire.allCases)
    func `a refusal in the middle of an answer ends politely`(_ wire: Wire) async {
        let server = ScriptedServer([.stream(wire.opening + wire.text(["I think "]) + wire.closing(.refusal))])
        let events = await GuestRig(wire.model(server), limits: .quick).ask("Hello")
        #expect(
            events.text == "I think \n\nSorry, I can't help with that. "
                + "I can tell you about your room and its temperature, though.")
        #expect(events.problem == "model_refused")
        #expect(server.requests.withLock { $0.count } == 1)
    }
}
