import APISupport
import Building
import CentralService
import DatabaseRig
import Foundation
import HTTPClient
import ServiceRig
import Storage
import Testing

/// A guest of room-101 gets nothing of room-102, and nothing of what was in room-101 before their own stay: each route has
/// a decision here, and is tried.
@Suite(.withDatabaseServer, .database) struct IsolationTests {
    private enum Decision {
        /// It tells nothing of rooms, and everyone may ask.
        case tellsNothing
        /// No guest may ask at all.
        case forbidden
        /// What the guest may see is there, and it is all of it.
        case own([String])
        /// Of others there is nothing: these answer 404.
        case concealed([String])
        case both(own: [String], concealed: [String])
        /// What may be asked is without end; further tests here try it.
        case triedBelow
    }

    /// Each route, by method and path as the book has it. A new route needs its decision here.
    private static func decisions(_ house: GuestHotel) -> [String: Decision] {
        let (own, other) = (house.own, house.other)
        let strangers = [house.neighbour] + other.rooms + [1_000_000]
        func rooms(_ path: String) -> Decision {
            .both(own: ["/rooms/\(own.room)/\(path)"], concealed: strangers.map { "/rooms/\($0)/\(path)" })
        }
        return [
            "GET /health": .tellsNothing, "GET /ready": .tellsNothing,
            "GET /metrics": .forbidden, "GET /meter_readings": .forbidden, "GET /pricing/config": .forbidden,
            "POST /temperature": .forbidden, "PUT /uplink/v1/inventory": .forbidden,
            "POST /uplink/v1/batches": .forbidden, "PUT /uplink/v1/stores/:store": .forbidden,
            "POST /uplink/v1/stores/:store/losses": .forbidden, "PUT /uplink/v1/stores/:store/report": .forbidden,
            "GET /uplink/v1/desired": .forbidden, "PUT /uplink/v1/reported": .forbidden,
            "GET /hotels": .own(["/hotels/", "/hotels/?limit=1000", "/hotels/?cursor=0"]),
            "GET /hotels/:hotel/floors": .both(
                own: ["/hotels/\(own.hotel)/floors/"], concealed: ["/hotels/\(other.hotel)/floors/"]),
            "GET /floors/:floor/rooms": .both(
                own: ["/floors/\(own.floor)/rooms/?limit=1000"], concealed: ["/floors/\(other.floor)/rooms/"]),
            "GET /rooms/:room/data": rooms("data/"), "GET /rooms/:room/data/iaq": rooms("data/iaq/"),
            "GET /rooms/:room/data/life_being": rooms("data/life_being/"),
            "GET /rooms/:room/history": rooms("history/?datapoint=temperature&interval=15min&statistic=average"),
            "GET /rooms/:room/live": .concealed(strangers.map { "/rooms/\($0)/live/" }),
            "GET /rooms/:room/setpoint": rooms("setpoint/"),
            "PUT /rooms/:room/setpoint": .concealed(strangers.map { "/rooms/\($0)/setpoint/" }),
            "DELETE /rooms/:room/setpoint": .concealed(strangers.map { "/rooms/\($0)/setpoint/" }),
            // Each room of another building, and each building with another's room.
            "GET /temperature": .both(
                own: ["/temperature?building_id=\(own.hotel)&room_id=\(own.room)"],
                concealed: [(own.hotel, house.neighbour), (other.hotel, other.rooms[0]), (other.hotel, own.room)]
                    .map { "/temperature?building_id=\($0)&room_id=\($1)" }),
            "GET /hotels/:hotel/energy_summary": .both(
                own: ["/hotels/\(own.hotel)/energy_summary/?resolution=1hour"],
                concealed: ["/hotels/\(other.hotel)/energy_summary/?resolution=1hour"]),
            "POST /chat": .triedBelow, "GET /chat/files/:file": .triedBelow, "POST /mcp": .triedBelow,
            "GET /graphql": .triedBelow, "POST /graphql": .triedBelow,
        ]
    }

