import Foundation
import Rig
import Testing

/// A gateway at a broker that lets nobody in without a password.
@Suite(.timeLimit(.minutes(3)))
struct BrokerLoginTests {
    private let folder = TemporaryFolder()

    private func broker(user: String, password: String) async throws -> Broker {
        let file = folder.file("passwords")
        let made = try await ManagedProcess.run("mosquitto_passwd", ["-b", "-c", file, user, password])
        try #require(made.status == 0, "\(made.output)")
        return try await Broker(extra: "password_file \(file)")
    }

    private func start(_ broker: Broker, user: String, password: String) throws -> ManagedProcess {
        let settings = [
            "mqtt.host=127.0.0.1", "mqtt.port=\(broker.port)", "mqtt.user=\(user)",
            "mqtt.passwordFile=\(try folder.write("mqtt-password", password + "\nnot this line\n"))",
            "buffer.path=\(folder.file("outbox.sqlite"))", "central.url=http://127.0.0.1:\(LoopbackPort.free())",
            "central.tokenFile=\(try folder.write("token", "x"))",
        ]
        return try ManagedProcess(
            Executables.path("hearth-edge"),
            ["run", "--config", Checkout.file("config/edge.yaml")] + settings.flatMap { ["--set", $0] })
    }

    @Test func `logs in with its name and the first line of the password's file`() async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let edge = try start(broker, user: "gateway", password: "open-sesame")
        try await edge.waitFor(output: "intake is connected")
        try await edge.waitFor(output: "control is connected")
        #expect(!edge.output.contains("open-sesame"))
        #expect(await edge.terminate() == 0)
    }

    @Test(arguments: [("gateway", "let-me-in"), ("stranger", "open-sesame")])
    func `says that the broker refuses it, and shows no password`(user: String, password: String) async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let edge = try start(broker, user: user, password: password)
        try await eventually("refused", detail: edge.output) { edge.output.lowercased().contains("not authori") }
        #expect(!edge.output.contains("is connected"))
        #expect(!edge.output.contains(password))
        #expect(await edge.terminate() == 0)
    }

    @Test func `status says that the login is refused, and names the settings`() async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let file = try folder.write("mqtt-password", "let-me-in\n")
        func status(_ more: [String]) async throws -> (status: Int32, output: String) {
            let settings = ["mqtt.host=127.0.0.1", "mqtt.port=\(broker.port)"] + more
            return try await ManagedProcess.run(
                Executables.path("hearth-edge"),
                ["status", "--config", Checkout.file("config/edge.yaml")] + settings.flatMap { ["--set", $0] })
        }
        let wrong = try await status(["mqtt.user=gateway", "mqtt.passwordFile=\(file)"])
        #expect(wrong.status == 1)
        for text in ["the broker refuses the login", "“gateway” (mqtt.user)", "\(file) (mqtt.passwordFile)"] {
            #expect(wrong.output.contains(text), "\(wrong.output)")
        }
        #expect(!wrong.output.contains("Is it running") && !wrong.output.contains("let-me-in"), "\(wrong.output)")
    }
}
