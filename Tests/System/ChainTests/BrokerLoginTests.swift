import Foundation
import Rig
import ServiceRig
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

    private func gateway(_ broker: Broker, user: String, password: String) throws -> EdgeProgram {
        let file = try folder.write("mqtt-password", password + "\nnot this line\n")
        return try EdgeProgram(
            broker: broker.port, in: folder, central: "http://127.0.0.1:\(LoopbackPort.free())", token: "x",
            settings: ["mqtt.user=\(user)", "mqtt.passwordFile=\(file)"])
    }

    @Test func `logs in with its name and the first line of the password's file`() async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let edge = try await gateway(broker, user: "gateway", password: "open-sesame").start()
        #expect(!edge.output.contains("open-sesame"))
        #expect(await edge.terminate() == 0)
    }

    @Test(arguments: [("gateway", "let-me-in"), ("stranger", "open-sesame")])
    func `says that the broker refuses it, and shows no password`(user: String, password: String) async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let edge = try gateway(broker, user: user, password: password).launch()
        try await eventually("refused", detail: edge.output) { edge.output.lowercased().contains("not authori") }
        #expect(!edge.output.contains("is connected"))
        #expect(!edge.output.contains(password))
        #expect(await edge.terminate() == 0)
    }

    @Test func `status says that the login is refused, and names the settings`() async throws {
        let broker = try await broker(user: "gateway", password: "open-sesame")
        let wrong = try await gateway(broker, user: "gateway", password: "let-me-in").status()
        #expect(wrong.status == 1)
        for text in [
            "the broker refuses the login", "“gateway” (mqtt.user)",
            "\(folder.file("mqtt-password")) (mqtt.passwordFile)",
        ] {
            #expect(wrong.output.contains(text), "\(wrong.output)")
        }
        #expect(!wrong.output.contains("Is it running") && !wrong.output.contains("let-me-in"), "\(wrong.output)")
    }
}
