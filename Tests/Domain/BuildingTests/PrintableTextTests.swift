import Building
import Testing

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("reception", "reception"), ("Zimmer 101, 22 °C – gut 👍🏽", "Zimmer 101, 22 °C – gut 👍🏽"),
        ("شقة", "شقة"), ("👨‍👩‍👧", "👨‍👩‍👧"), ("می‌خواهم", "می‌خواهم"),
        ("a\u{202E}b", "a\\u{202E}b"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("\u{200F}", "\\u{200F}"),
        ("a\nb\tc", "a\\nb\\tc"), ("\u{1B}[31m", "\\u{1B}[31m"), ("a\u{2028}b", "a\\u{2028}b"),
        ("\u{FEFF}x", "\\u{FEFF}x"), ("\u{7F}\u{85}", "\\u{7F}\\u{0085}"),
    ])
    func `writes out what no reader sees, and nothing else`(_ text: String, _ shown: String) {
        #expect(text.printable == shown)
        #expect(shown.printable == shown)
    }

    @Test func `keeps lines where there are several`() {
        #expect("a\u{202E}\n\nb\r".printableLines == "a\\u{202E}\n\nb\\r")
    }
}
