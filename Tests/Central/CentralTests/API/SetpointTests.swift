import Building
import DatabaseRig
import Foundation
import HTTPClient
import Postgres
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

/// Wishes for set-points over the real routes: who may, what is kept, what gateways are told, and what comes back.
@Suite(.withDatabaseServer, .database, .serialized) struct SetpointTests {
    private struct Setpoint: Decodable {
        struct DesiredState: Decodable, Equatable {
            var celsius: Double?
            var from: String?
            var until: String?
            var source: String
            var who: String
            var version: Int
        }
        struct Report: Decodable {
            var celsius: Double?
            var state: String
            var version: Int
            var reason: String?
            var reasonWords: [String: String]?
            var timestamp: String?
        }

        var desired: DesiredState?
        var reported: Report?
        var isApplied: Bool
        var isAnswered: Bool
        var limits: [String: Double]
        var previous: DesiredState?

        init(_ answer: CentralProcess.Answer) throws {
            guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: Data(answer.body))
        }
    }

    private struct Hotel {
        let scene: RestTests.Scene
        let rooms: [Int]

        init(_ slug: String) async throws {
            scene = try await RestTests.Scene(slug)
            rooms = try await scene.ids(slug).rooms
        }

        func put(
            _ body: String, room: Int? = nil, as token: String? = nil, on service: CentralProcess? = nil
        ) async throws -> CentralProcess.Answer {
            try await (service ?? scene.service).call(
                "/rooms/\(room ?? rooms[0])/setpoint/", method: .put, token: token ?? scene.guest,
                type: "application/json", body: Array(body.utf8))
        }

        func delete(as token: String? = nil) async throws -> CentralProcess.Answer {
            try await scene.service.call("/rooms/\(rooms[0])/setpoint", method: .delete, token: token ?? scene.guest)
        }

        func get(as token: String? = nil) async throws -> Setpoint {
            try Setpoint(try await scene.service.call("/rooms/\(rooms[0])/setpoint", token: token ?? scene.guest))
        }

        /// As the gateway does.
        func desiredStates(after version: Int64, wait: Int = 0, on service: CentralProcess? = nil) async throws
            -> DesiredStateList
        {
            // On a connection of its own, so that nobody else waits.
            let answer = try await HTTPClient().perform(
                HTTPRequest(
                    method: .get,
                    url: (service ?? scene.service).url + "/uplink/v1/desired?after=\(version)&wait=\(wait)",
                    headers: [("Authorization", "Bearer \(scene.gateway)")]))
            guard answer.status == 200, answer.headers["hearth-receipt"] == "/uplink/v1/desired" else {
                throw ManagedProcess.DidNotHappen(description: String(decoding: answer.body, as: UTF8.self))
            }
            return try JSONDecoder().decode(DesiredStateList.self, from: Data(answer.body))
        }

        func report(_ reportedStates: [ReportedState], on service: CentralProcess? = nil) async throws
            -> CentralProcess.Answer
        {
            try await (service ?? scene.service).call(
                "/uplink/v1/reported", method: .put, token: scene.gateway, type: "application/json",
                body: Array(try JSONEncoder().encode(StateReport(reportedStates: reportedStates))))
        }
    }

    @Test func `keeps what is wished, tells the gateway, and shows what that reports`() async throws {
        let hotel = try await Hotel("desired")
        let start = try await hotel.get()
        #expect(start.desired == nil && start.reported == nil && !start.isApplied && start.isAnswered)
        #expect(start.limits == ["minimum": 16, "maximum": 26])
        #expect(try await hotel.desiredStates(after: 0) == DesiredStateList(version: 0, desiredStates: []))

        let until = Int(Date().timeIntervalSince1970) + 3600
        let first = try Setpoint(try await hotel.put("{\"celsius\":23,\"until\":\(until)}"))
        #expect(first.desired?.celsius == 23 && first.desired?.who == "guest" && first.previous == nil)
        #expect(first.desired?.until?.hasSuffix("+01:00") == true || first.desired?.until?.hasSuffix("+02:00") == true)
        #expect(first.desired?.source == "guest" && first.desired?.from == nil)
        #expect(!first.isApplied && !first.isAnswered)
        // Nothing has been reported yet.
        let awaited = try #require(first.reported)
        #expect(awaited.state == "pending" && awaited.version == 0)
        #expect(awaited.celsius == nil && awaited.timestamp == nil)
        let told = try await hotel.desiredStates(after: 0)
        #expect(told.version == 1 && told.desiredStates.count == 1)
        #expect(told.desiredStates[0].room?.text == "room-101" && told.desiredStates[0].celsius == 23)
        #expect(
            told.desiredStates[0].source == .guest
                && told.desiredStates[0].until?.millisecondsSince1970 == Int64(until) * 1000)
        #expect(try await hotel.desiredStates(after: 1) == DesiredStateList(version: 1, desiredStates: []))

        let held = ReportedState(
            room: Slug("room-101"), version: 1, state: .clamped, celsius: 22.5,
            reason: "at_most celsius=22.5")
        let stranger = ReportedState(room: Slug("room-999"), version: 0, state: .nothingDesired, celsius: 20)
        #expect(try await hotel.report([held, stranger]).status == 204)
        let reported = try await hotel.get()
        #expect(reported.isApplied && reported.reported?.celsius == 22.5 && reported.reported?.state == "clamped")
        #expect(reported.reported?.reason == "this building allows at most 22.5 °C" && reported.desired?.celsius == 23)
        #expect(
            reported.reported?.reasonWords == [
                "en": "this building allows at most 22.5 °C", "de": "hier gehen höchstens 22,5 °C",
            ])

        let second = try Setpoint(try await hotel.put(#"{"celsius":20}"#, as: hotel.scene.ops))
        #expect(second.previous?.celsius == 23 && second.previous?.until == first.desired?.until)
        #expect(second.desired?.source == "central")
        // The last report remains, without the outcome of the desired state that it was about.
        #expect(second.reported?.state == "pending" && second.reported?.reason == nil)
        #expect(second.reported?.celsius == 22.5 && second.reported?.timestamp == reported.reported?.timestamp)
        #expect(second.desired?.who == "operator ops" && second.desired?.until == nil && !second.isAnswered)
        #expect(try await hotel.desiredStates(after: 1).desiredStates.first?.source == .central)
        let back = try Setpoint(try await hotel.delete())
        #expect(back.desired == nil && back.previous?.celsius == 20 && back.reported?.state == "pending")
        let taken = try await hotel.desiredStates(after: 0)
        #expect(taken.version == 3 && taken.desiredStates.count == 1 && taken.desiredStates[0].celsius == nil)
        // A gateway that has heard of more than there is, as after a restored backup, hears everything.
        #expect(try await hotel.desiredStates(after: 900) == taken)
        await hotel.scene.service.process.terminate()
    }

    @Test func `takes from a guest its own room and a guest's limits, and nothing that makes no sense`() async throws {
        let hotel = try await Hotel("refused")
        let guest = hotel.scene.guest
        for (body, status) in [
            (#"{"celsius":15.9}"#, 400), (#"{"celsius":26.1}"#, 400), (#"{"celsius":"23"}"#, 400), ("{}", 400),
            (#"{"celsius":null}"#, 400), (#"{"celsius":true}"#, 400), (#"{"celsius":1e400}"#, 400), ("[23]", 400),
            (#"{"celsius":23,"until":"2020-01-01T00:00"}"#, 400), (#"{"celsius":23,"until":"tomorrow"}"#, 400),
            (#"{"celsius":23,"until":4000000000}"#, 400), (#"{"celsius":23,"room_id":2}"#, 400), ("", 400),
            (#"{"celsius":16}"#, 200), (#"{"celsius":26,"until":null}"#, 200),
            (#"{"celsius":20,"from":null}"#, 200), (#"{"celsius":20,"from":4000000000}"#, 400),
        ] {
            #expect(try await hotel.put(body, as: guest).status == status, "\(body)")
        }
        #expect(try await hotel.put(#"{"celsius":23,"from":"2098-01-01T00:00"}"#, as: guest).code == "not_supported")
        #expect(try await hotel.put(#"{"celsius":23}"#, room: hotel.rooms[1], as: guest).code == "unknown_room")
        #expect(try await hotel.put(#"{"celsius":30}"#, room: hotel.rooms[1], as: hotel.scene.ops).status == 200)
        #expect(try await hotel.put(#"{"celsius":30.5}"#, as: hotel.scene.ops).status == 400)
        #expect(try await hotel.put(#"{"celsius":23}"#, as: hotel.scene.gateway).status == 403)
        #expect(try await hotel.put(#"{"celsius":23}"#, room: 999_999, as: hotel.scene.ops).status == 404)
        let path = "/rooms/\(hotel.rooms[0])/setpoint/"
        #expect(try await hotel.scene.service.call(path).status == 401)
        #expect(try await hotel.scene.service.call(path, method: .put, token: guest, type: "text/plain").status == 415)
        #expect(try await hotel.scene.service.call("/uplink/v1/desired", token: guest).status == 403)
        #expect(
            try await hotel.scene.service.call("/uplink/v1/desired?wait=99", token: hotel.scene.gateway).status == 400)
        let reported = ReportedState(version: 1, state: .accepted)
        let receipt = try JSONDecoder().decode(
            StateReceipt.self, from: Data(try await hotel.report([reported]).body))
        #expect(receipt.accepted == 0 && receipt.rejected.map(\.index) == [0])
        await hotel.scene.service.process.terminate()
    }

    @Test func `takes the good entries of a report, says which it refuses and why, and keeps that for people`()
        async throws
    {
        let hotel = try await Hotel("neighbours")
        func report(_ entries: String...) async throws -> CentralProcess.Answer {
            try await hotel.scene.service.call(
                "/uplink/v1/reported", method: .put, token: hotel.scene.gateway, type: "application/json",
                body: Array("{\"reported\":[\(entries.joined(separator: ","))]}".utf8))
        }
        func state(_ room: Int) async throws -> String? {
            try Setpoint(
                try await hotel.scene.service.call("/rooms/\(hotel.rooms[room])/setpoint", token: hotel.scene.ops)
            ).reported?.state
        }
        let good = #"{"room":"room-101","version":0,"state":"none","celsius":22}"#
        let bad = #"{"room":"room-102","version":9223372036854775807,"state":"accepted","celsius":21}"#
        let mixed = try await report(bad, good, "7", #"{"version":1,"state":"accepted"}"#)
        #expect(mixed.status == 200 && mixed.headers["hearth-receipt"] == "/uplink/v1/reported")
        let receipt = try JSONDecoder().decode(StateReceipt.self, from: Data(mixed.body))
        #expect(receipt.accepted == 1 && receipt.rejected.map(\.index) == [0, 2, 3])
        #expect(receipt.rejected[0].room == "room-102")
        #expect(receipt.rejected[0].reason == "version: 9223372036854775807 must be 0 to 9007199254740992")
        #expect(try await state(0) == "none")
        #expect(try await state(1) == nil)
        let kept = try await Replica().store.refusals(building: Slug("neighbours"))
        #expect(kept.map(\.refusal.subject) == ["", "room-102"])
        let audit = try await CentralProcess.command("audit", "--gateway", "neighbours")
        #expect(audit.output.contains("reported_state of room-102, 1 times since"), "\(audit.output)")
        #expect(hotel.scene.service.process.output.contains("uplink_refusal"))

        // Once it is taken nothing is left to tell, and what takes no more than a cut is not refused at all.
        let long = String(repeating: "e\u{301}\u{302}\u{303}\u{304}", count: 64)
        #expect(
            try await report(
                #"{"room":"room-102","version":0,"state":"none","celsius":21,"who":"\#(long)"}"#
            ).status == 204)
        #expect(try await state(1) == "none")
        #expect(try await report(good, "null").status == 200)
        #expect(
            try await Replica().store.refusals(building: Slug("neighbours")).map(\.refusal.subject) == [""])
        await hotel.scene.service.process.terminate()
    }

    @Test func `keeps no more refusals of a building than people read`() async throws {
        let replica = try await Replica.migrated()
        let building = try await replica.building("refusing")
        for part in 0..<5 {
            try await replica.store.note(
                [],
                refused: (0..<50).map {
                    UplinkRefusal(message: .reportedStates, subject: "\(part)-\($0)", reason: "no reason")
                }, of: building)
        }
        #expect(try await replica.store.refusals(building: Slug("refusing")).count == 100)
    }

    @Test func `ends a guest's wish with the stay, at the latest`() async throws {
        let hotel = try await Hotel("stay")
        let end = Date().addingTimeInterval(7200)
        let text = end.formatted(.iso8601)
        let guest = try await CentralProcess.token("guest", "--building", "stay", "--room", "room-101", "--until", text)
        for (until, expected) in [
            ("null", 7200), ("\(Int(end.timeIntervalSince1970) + 3600)", 7200),
            ("\(Int(end.timeIntervalSince1970) - 3600)", 3600),
        ] {
            let answer = try await hotel.put("{\"celsius\":23,\"until\":\(until)}", as: guest)
            #expect(answer.status == 200, "\(answer.text)")
            let told = try #require(
                try await hotel.desiredStates(after: 0).desiredStates.last?.until?.millisecondsSince1970)
            #expect(told / 1000 == Int64(end.timeIntervalSince1970) - 7200 + Int64(expected))
        }
        await hotel.scene.service.process.terminate()
    }

    @Test func `answers a waiting gateway at once, whichever replica the wish came to`() async throws {
        let hotel = try await Hotel("waiting")
        let other = try await CentralProcess()
        var took: [Duration] = []
        for number in 1...6 {
            let service = number.isMultiple(of: 2) ? other : hotel.scene.service
            async let waiting = hotel.desiredStates(after: Int64(number - 1), wait: 20, on: service)
            // Long enough for the request to wait.
            try await Task.sleep(for: .milliseconds(200))
            let start = ContinuousClock.now
            #expect(try await hotel.put("{\"celsius\":\(16 + number)}").status == 200)
            let told = try await waiting
            took.append(ContinuousClock.now - start)
            #expect(told.desiredStates.map(\.celsius) == [Double(16 + number)])
        }
        #expect(took.sorted()[3] < .seconds(2), "\(took)")

        // A service that ends does not let its gateways wait, and a neighbour's wish wakes nobody for long.
        async let waiting = hotel.desiredStates(after: 6, wait: 20)
        try await Task.sleep(for: .milliseconds(200))
        let start = ContinuousClock.now
        #expect(await hotel.scene.service.process.terminate() == 0)
        #expect((try? await waiting)?.desiredStates.isEmpty ?? true)
        #expect(ContinuousClock.now - start < .seconds(10))
        await other.process.terminate()
    }

    @Test func `gives versions in the order of their commits, however many wish at once`() async throws {
        let hotel = try await Hotel("versions")
        let replica = Replica()
        let ops = hotel.scene.ops
        let rooms = hotel.rooms
        async let reader: [Int64] = {
            var seen: Set<Int64> = []
            var version: Int64 = 0
            while version < 40 {
                let list = try await hotel.desiredStates(after: version, wait: 5)
                // What is not told now is told never.
                version = list.version
                seen.formUnion(list.desiredStates.map(\.version))
            }
            return seen.sorted()
        }()
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    let answer = try await hotel.put(
                        "{\"celsius\":\(10 + number % 15)}", room: rooms[number % 2], as: ops)
                    #expect(answer.status == 200)
                }
            }
            try await group.waitForAll()
        }
        // Of each room the newest is among what the reader heard.
        let newest = try await replica.rows(
            """
            SELECT desired_state.version::text FROM desired_state JOIN hotels ON hotels.id = hotel_id
            WHERE hotels.slug = 'versions' ORDER BY desired_state.version
            """
        ).compactMap { Int64($0) }
        let seen = try await reader
        #expect(newest.allSatisfy { seen.contains($0) }, "\(newest) \(seen)")
        #expect(newest.last == 40)
        await hotel.scene.service.process.terminate()
    }

    @Test func `sends what is wished and reported to who listens to the room`() async throws {
        let hotel = try await Hotel("heard")
        let other = try await CentralProcess()
        let listener = try LiveListener(other, room: hotel.rooms[0], token: hotel.scene.guest)
        try await listener.listening()
        func setpoints() -> [String] { listener.events.filter { $0.name == "setpoint" }.map(\.data) }
        #expect(setpoints().isEmpty)
        #expect(try await hotel.put(#"{"celsius":24}"#).status == 200)
        try await listener.waitFor("the wish") { _ in setpoints().last?.contains(#""celsius":24"#) == true }
        #expect(setpoints().last?.contains(#""is_answered":false"#) == true)
        let held = ReportedState(
            room: Slug("room-101"), version: 1, state: .accepted, celsius: 24, source: "guest", who: "guest")
        #expect(try await hotel.report([held]).status == 204)
        try await listener.waitFor("the report") { _ in setpoints().last?.contains(#""is_applied":true"#) == true }
        let again = try LiveListener(other, room: hotel.rooms[0], token: hotel.scene.guest)
        try await again.waitFor("it at first") { $0.events.contains { $0.name == "setpoint" } }
        await hotel.scene.service.process.terminate()
        await other.process.terminate()
    }
}
