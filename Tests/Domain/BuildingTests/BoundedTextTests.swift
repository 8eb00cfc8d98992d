import Building
import Testing

@Suite struct BoundedTextTests {
    private static let accents = "e\u{301}\u{302}\u{303}\u{304}"

    @Test(arguments: ["", "x", String(repeating: "x", count: 200), String(repeating: "ä", count: 100)])
    func `holds what fits`(text: String) {
        #expect(ShortText(text)?.text == text)
        #expect(ShortText(shortening: text).text == text)
    }

    @Test(arguments: [
        String(repeating: "x", count: 201), String(repeating: "ä", count: 101), "a\0b",
        String(repeating: accents, count: 64), "e" + String(repeating: "\u{301}", count: 1_000_000),
        String(repeating: "👨‍👩‍👧‍👦", count: 64), "\u{301}" + String(repeating: "\u{302}", count: 200),
    ])
    func `cannot be made of what does not, but of its beginning`(text: String) {
        #expect(ShortText(text) == nil)
        let cut = ShortText(shortening: text).text
        #expect(cut.utf8.count <= 200 && !cut.utf8.contains(0) && !cut.isEmpty)
        #expect(ShortText(cut)?.text == cut)
        #expect(cut.hasSuffix("…") || text.utf8.contains(0))
    }

    @Test func `is cut between characters`() {
        let cut = ShortText(shortening: String(repeating: Self.accents, count: 64)).text
        #expect(cut.dropLast().allSatisfy { String($0) == Self.accents })
        #expect(cut.count == 22)
    }
}
