import DatabaseRig
import Foundation
import HTTPClient
import ServiceRig
import Testing

/// A guest gets nothing of another building by GraphQL, and nothing of before their own stay.
@Suite(.withDatabaseServer, .database) struct GraphQLIsolationTests {
    @Test func `no GraphQL query leads to another room or building`() async throws {
        let house = try await GuestHotel("graphs")
        func ask(_ query: String, as token: String, headers: [(String, String)] = []) async throws
            -> CentralProcess.Answer
        {
            try await house.scene.service.call(
                "/graphql", method: .post, token: token, type: "application/json",
                body: Array(try JSONEncoder().encode(["query": query])), headers: headers)
        }
        let registered = try await ask(
            """
            mutation { registerDevice(input: {name: "secret-102", deviceType: APPLIANCE,
              properties: {appliance: {averagePowerDrawWatts: 7777}}}) { device { id } } }
            """, as: house.scene.ops, headers: [("Hearth-Building", house.slug + "-other")])
        let id = try #require(registered.text.firstMatch(of: #/"id":"([^"]+)"/#)?.1)
        let device =
            "{ id name description properties { ... on ApplianceProperties { averagePowerDrawWatts } } state { powerWatts } }"
        let everything = [
            "{ devices(activeOnly: false, first: 1000) \(device) }", #"{ device(id: "\#(id)") \#(device) }"#,
            "{ energySummary { totalConsumptionWatts storageStates { deviceName } } }",
            """
            { energyHistory(start: "2024-01-01", end: "2024-01-02", interval: HOUR, deviceId: "\(id)") { consumedKwh } }
            """, #"{ __type(name: "Query") { fields { name args { name } } } }"#,
            #"{ rooms { name } }"#, #"{ device(id: "\#(house.slug)/room-102/iaq") \#(device) }"#,
        ]
        for query in everything {
            for header in [[], [("Hearth-Building", house.slug + "-other")]] {
                let answer = try await ask(query, as: house.scene.guest, headers: header)
                #expect(GuestHotel.leaks(answer) == [], "\(query): \(answer.text)")
            }
        }
        for mutation in ["setStorageMode(deviceId: \"\(id)\", mode: IDLE)", "deactivateDevice(id: \"\(id)\")"] {
            let answer = try await ask("mutation { \(mutation) { success } }", as: house.scene.guest)
            #expect(answer.text.contains(#""success":true"#) == false, "\(mutation): \(answer.text)")
        }
        #expect(try await ask(everything[0], as: house.scene.ops).text.contains("secret-102"))
        // Of the building's own devices a newcomer hears nothing that was before.
        let own = try await ask(
            """
            mutation { registerDevice(input: {name: "Heat pump", deviceType: APPLIANCE,
              properties: {appliance: {averagePowerDrawWatts: 100}}}) { device { id } } }
            """, as: house.scene.ops, headers: [("Hearth-Building", house.slug)])
        let pump = try #require(own.text.firstMatch(of: #/"id":"([^"]+)"/#)?.1)
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, '\(house.slug)/building/heat-pump', 'power_w', '-6666'
            FROM generate_series(now() - interval '20 hours', now() - interval '10 minutes', '5 minutes') AS moment
            """)
        for query in [
            "{ devices(activeOnly: false) \(device) }", #"{ device(id: "\#(pump)") \#(device) }"#,
            """
            { energyHistory(start: "2020-01-01", end: "2020-01-02", interval: DAY, deviceId: "\(pump)") { consumedKwh } }
            """,
            """
            { energyHistory(start: "\(Date().addingTimeInterval(-86_400).formatted(.iso8601))",
              end: "\(Date().formatted(.iso8601))", interval: DAY, deviceId: "\(pump)") { consumedKwh } }
            """,
        ] {
            let newcomers = try await ask(query, as: house.newcomer)
            #expect(newcomers.status == 200 && GuestHotel.newcomerLeaks(newcomers) == [], "\(query): \(newcomers.text)")
            if query.contains("energyHistory") {
                let amounts = newcomers.text.matches(of: #/"consumedKwh":([0-9.e-]+)/#).compactMap { Double($0.1) }
                #expect(amounts.allSatisfy { $0 == 0 } && !newcomers.text.contains("errors"), "\(newcomers.text)")
            }
        }
        await house.end()
    }
}
