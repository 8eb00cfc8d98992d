import DatabaseRig
import Foundation
import Rig
import Testing

/// A simulated home → broker → gateway → central service → GraphQL, all of them real programs.
@Suite(.withDatabaseServer, .serialized, .timeLimit(.minutes(3)))
struct HomeChainTests {
    /// What was heard on the broker.
    private struct Said {
        var device: String
        var milliseconds: Int
        var watts: Double
        var charge: Double?
    }

    @Test func `tells in GraphQL what a simulated home said, now and by quarters of an hour`() async throws {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(
                databaseURL: url, building: "home", configuration: "config/edge-home.yaml")
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            try await register(chain)
            let listener = try await hear(chain.broker)
            // An hour of an evening, in which the battery serves the oven and the lamps, and the sun sets.
            let home = try ManagedProcess(
                Executables.path("hearth-simulate"),
                [
                    "home", "--mqtt-port", "\(chain.broker.port)", "--interval", "0.5", "--speed", "600", "--start",
                    "2026-06-21T18:00", "--seed", "7",
                ])
            try await eventually("the home said enough", detail: home.output) {
                Self.said(listener).count { $0.device == "wall-battery" } >= 12
            }
            try await obeys(chain, listener)
            #expect(await home.terminate() == 0)
            try await eventually("all that was said is central", within: .seconds(30), detail: edge.output) {
                let said = Self.said(listener)
                let readings = said.count + said.count { $0.charge != nil }
                return try await chain.psql(
                    """
                    SELECT count(*) FROM raw_data
                    WHERE device_id LIKE 'home/building/%' AND datapoint IN ('power_w', 'charge_wh')
                    """) == "\(readings)"
            }
            let said = Self.said(listener)
            #expect(Set(said.map(\.device)).count == 10)
            try await compareSummary(chain, said)
            try await compareHistory(chain, said)
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }

    private static let storage = ["wall-battery": 10_000.0, "car": 60_000.0]

    private func register(_ chain: Chain) async throws {
        func add(_ name: String, _ type: String, _ properties: String) async throws {
            let payload =
                try await chain.graphQL(
                    """
                    mutation { registerDevice(input: {name: "\(name)", deviceType: \(type), properties: {\(properties)}}) {
                      success errors } }
                    """, building: "home")["registerDevice"] as? [String: Any]
            #expect(payload?["success"] as? Bool == true, "\(payload ?? [:])")
        }
        try await add("solar-roof", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 8000}")
        try await add(
            "wall-battery", "BATTERY",
            "battery: {capacityWh: 10000, maxChargeRateWatts: 5000, maxDischargeRateWatts: 5000}")
        try await add(
            "car", "ELECTRIC_VEHICLE",
            "electricVehicle: {batteryCapacityWh: 60000, maxChargeRateWatts: 11000, maxDischargeRateWatts: 7000}")
        for name in ["fridge", "dishwasher", "washing-machine", "air-conditioning", "oven", "lighting", "standby"] {
            try await add(name, "APPLIANCE", "appliance: {averagePowerDrawWatts: 500}")
        }
    }

    /// Hears whatever the home's devices say from now on.
    private func hear(_ broker: Broker) async throws -> ManagedProcess {
        let listener = try ManagedProcess(
            "mosquitto_sub",
            [
                "-h", "127.0.0.1", "-p", "\(broker.port)", "-q", "1", "-v", "-t", "/readings/building/#", "-t",
                "is/heard",
            ])
        try await eventually("the listener hears") {
            try await broker.publish("is/heard", "yes")
            return listener.output.contains("is/heard yes")
        }
        return listener
    }

