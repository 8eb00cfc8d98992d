import Concierge
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
        #expect(JSON.number(.infinity).description == "null")
    }
}

@Suite struct JSONSchemaTests {
    private let schema = JSONSchema.object([
        .required("name", JSONSchema(.string(lengths: 1...5))),
        .required("kind", JSONSchema(.choice(["a", "b"]))),
        .optional("count", JSONSchema(.integer(1...10))),
        .optional("share", JSONSchema(.number(0...1))),
        .optional("when", JSONSchema(.dateTime, isNullable: true)),
        .optional("on", JSONSchema(.bool)),
        .optional("list", JSONSchema(.array(of: JSONSchema(.choice(["x", "y"])), counts: 1...2))),
        .optional("inner", .object([.required("deep", JSONSchema(.bool))])),
    ])

    @Test(arguments: [
        #"{"name":"abc","kind":"a"}"#,
        #"{"name":"äöü","kind":"b","count":10.0,"share":0,"when":null,"on":true,"list":["x","y"],"inner":{"deep":false}}"#,
        #"{"name":"abc","kind":"a","when":"2026-11-21T08:30:00+01:00"}"#,
        #"{"name":"abc","kind":"a","when":"2026-11-21 08:30"}"#,
    ])
    func `lets through what fits`(_ text: String) throws {
        #expect(schema.violations(in: try JSON(parsing: text)) == [])
    }

    @Test(
        arguments: [
            ("[]", "The arguments must be an object, got []."),
            (#"{"kind":"a"}"#, "“name” is required and missing."),
            (#"{"name":"","kind":"a"}"#, "“name” must be a string of 1 to 5 characters, got \"\"."),
            (#"{"name":"abcdef","kind":"a"}"#, "“name” must be a string of 1 to 5 characters, got \"abcdef\"."),
            (#"{"name":null,"kind":"a"}"#, "“name” must be a string, got null."),
            (#"{"name":"a","kind":"c"}"#, "“kind” must be one of “a”, “b”, got \"c\"."),
            (#"{"name":"a","kind":"a","count":11}"#, "“count” must be a whole number from 1 to 10, got 11."),
            (#"{"name":"a","kind":"a","count":1.5}"#, "“count” must be a whole number from 1 to 10, got 1.5."),
            (#"{"name":"a","kind":"a","count":"1"}"#, "“count” must be a whole number from 1 to 10, got \"1\"."),
            (#"{"name":"a","kind":"a","share":-0.1}"#, "“share” must be a number from 0 to 1, got -0.1."),
            (#"{"name":"a","kind":"a","share":true}"#, "“share” must be a number from 0 to 1, got true."),
            (
                #"{"name":"a","kind":"a","when":"noon"}"#,
                "“when” must be an ISO 8601 date-time such as 2026-03-29T22:00:00+02:00 or null, got \"noon\"."
            ),
            (#"{"name":"a","kind":"a","on":1}"#, "“on” must be true or false, got 1."),
            (#"{"name":"a","kind":"a","list":[]}"#, "“list” must be an array of 1 to 2 elements, got []."),
            (#"{"name":"a","kind":"a","list":["x","z"]}"#, "“list[1]” must be one of “x”, “y”, got \"z\"."),
            (#"{"name":"a","kind":"a","inner":{}}"#, "“inner.deep” is required and missing."),
            (
                #"{"name":"a","kind":"a","inner":{"deep":true,"more":1}}"#,
                "“inner” must not have “more”. Allowed: deep."
            ),
        ])
    func `says what does not fit`(_ text: String, _ violation: String) throws {
        #expect(schema.violations(in: try JSON(parsing: text)) == [violation])
    }

    @Test func `is written as JSON Schema`() {
        #expect(
            schema.json["properties"]?["when"] == ["type": ["string", "null"], "format": "date-time"])
        #expect(
            schema.json["properties"]?["list"]
                == ["type": "array", "items": ["type": "string", "enum": ["x", "y"]], "minItems": 1, "maxItems": 2])
        #expect(schema.json["required"] == ["name", "kind"])
        #expect(schema.json["additionalProperties"] == false)
    }
}
