import JSON
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "-12", "0", "1.5", "1e-07", #""a\"b\\c\nd""#, "[1,[],{}]", #"{"b":1,"a":{"c":[null,false]}}"#,
        #""°C 🌡️ ä""#,
    ])
    func `reads back what it writes, with the members in their order`(_ text: String) throws {
        #expect(try JSON(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "nul", "01", "1.", "-", "+1", "[1,]", "{\"a\":1,}", "{a:1}", "\"a", "\"\\x\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\u12g4\"", "1 2", "{\"a\":1,\"a\":2}", "\"a\nb\"", "NaN", "1e999", "[1", "{\"a\" 1}", "'a'",
        String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
    ])
    func `refuses what is no JSON`(_ text: String) {
        #expect(throws: JSON.Malformed.self) { try JSON(parsing: text) }
    }

    @Test func `reads escapes and spaces`() throws {
        #expect(try JSON(parsing: " { \"a\" : [ 1 , \"\\u00b0\\ud83c\\udf21\\/\\t\" ] } ") == ["a": [1, "°🌡/\t"]])
        #expect(try JSON(parsing: "12345678901234567890").double == Double("12345678901234567890"))
        #expect(throws: JSON.Malformed.self) { try JSON(parsing: [UInt8(0x22), 0xFF, 0x22]) }
    }

    @Test func `whole numbers are whole, whichever way they are written`() throws {
        #expect(try JSON(parsing: "3.0").int == 3)
        #expect(try JSON(parsing: "3.5").int == nil)
        #expect(JSON.number(23).description == "23")
        #expect(JSON.number(-0.25).description == "-0.25")
        #expect(JSON.number(1e300).description == "1e+300")
        #expect(JSON.number(.infinity).description == "null")
    }
}
