import Assistant
import JSON
import Testing

@Suite struct ChatReplyTests {
    @Test func `is another reply where conversation, text or tools differ`() async throws {
        let model = ScriptedModel([ScriptedModel.call(("latest_readings", "{}")), ScriptedModel.say("21.4 °C.")])
        let reply = try #require(await GuestRig(model).ask("How warm is it?").reply)
        #expect(reply.outcomes.count == 1)
        var same = reply
        same.reply = String(reply.reply)
        #expect(same == reply)
        var other = reply
        other.conversationID += "x"
        #expect(other != reply)
        other = reply
        other.reply += " "
        #expect(other != reply)
        other = reply
        other.outcomes = []
        #expect(other != reply)
        other = reply
        other.outcomes[0].1.isError.toggle()
        #expect(other != reply)
    }
}
