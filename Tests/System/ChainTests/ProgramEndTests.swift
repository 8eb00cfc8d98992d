import Foundation
import Rig
import Testing

/// What `hearth-edge` tells whoever started it.
@Suite(.timeLimit(.minutes(2)))
struct ProgramEndTests {
    private static let check = ["check", "--config", Checkout.file("config/edge.yaml")]

    @Test func `fails where what it prints can't be written`() async throws {
        let edge = Executables.path("hearth-edge")
        let arguments = Self.check.map { "'\($0)'" }.joined(separator: " ")
        let full = try await ManagedProcess.run("sh", ["-c", "'\(edge)' \(arguments) > /dev/full"])
        #expect(full.status == 1)
        #expect(full.output.contains("The output could not be written"), "\(full.output)")
        #expect(try await ManagedProcess.run(edge, Self.check).status == 0)
    }

    @Test func `runs on where the socket to notify can't be`() async throws {
        let folder = TemporaryFolder()
        // 108 bytes are what a socket's address holds, with the NUL behind it.
        for length in [107, 108, 400] {
            let socket = "/tmp/" + String(repeating: "s", count: length - 5)
            let broker = try await Broker()
            let edge = try ManagedProcess(
                Executables.path("hearth-edge"),
                [
                    "run", "--config", Checkout.file("config/edge.yaml"), "--set", "mqtt.host=127.0.0.1", "--set",
                    "mqtt.port=\(broker.port)", "--set", "buffer.path=\(folder.file("\(length).sqlite"))", "--set",
                    "central.url=http://127.0.0.1:\(LoopbackPort.free())", "--set",
                    "central.tokenFile=\(try folder.write("token", "x"))",
                ], environment: ["NOTIFY_SOCKET": socket])
            try await edge.waitFor(output: "intake is connected")
            #expect(await edge.terminate() == 0, "\(length): \(edge.output)")
        }
    }
}
