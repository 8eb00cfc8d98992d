import CentralService
import ConfigurationFile
import Rig
import Testing

@Suite struct ConfigurationTests {
    let folder = TemporaryFolder()

    func load(
        _ text: String?, _ overrides: [String] = [], variable: String? = "postgresql://u@h/d"
    ) throws -> CentralConfiguration {
        let path = try text.map { try folder.write("central.yaml", $0) }
        return try CentralConfiguration.load(
            path: path, overrides: overrides, environment: variable.map { ["DATABASE_URL": $0] } ?? [:])
    }

    @Test func `shows in the shipped file what is built in`() throws {
        let shipped = try CentralConfiguration.load(
            path: Checkout.file("config/central.yaml"), overrides: [], environment: [:])
        var builtIn = try load(nil)
        builtIn.database.url = "postgresql://hearth@localhost:5432/hearth"
        #expect("\(shipped)" == "\(builtIn)")
    }

    @Test func `takes the command line before the variable before the file`() throws {
        let file = "database: {url: postgresql://file@h/d}"
        #expect(try load(file, variable: nil).database.url == "postgresql://file@h/d")
        #expect(try load(file).database.url == "postgresql://u@h/d")
        let overridden = try load(file, ["database.url=postgresql://set@h/d", "http.port=9"])
        #expect(overridden.database.url == "postgresql://set@h/d")
        #expect(overridden.http.port == 9)
    }

    @Test(arguments: [
        ("http: {prot: 1}", "http.prot"), ("http: {port: 70000}", "http.port"), ("htp: {}", "htp"),
        ("http: {port: eighty}", "http.port"), ("log: {level: loud}", "log.level"),
        ("database: {connections: 0}", "database.connections"), ("ingest: {batchBytes: 1}", "ingest.batchBytes"),
        ("shutdown: {graceSeconds: -1}", "shutdown.graceSeconds"), ("database: []", "database"),
        ("database: {connectTimeoutSeconds: 1}", "database.connectTimeoutSeconds"),
    ])
    func `names file and key of what is wrong`(text: String, key: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try load(text) }
        #expect(error?.key == key)
        #expect(error?.file.hasSuffix("central.yaml") == true)
    }

    @Test func `wants a database, and never shows the URL that it cannot read`() throws {
        let missing = #expect(throws: ConfigurationError.self) { try load("http: {port: 1}", variable: nil) }
        #expect(missing?.key == "database.url")
        let wrong = #expect(throws: ConfigurationError.self) {
            try load(nil, variable: "postgresql://u:topsecret%zz@h/d")
        }
        #expect(wrong?.key == "DATABASE_URL")
        #expect(wrong.map { "\($0)" }?.contains("topsecret") == false)
    }

    @Test func `takes the password's file from the variable before the configuration, and names one that is not there`()
        throws
    {
        let inFile = try folder.write("configured", "a\n")
        let inVariable = try folder.write("given", "b\n")
        let text = "database: {passwordFile: \(inFile)}"
        func load(_ path: String?, variable: String? = nil) throws -> String? {
            var environment = ["DATABASE_URL": "postgresql://u@h/d"]
            environment["DATABASE_PASSWORD_FILE"] = variable
            return try CentralConfiguration.load(path: path, overrides: [], environment: environment)
                .database.passwordFile
        }
        let configuration = try folder.write("with-password.yaml", text)
        #expect(try load(nil) == nil)
        #expect(try load(configuration) == inFile)
        #expect(try load(configuration, variable: inVariable) == inVariable)
        let missing = #expect(throws: ConfigurationError.self) { try load(nil, variable: "/nowhere/password") }
        #expect(missing?.key == "DATABASE_PASSWORD_FILE")
        #expect(missing.map { "\($0)" }?.contains("/nowhere/password") == true)
    }
}
