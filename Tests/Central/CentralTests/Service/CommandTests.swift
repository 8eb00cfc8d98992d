import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Storage
import Testing

@Suite(.withDatabaseServer, .database) struct CommandTests {
    @Test func `manages tokens from the first to the last`() async throws {
        let gateway = try await CentralProcess.token("gateway", "--building", "cli", "--label", "attic")
        #expect(gateway.hasPrefix("hearth_g_"))
        let list = try await CentralProcess.command("gateway", "list")
        let line = try #require(list.output.split(separator: "\n").first { $0.contains("attic") })
        #expect(line.contains("cli"))
        let id = String(line.split(separator: " ")[0])
        #expect(try await CentralProcess.command("gateway", "revoke", id).status == 0)
        let again = try await CentralProcess.command("gateway", "revoke", id)
        #expect(again.status == 1)
        #expect(again.output.contains("hearth-central gateway list"))
    }

    @Test func `refuses a guest of a room that is not known, and a time that is none`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("cli-guest"))
        let unknown = try await CentralProcess.command("guest", "link", "--building", "cli-guest", "--room", "room-7")
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("There is no room “room-7” in the building “cli-guest”."))
        let arguments = ["--building", "cli-guest", "--room", "room-101", "--until"]
        let soon = try await CentralProcess.command(["guest", "link"] + arguments + ["soon"])
        #expect(soon.status == 1)
        #expect(soon.output.contains("Europe/Berlin"))
        let past = try await CentralProcess.command(["guest", "link"] + arguments + ["2020-01-01"])
        #expect(past.status == 1)
        #expect(past.output.contains("has passed"))
        let turned = try await CentralProcess.command(
            ["guest", "link"] + arguments + ["2099-12-24T11:00", "--from", "2099-12-25"])
        #expect(turned.status == 1)
        #expect(turned.output.contains("before it starts"))
        _ = try await CentralProcess.token(
            "guest", "--building", "cli-guest", "--room", "room-101", "--from", "2099-12-20T15:00", "--until",
            "2099-12-24T11:00")
        let list = try await CentralProcess.command("guest", "list")
        #expect(list.output.contains("2099-12-20T14:00:00Z  2099-12-24T10:00:00Z"))
    }

    @Test(
        arguments: [
            (["gateway", "add"], 64), (["gateway", "add", "--building", "a b"], 64), (["fly"], 64), (["--help"], 0),
            (["serve", "--set", "http.port=x"], 78), (["serve", "--config", "/nowhere.yaml"], 78), (["--version"], 0),
            (["gateway", "revoke", "x"], 64), (["audit", "--help"], 0), (["audit", "--gateway", "a b"], 64),
            (["audit", "--set", "http.port=x"], 78),
        ] as [([String], Int32)])
    func `ends with the status that scripts expect`(arguments: [String], status: Int32) async throws {
        let result = try await CentralProcess.command(arguments)
        #expect(result.status == status, "\(result.output)")
    }
}
