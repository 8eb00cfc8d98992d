import Postgres
import Testing

@Suite struct ConnectionTargetTests {
    @Test func `shows where a URL leads and nothing secret`() throws {
        let target = try ConnectionTarget(url: "postgres://hearth:topsecret@db1.example:5433/main?sslmode=require")
        #expect("\(target)" == "hearth@db1.example:5433/main")
        let several = try ConnectionTarget(url: "postgresql://u:p@a,b:5433/h?target_session_attrs=read-write")
        #expect("\(several)" == "u@a,b:,5433/h")
    }

    @Test(arguments: [
        "topsecret", "postgresql://u:topsecret%zz@h/d", "postgresql://u:top secret@h/d?x", "host=a topsecret",
        "postgresql://u:p@h/d?topsecret=1",
    ])
    func `refuses what is no URL without repeating it`(url: String) throws {
        let error = #expect(throws: PostgresError.self) { try ConnectionTarget(url: url) }
        #expect(error.map { "\($0)" }?.contains("secret") == false)
    }

    /// A library that logs what it runs prints what that holds.
    @Test func `shows no password, however deep the settings lie in what is printed`() {
        struct Holder { var settings: [ConnectionSettings] }
        let settings = ConnectionSettings(url: "postgresql://u:topsecret@h/d", applicationName: "test")
        for text in [
            "\(settings)", "\(Holder(settings: [settings]))", String(reflecting: Holder(settings: [settings])),
        ] {
            #expect(!text.contains("topsecret"))
            #expect(text.contains("u@h/d"))
        }
    }
}