    private static func said(_ listener: ManagedProcess) -> [Said] {
        listener.output.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("/readings/building/"), let start = line.firstIndex(of: "{"),
                let payload = try? JSONSerialization.jsonObject(with: Data(line[start...].utf8)) as? [String: Any],
                let device = payload["device_id"] as? String, let time = payload["timestamp"] as? Int,
                let values = payload["datapoints"] as? [String: Double], let watts = values["power_w"]
            else { return nil }
            return Said(device: device, milliseconds: time, watts: watts, charge: values["charge_wh"])
        }
    }

    /// A battery that is told to charge takes what it is told, whatever the house needs.
    private func obeys(_ chain: Chain, _ listener: ManagedProcess) async throws {
        try await chain.broker.publish("/actuators/building/wall-battery", #"{"mode":"charging","watts":1234.5}"#)
        try await eventually("the battery obeys") {
            Self.said(listener).last { $0.device == "wall-battery" }?.watts == -1234.5
        }
    }

    private func compareSummary(_ chain: Chain, _ said: [Said]) async throws {
        let last = Dictionary(said.map { ($0.device, $0) }, uniquingKeysWith: { $1 })
        let data = try await chain.graphQL(
            """
            { energySummary { totalProductionWatts totalConsumptionWatts netPowerWatts totalStorageCapacityWh
              totalStorageChargeWh storagePercentage storageStates { deviceName currentChargeWh chargePercentage mode } } }
            """, building: "home")
        let summary = try #require(data["energySummary"] as? [String: Any])
        func expect(_ name: String, _ value: Double, line: SourceLocation = #_sourceLocation) {
            let found = summary[name] as? Double ?? .nan
            #expect(abs(found - value) < 1e-6, "\(name): \(found) is not \(value)", sourceLocation: line)
        }
        let powers = last.values.map(\.watts)
        expect("totalProductionWatts", powers.filter { $0 > 0 }.reduce(0, +))
        expect("totalConsumptionWatts", -powers.filter { $0 < 0 }.reduce(0, +))
        expect("netPowerWatts", powers.reduce(0, +))
        expect("totalStorageCapacityWh", 70_000)
        let charge = Self.storage.keys.compactMap { last[$0]?.charge }.reduce(0, +)
        expect("totalStorageChargeWh", charge)
        expect("storagePercentage", charge / 700)
        let states = try #require(summary["storageStates"] as? [[String: Any]])
        #expect(states.count == 2)
        for state in states {
            let name = state["deviceName"] as? String ?? ""
            let known = try #require(last[name])
            #expect(state["currentChargeWh"] as? Double == known.charge)
            let mode = known.watts < 0 ? "CHARGING" : known.watts > 0 ? "DISCHARGING" : "IDLE"
            #expect(state["mode"] as? String == mode, "\(name)")
        }
    }

    private func compareHistory(_ chain: Chain, _ said: [Said]) async throws {
        let quarter = 900_000
        let first = said.map(\.milliseconds).min()! / quarter
        let last = said.map(\.milliseconds).max()! / quarter
        let data = try await chain.graphQL(
            """
            { energyHistory(start: "\(first * 900)", end: "\((last + 1) * 900)", interval: QUARTER_HOUR) {
              producedKwh consumedKwh netKwh } }
            """, building: "home")
        let history = try #require(data["energyHistory"] as? [[String: Double]])
        #expect(history.count == last - first + 1)
        for (index, bucket) in history.enumerated() {
            let here = said.filter { $0.milliseconds / quarter == first + index }
            let means = Dictionary(grouping: here, by: \.device).values.map { said in
                said.map(\.watts).reduce(0, +) / Double(said.count)
            }
            let produced = means.filter { $0 > 0 }.reduce(0, +) / 4000
            let consumed = -means.filter { $0 < 0 }.reduce(0, +) / 4000
            #expect(abs(bucket["producedKwh"]! - produced) < 1e-9)
            #expect(abs(bucket["consumedKwh"]! - consumed) < 1e-9)
            #expect(abs(bucket["netKwh"]! - (produced - consumed)) < 1e-9)
        }
        #expect(history.contains { $0["consumedKwh"]! > 0 })
    }
}
