import Assistant
import Testing

@Suite struct ServerSentEventTests {
    private static let text =
        "\u{FEFF}: hello\r\nevent: one\r\ndata: 21 °C\r\ndata:two lines 🌡️\r\n\r\n\ndata\rdata: b\r\rid: 4\nretry: 9\nevent: gone\n\n"
        + "event:two\ndata: {\"a\":\"b: c\"}\nunknown: x\n\ndata: unfinished"

    private static let events = [
        ServerSentEvent(name: "one", data: "21 °C\ntwo lines 🌡️"), ServerSentEvent(name: "message", data: "\nb"),
        ServerSentEvent(name: "two", data: "{\"a\":\"b: c\"}"),
    ]

    @Test func `cuts events the same way, wherever the bytes are cut`() throws {
        let bytes = Array(Self.text.utf8)
        for size in 1...bytes.count {
            var parser = ServerSentEventParser()
            let events = try stride(from: 0, to: bytes.count, by: size).flatMap {
                try parser.take(Array(bytes[$0..<min($0 + size, bytes.count)]))
            }
            #expect(events == Self.events, "pieces of \(size)")
        }
    }

    @Test func `is bounded`() {
        var parser = ServerSentEventParser(longest: 100)
        #expect(throws: ServerSentEventParser.TooLong.self) {
            for _ in 0..<20 { _ = try parser.take(Array("data: 0123456789\n".utf8)) }
        }
        var endless = ServerSentEventParser(longest: 100)
        #expect(throws: ServerSentEventParser.TooLong.self) { try endless.take([UInt8](repeating: 0x61, count: 101)) }
    }
}
