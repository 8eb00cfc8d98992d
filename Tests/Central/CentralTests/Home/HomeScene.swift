import Building
import Foundation
import HTTPClient
import Rig
import ServiceRig

/// A home and a hotel, and who may see what of them.
struct HomeScene {
    let service: CentralProcess
    let ops: String
    let owner: String
    let hotelGuest: String
    let replica = Replica()

    /// The home; the hotel beside it has the same name and more.
    let home: String

    /// - Parameter home: of this test alone.
    init(_ home: String) async throws {
        self.home = home
        service = try await CentralProcess()
        for (slug, kind) in [(home, "home"), (home + "-hotel", "hotel")] {
            let gateway = try await CentralProcess.token("gateway", "--building", slug)
            var inventory = inventory(slug)
            inventory.building.kind = kind
            inventory.devices.append(.init(id: "heat-pump", deviceClass: .appliance, name: "Pump"))
            guard try await service.send(inventory, token: gateway).status == 204 else {
                throw ManagedProcess.DidNotHappen(description: "the inventory was refused")
            }
        }
        owner = try await CentralProcess.token("guest", "--building", home, "--room", "room-101")
        hotelGuest = try await CentralProcess.token("guest", "--building", home + "-hotel", "--room", "room-101")
        ops = try await CentralProcess.token("operator", "--name", "ops")
    }

    /// `data` and `errors` of an answer.
    func ask(_ query: String, as token: String? = nil, headers: [(String, String)] = []) async throws -> Any {
        let body = try JSONSerialization.data(withJSONObject: ["query": query])
        let answer = try await service.call(
            "/graphql", method: .post, token: token ?? ops, type: "application/json", body: Array(body),
            headers: headers)
        guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
        return try JSONSerialization.jsonObject(with: Data(answer.body))
    }

    func text(_ query: String, as token: String? = nil, headers: [(String, String)] = []) async throws -> String {
        let answer = try await ask(query, as: token, headers: headers)
        return String(
            decoding: try JSONSerialization.data(withJSONObject: answer, options: [.sortedKeys]), as: UTF8.self)
    }

    /// Registers a device and gives its id.
    func register(_ name: String, _ type: String, _ properties: String) async throws -> String {
        let answer = try await ask(
            """
            mutation { registerDevice(input: {name: "\(name)", deviceType: \(type), properties: {\(properties)}}) {
              success errors device { id } } }
            """, as: owner)
        guard let data = (answer as? [String: Any])?["data"] as? [String: Any],
            let payload = data["registerDevice"] as? [String: Any],
            let id = (payload["device"] as? [String: Any])?["id"] as? String
        else { throw ManagedProcess.DidNotHappen(description: "\(answer)") }
        return id
    }

    /// As MQTT's readings arrive.
    func send(_ sensor: String, _ datapoint: String, _ value: Double, secondsAgo: Int = 0) async throws {
        try await replica.run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            VALUES (now() - interval '\(secondsAgo) seconds', '\(home)/building/\(sensor)', '\(datapoint)', '\(value)')
            """)
    }
}
