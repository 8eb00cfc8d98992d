import Building
import MeterLoader
import Testing

@Suite struct MeterRecordTests {
    private static let now = Timestamp(wholeSecondsSince1970: 1_800_000_000)  // 2027-01-15T08:00:00Z

    private func records(_ text: String) throws -> [Result<MeterRecord, MeterRecordProblem>] {
        var document = MeterDocument(now: Self.now)
        var found: [Result<MeterRecord, MeterRecordProblem>] = []
        try document.read(Array(#"{"data":[\#(text)]}"#.utf8)) { found.append($1) }
        return found
    }

    private func record(_ time: String, _ rest: String) -> String {
        #"{"measurement":"energy","timestamp":"\#(time)","tags":{"muid":"m"},\#(rest)}"#
    }

    @Test(
        arguments: [
            ("2027-01-15T08:00:00Z", #""0100011D00FF":0.5"#, nil),
            ("2027-01-16T07:00:00Z", #""0100011D00FF":0.5"#, nil),
            ("2027-01-17T08:00:00Z", #""0100011D00FF":0.5"#, "in the future"),
            ("2099-12-31T00:00:00Z", #""0100011D00FF":0.5"#, "in the future"),
            ("2027-01-15T08:00:00Z", #""0100011D00FF":1e300"#, "more than any meter can count"),
            ("2027-01-15T08:00:00Z", #""0100011D00FF":0.5,"0100011D00FF":0.7"#, "it has a duplicate name"),
        ] as [(String, String, String?)])
    func `takes no record that can't be so`(_ time: String, _ rest: String, _ problem: String?) throws {
        switch try records(record(time, rest))[0] {
        case .success: #expect(problem == nil)
        case .failure(let found): #expect(problem.map { found.reason.contains($0) } == true, "\(found)")
        }
    }
}
