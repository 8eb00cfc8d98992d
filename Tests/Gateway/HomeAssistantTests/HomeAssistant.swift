import Foundation
import Rig
import Testing

/// Home Assistant itself, with nothing but its MQTT integration, as its owner sees it.
final class HomeAssistant: Sendable {
    private static let environment = Checkout.file(".venv-home-assistant")
    private static let python = environment + "/bin/python"
    static let isInstalled = FileManager.default.fileExists(atPath: environment + "/installed.txt")

    private let process: ManagedProcess
    private let folder: TemporaryFolder
    private let port: Int
    private let token: String

    /// - Parameter brokerPort: of the broker that it is connected to.
    init(brokerPort: Int) async throws {
        let folder = TemporaryFolder()
        let port = LoopbackPort.free()
        (self.folder, self.port) = (folder, port)
        _ = try folder.write(
            "configuration.yaml",
            """
            homeassistant: { name: Test, time_zone: Europe/Berlin, unit_system: metric }
            http: { server_host: 127.0.0.1, server_port: \(port) }
            api:
            auth:
            config:
            websocket_api:
            logger: { default: warning }
            """)
        try FileManager.default.createDirectory(atPath: folder.file(".storage"), withIntermediateDirectories: true)
        _ = try folder.write(
            ".storage/core.config_entries",
            """
            {"version":1,"minor_version":1,"key":"core.config_entries","data":{"entries":[{
            "entry_id":"0123456789abcdef0123456789abcdef","version":1,"minor_version":1,"domain":"mqtt",
            "title":"mosquitto","data":{"broker":"127.0.0.1","port":\(brokerPort),"discovery":true},"options":{},
            "pref_disable_new_entities":false,"pref_disable_polling":false,"source":"user","unique_id":null,
            "disabled_by":null}]}}
            """)
        let program = [Checkout.file("Tests/Support/HomeAssistant/headless.py")]
        let owner = try await ManagedProcess.run(
            Self.python, program + ["--script", "auth", "--config", folder.path, "add", "owner", "secret"],
            within: .seconds(60))
        guard owner.status == 0 else { throw ManagedProcess.DidNotHappen(description: owner.output) }
        let process = try ManagedProcess(Self.python, program + ["--config", folder.path, "--skip-pip"])
        self.process = process
        try await eventually("Home Assistant answers", within: .seconds(60), detail: process.output) {
            try await ManagedProcess.run("curl", ["-sf", "http://127.0.0.1:\(port)/auth/providers"]).status == 0
        }
        token = try await Self.logIn(port: port)
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// As its page does for somebody with a password.
    private static func logIn(port: Int) async throws -> String {
        struct Flow: Decodable { var flowId: String }
        struct Result: Decodable { var result: String }
        struct Token: Decodable { var accessToken: String }
        let page = "http://127.0.0.1:\(port)/"
        func post<Answer: Decodable>(_ path: String, _ arguments: [String], as type: Answer.Type) async throws -> Answer
        {
            let answer = try await ManagedProcess.run("curl", ["-s", "\(page)\(path)"] + arguments)
            return try Self.decoder.decode(Answer.self, from: Data(answer.output.utf8))
        }
        let flow = try await post(
            "auth/login_flow",
            ["-d", #"{"client_id":"\#(page)","handler":["homeassistant",null],"redirect_uri":"\#(page)"}"#],
            as: Flow.self)
        let code = try await post(
            "auth/login_flow/\(flow.flowId)",
            ["-d", #"{"client_id":"\#(page)","username":"owner","password":"secret"}"#], as: Result.self)
        return try await post(
            "auth/token",
            ["-d", "grant_type=authorization_code", "-d", "code=\(code.result)", "-d", "client_id=\(page)"],
            as: Token.self
        ).accessToken
    }

    var output: String { process.output }

    func end() async { await process.terminate() }

    // MARK: What it knows

    struct State: Decodable {
        struct Attributes: Decodable {
            var temperature: Double?
            var currentTemperature: Double?
            var hvacAction: String?
            var presetMode: String?
            var hvacModes: [String]?
            var presetModes: [String]?
            var minTemp: Double?
            var maxTemp: Double?
            var reason: String?
            var quality: String?
            var unitOfMeasurement: String?
        }

        var state: String
        var attributes: Attributes
    }

    /// `nil` where there is no such entity.
    func state(_ entity: String) async throws -> State? {
        let answer = try await ManagedProcess.run(
            "curl", ["-s", "-H", "Authorization: Bearer \(token)", "http://127.0.0.1:\(port)/api/states/\(entity)"])
        return try? Self.decoder.decode(State.self, from: Data(answer.output.utf8))
    }

    /// Calls a service on an entity, as its page does when somebody taps.
    func call(_ service: String, _ entity: String, _ data: String = "{}") async throws {
        let parts = service.split(separator: ".")
        let command =
            #"{"type":"call_service","domain":"\#(parts[0])","service":"\#(parts[1])","service_data":\#(data),"#
            + #""target":{"entity_id":"\#(entity)"}}"#
        _ = try await ask(command)
    }

    struct Device: Decodable {
        var id: String
        var name: String
        var viaDeviceId: String?
        var identifiers: [[String]]
    }

    func devices() async throws -> [Device] {
        let devices = try await ask(#"{"type":"config/device_registry/list"}"#)
        return try Self.decoder.decode([Device].self, from: Data(devices.utf8))
    }

    struct Registered: Decodable {
        var entityId: String
        var deviceId: String?
    }

    func entities() async throws -> [Registered] {
        let entities = try await ask(#"{"type":"config/entity_registry/list"}"#)
        return try Self.decoder.decode([Registered].self, from: Data(entities.utf8))
    }

    private func ask(_ command: String) async throws -> String {
        let answer = try await ManagedProcess.run(
            Self.python, [Checkout.file("Tests/Support/HomeAssistant/ask.py"), "\(port)", token, command],
            within: .seconds(30))
        guard answer.status == 0 else {
            throw ManagedProcess.DidNotHappen(description: "\(command): \(answer.output)\n\(output.suffix(2000))")
        }
        return answer.output
    }
}

extension Trait where Self == ConditionTrait {
    static var withHomeAssistant: Self {
        .enabled(
            if: HomeAssistant.isInstalled,
            "Needs Home Assistant, which `make home-assistant` installs where there is Python 3.11.")
    }
}
