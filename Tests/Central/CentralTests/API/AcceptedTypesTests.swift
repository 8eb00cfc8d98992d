import APISupport
import HTTPTypes
import Testing

@Suite struct AcceptedTypesTests {
    @Test(arguments: [
        ("application/json", 1.0, 0.0), ("application/json;q=0, */*", 0, 1),
        ("text/*;q=0.5, application/json; q=0.1", 0.1, 0.5),
        ("*/*", 1, 1), ("APPLICATION/JSON; charset=utf-8", 1, 0), ("application/json;q=x", 1, 0),
        ("text/event-stream;q=0, application/json", 1, 0), ("image/png", 0, 0),
    ])
    func `are weighed as the client says`(header: String, json: Double, events: Double) {
        let accepted = AcceptedTypes([.accept: header])
        #expect(accepted.weight(of: "application/json") == json)
        #expect(accepted.weight(of: "text/event-stream") == events)
    }

    @Test func `are all of them where the client says nothing`() {
        #expect(AcceptedTypes([:]).weight(of: "text/csv") == 1)
        #expect(!AcceptedTypes([:]).names("text/csv"))
        #expect(AcceptedTypes([.accept: "text/csv, text/html;q=0"]).names("text/csv"))
        #expect(!AcceptedTypes([.accept: "text/csv, text/html;q=0"]).names("text/html"))
    }
}
