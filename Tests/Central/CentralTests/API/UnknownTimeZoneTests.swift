import Building
import DatabaseRig
import Rig
import ServiceRig
import Testing

/// Buildings whose time zone the system does not know: somebody else wrote it, or the system's zones are older.
@Suite(.withDatabaseServer) struct UnknownTimeZoneTests {
    /// Each test has a database of its own, because it changes what others would read.
    private func onDatabase(_ body: () async throws -> Void) async throws {
        try await TestDatabase.withOne { url in
            try await TestDatabase.$url.withValue(url) { try await body() }
        }
    }

    @Test func `are an error that the log explains, not a wrong hour`() async throws {
        try await onDatabase {
            let scene = try await RestTests.Scene("astray")
            let (hotel, _, rooms) = try await scene.ids("astray")
            try await Replica().run("UPDATE hotels SET time_zone = 'Mars/Olympus' WHERE slug = 'astray'")

            for (path, query) in [
                ("/rooms/\(rooms[0])/data/", ""), ("/rooms/\(rooms[0])/history/", "?datapoint=temperature"),
                ("/rooms/\(rooms[0])/setpoint/", ""), ("/hotels/\(hotel)/energy_summary", "?resolution=1day"),
            ] {
                let answer = try await scene.get(path + query)
                #expect(answer.status == 500, "\(path): \(answer.text)")
                #expect(answer.code == "internal_error", "\(path): \(answer.text)")
                // What others wrote is not for the caller.
                #expect(!answer.text.contains("Mars"), "\(path): \(answer.text)")
                let process = scene.service.process
                try await eventually("the log names the zone for \(path)", detail: process.output) {
                    process.output.split(separator: "\n").contains {
                        $0.contains("Mars/Olympus") && $0.contains("path=\(path)")
                    }
                }
            }
            let list = try await scene.get("/hotels/")
            #expect(list.status == 200)
            #expect(list.text.contains("Mars/Olympus"), "\(list.text)")
            await scene.service.process.terminate()
        }
    }

    @Test func `are no hindrance to those who ask for another building's room at the same time`() async throws {
        try await onDatabase {
            let scene = try await RestTests.Scene("known")
            let gateway = try await CentralProcess.token("gateway", "--building", "unknown")
            #expect(try await scene.service.send(inventory("unknown"), token: gateway).status == 204)
            let (good, bad) = (try await scene.ids("known").rooms[0], try await scene.ids("unknown").rooms[0])
            try await Replica().run("UPDATE hotels SET time_zone = 'CET' WHERE slug = 'unknown'")

            try await withThrowingTaskGroup(of: (room: Int, status: Int).self) { group in
                for room in 0..<40 {
                    let room = room % 2 == 0 ? good : bad
                    group.addTask { (room, try await scene.get("/rooms/\(room)/data/").status) }
                }
                for try await answer in group {
                    #expect(answer.status == (answer.room == good ? 200 : 500))
                }
            }
            await scene.service.process.terminate()
        }
    }
}
