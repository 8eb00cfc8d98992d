import Foundation
import Rig
import ServiceRig
import Testing

/// What `hearth-edge` tells whoever started it.
@Suite(.timeLimit(.minutes(2)))
struct ProgramEndTests {
    @Test func `fails where what it prints can't be written`() async throws {
        let check = "'\(EdgeProgram.path)' check --config '\(Checkout.file("config/edge.yaml"))'"
        let full = try await ManagedProcess.run("sh", ["-c", "\(check) > /dev/full"])
        #expect(full.status == 1)
        #expect(full.output.contains("The output could not be written"), "\(full.output)")
        #expect(try await EdgeProgram.command("check").status == 0)
    }

    @Test func `runs on where the socket to notify can't be`() async throws {
        // 108 bytes are what a socket's address holds, with the NUL behind it.
        for length in [107, 108, 400] {
            let socket = "/tmp/" + String(repeating: "s", count: length - 5)
            let broker = try await Broker()
            let program = try EdgeProgram(
                broker: broker.port, central: "http://127.0.0.1:\(LoopbackPort.free())", token: "x")
            let edge = try await program.start(environment: ["NOTIFY_SOCKET": socket])
            #expect(await edge.terminate() == 0, "\(length): \(edge.output)")
        }
    }
}
