import Assistant
import JSON
import Testing

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