    @Test func `each route of the service has a decision, and keeps to it`() async throws {
        let house = try await GuestHotel("routes")
        let configuration = try CentralConfiguration.load(
            path: nil, overrides: [], environment: ["DATABASE_URL": "postgresql://localhost/none"])
        let book = CentralService(configuration).routes(Replica().store) { nil }
        let decisions = Self.decisions(house)
        let routes = Set(book.operations.map { "\($0.method) \($0.path)" })
        #expect(
            routes == Set(decisions.keys), "without a decision, or gone: \(routes.symmetricDifference(decisions.keys))")
        for operation in book.operations {
            let route = "\(operation.method) \(operation.path)"
            guard let decision = decisions[route] else { continue }
            let mayGuests = operation.roles?.contains(.guest) ?? true
            switch decision {
            case .tellsNothing:
                #expect(operation.roles == nil, "\(route)")
                try await Self.expect(200, house, operation, operation.path)
            case .forbidden:
                #expect(mayGuests == false, "\(route)")
                let path = operation.path.replacing(":store", with: StoreID().description)
                try await Self.expect(403, house, operation, path)
            case .own(let paths): for path in paths { try await Self.expect(200, house, operation, path) }
            case .concealed(let paths): for path in paths { try await Self.expect(404, house, operation, path) }
            case .both(let own, let concealed):
                for path in own { try await Self.expect(200, house, operation, path) }
                // After the guest of before has been told, and may have left it in a copy.
                for path in own {
                    let answer = try await house.call(
                        HTTPRequest.Method(rawValue: operation.method)!, path, as: house.newcomer)
                    #expect(answer.status == 200 && GuestHotel.newcomerLeaks(answer) == [], "\(route): \(answer.text)")
                }
                for path in concealed { try await Self.expect(404, house, operation, path) }
            case .triedBelow: #expect(mayGuests, "\(route)")
            }
        }
        // The rooms of the other guests hold what they held.
        #expect(try await Replica().rows("SELECT count(*)::text FROM desired_state") == ["0"])
        await house.end()
    }

    private static func expect(
        _ status: Int, _ house: GuestHotel, _ operation: RouteTable.Operation, _ path: String
    ) async throws {
        let method = HTTPRequest.Method(rawValue: operation.method)!
        let answer = try await house.call(method, path, method == .put ? #"{"celsius":20}"# : "")
        #expect(answer.status == status, "\(operation.method) \(path): \(answer.text)")
        #expect(GuestHotel.leaks(answer) == [], "\(operation.method) \(path): \(answer.text)")
    }

    @Test func `no spelling of a path leads to another room`() async throws {
        let house = try await GuestHotel("paths")
        let (own, stranger) = (house.own.room, house.neighbour)
        for path in [
            "/rooms/\(own)/../\(stranger)/data/", "/rooms/\(own)/%2e%2e/\(stranger)/data/",
            "//rooms//\(stranger)//data//",
            "/rooms/0\(stranger)/data/", "/rooms/+\(stranger)/data/", "/rooms/%3\(stranger)/data/",
            "/rooms/\(stranger)%00/data/", "/rooms/\(own),\(stranger)/data/", "/rooms/\(own)/data/?room=\(stranger)",
            "/rooms/\(own)/data/?room_id=\(stranger)", "/rooms/room-102/data/", "/ROOMS/\(stranger)/data/",
            "/rooms/\(own)/history/?datapoint=temperature&room_id=\(stranger)",
            "/rooms/\(own)/history/?datapoint=temperature&device_id=\(house.slug)/room-102/iaq",
            "/rooms/\(own)/history/?datapoint=temperature&device=\(house.slug)/room-102/iaq",
            "/floors/\(house.own.floor)/rooms/?cursor=\(own)", "/hotels/?cursor=\(house.own.hotel)",
            "/temperature?building_id=\(house.own.hotel)&room_id=\(own)&room_id=\(stranger)",
        ] {
            let answer = try await house.call(.get, path)
            #expect(GuestHotel.leaks(answer) == [], "\(path): \(answer.text)")
            #expect(answer.text == "[]" || answer.status >= 400, "\(path): \(answer.text)")
        }
        // Rights come from the token alone.
        for header in ["X-Room", "X-Forwarded-User", "X-Original-URL", "X-Rewrite-URL", "Hearth-Building"] {
            let answer = try await house.call(
                .get, "/rooms/\(own)/data/", headers: [(header, "/rooms/\(stranger)/data/")])
            #expect(answer.status == 200 && GuestHotel.leaks(answer) == [], "\(header)")
        }
        await house.end()
    }
}
