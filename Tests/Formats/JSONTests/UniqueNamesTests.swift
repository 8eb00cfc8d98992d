import JSON
import Testing

@Suite struct UniqueNamesTests {
    @Test(arguments: [
        #"{"value":1,"value":2}"#, #"{"a":1,"b":{"c":1,"c":1}}"#, #"[1,{"x":[{}],"y":2,"x":3}]"#,
        #"{"value":1,"\u0076alue":2}"#, #"{ "a" : "a" , "a" : [ ] }"#, #"{"é":1,"e\u0301":2}"#, #"{"":1,"":2}"#,
        #"{"a\"b":1,"a\u0022b":2}"#, "{\"a\":1}\u{0}", #"{"a":{"b":[{"c":1},{"c":1,"d":{},"c":2}]}}"#,
    ])
    func `refuses a name that comes twice in one object, however it is written`(_ text: String) {
        #expect(throws: JSON.Malformed.self) { try JSON.requireUniqueNames(in: Array(text.utf8)) }
    }

    @Test(arguments: [
        #"{"value":1,"values":2}"#, #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":2}]"#, #"{"a":"a","b":"a"}"#,
        #"{"a":["x","x",{"x":1}],"x":"x"}"#, #"{"a":"{\"a\":1,\"a\":2}"}"#, "null", "", "{", #"{"a"#, #"["a","a"]"#,
        "}}]",
        #"{"a\\":1,"a":2}"#,
    ])
    func `takes everything else, and leaves what is no JSON to the decoder`(_ text: String) throws {
        try JSON.requireUniqueNames(in: Array(text.utf8))
    }

    @Test func `names the member`() {
        let error = #expect(throws: JSON.Malformed.self) {
            try JSON.requireUniqueNames(in: Array(#"{"a":1,"x y":1,"x y":2}"#.utf8))
        }
        #expect(error?.description == #"not JSON: the duplicate name "x y" at byte 15"#)
    }

    @Test func `is linear in time`() {
        func seconds(_ count: Int) -> Double {
            let names = (0..<count).map { "\"name-\($0)\":\($0)" }.joined(separator: ",")
            let deep = String(repeating: "[", count: count) + String(repeating: "]", count: count)
            let text = Array("{\(names),\"deep\":\(deep)}".utf8)
            let time = ContinuousClock().measure { #expect(JSON.hasUniqueNames(text)) }
            return time / .seconds(1)
        }
        _ = seconds(1000)
        let (small, large) = (seconds(20_000), seconds(200_000))
        // Ten times as much: a square would take a hundred times as long.
        #expect(large < small * 40 + 0.5, "\(small) s, \(large) s")
    }
}
