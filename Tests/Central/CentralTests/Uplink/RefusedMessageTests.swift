import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

/// What of a gateway's messages is refused for good, as both sides tell it.
@Suite(.withDatabaseServer, .database) struct RefusedMessageTests {
    private func audit(_ building: String) async throws -> String {
        try await CentralProcess.command("audit", "--gateway", building).output
    }

    @Test func `takes an inventory entry by entry, says which it refuses and why, and keeps that until they are right`()
        async throws
    {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "odd")
        func send(_ body: String) async throws -> CentralProcess.Answer {
            try await service.call(
                UplinkPath.inventory, method: .put, token: token, type: "application/json", body: Array(body.utf8))
        }
        let answer = try await send(
            #"""
            {"building": {"slug": "odd", "name": "Odd", "kind": "hotel", "time_zone": "Europe/Berlin"},
             "floors": [
                {"slug": "1", "name": "a\u0000b", "level": 1, "rooms": [
                    {"slug": "room-1", "name": "One", "devices": [
                        {"id": "x", "class": "iaq"}, {"id": "x", "class": "battery"}, {"id": "y", "class": "toaster"},
                        {"id": "z", "class": "iaq", "name": ""}, {"id": "", "class": "iaq"}]},
                    {"slug": "no slug", "name": "Two", "devices": []},
                    {"slug": "building", "name": "Three", "devices": []},
                    {"slug": "room-4", "name": "Four", "devices": []}]},
                {"slug": "2", "name": "Second", "level": 99999999999, "rooms": []},
                {"slug": "3", "name": "Third", "level": 3, "rooms": [{"slug": "room-1", "name": "Again", "devices": []}]},
                7],
             "devices": [{"id": "m", "class": "power_meter"}, null]}
            """#)
        #expect(answer.status == 200 && answer.headers["hearth-receipt"] == UplinkPath.inventory, "\(answer.text)")
        let rejected = try JSONDecoder().decode(InventoryReceipt.self, from: Data(answer.body)).rejected
        #expect(
            rejected.map(\.entry.text) == [
                "floor 1", "device x in room-1", "device 3 of the list in room-1", "device z in room-1",
                "device  in room-1", "room 2 of floor 1", "room building", "floor 2", "room room-1",
                "floor 4 of the list", "device 2 of the list",
            ])
        let rooms = try await Replica().rows(
            """
            SELECT floors.slug, floors.name, rooms.slug FROM rooms JOIN floors ON floors.id = floor_id
            JOIN hotels ON hotels.id = hotel_id WHERE hotels.slug = 'odd' ORDER BY rooms.slug
            """, columns: 3)
        #expect(rooms == ["1|1|room-1", "1|1|room-4"])
        let devices = try await Replica().rows(
            "SELECT device_id FROM devices WHERE device_id LIKE 'odd/%' ORDER BY 1")
        #expect(devices.sorted() == ["odd/building/m", "odd/room-1/x", "odd/room-1/z"])
        let told = try await audit("odd")
        #expect(told.contains("odd: inventory of room building, 1 times since"), "\(told)")

        #expect(try await service.send(inventory("odd"), token: token).status == 204)
        #expect(try await !audit("odd").contains("inventory of"))
        await service.process.terminate()
    }

    @Test func `keeps that a whole message was refused, until one of its kind is taken`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "wrong")
        let store = StoreID()
        func send(_ method: HTTPRequest.Method, _ path: String, _ body: String, type: String = "application/json")
            async throws
            -> Int
        {
            try await service.call(path, method: method, token: token, type: type, body: Array(body.utf8)).status
        }
        #expect(try await send(.put, UplinkPath.inventory, "[1]") == 400)
        #expect(try await send(.put, UplinkPath.store(store), #"{"opening_history":[],"next_number":1}"#) == 400)
        #expect(try await send(.post, UplinkPath.batches, "not a batch", type: ReadingBatch.mediaType) == 400)
        #expect(try await send(.post, UplinkPath.losses(of: store), "{}") == 400)
        #expect(try await send(.put, UplinkPath.report(of: store), "{}") == 400)
        #expect(try await send(.put, UplinkPath.reportedStates, "{}") == 400)
        let told = try await audit("wrong")
        for kind in ["inventory", "opening", "batch", "losses", "report", "reported_state"] {
            #expect(told.contains("wrong: \(kind), 1 times since"), "\(told)")
        }
        #expect(told.contains("(400 bad_batch)"), "\(told)")

        let opening = UUID().uuidString.lowercased()
        #expect(try await service.send(inventory("wrong"), token: token).status == 204)
        let handshake = #"{"opening_history":["\#(opening)"],"next_number":1}"#
        #expect(try await send(.put, UplinkPath.store(store), handshake) == 204)
        #expect(
            try await send(
                .put, UplinkPath.reportedStates, #"{"reported":[{"room":"room-101","version":0,"state":"none"}]}"#)
                == 204
        )
        let left = try await audit("wrong")
        for kind in ["inventory", "opening", "reported_state"] {
            #expect(!left.contains("wrong: \(kind)"), "\(left)")
        }
        #expect(left.contains("wrong: batch, 1 times since"), "\(left)")
        await service.process.terminate()
    }
}
