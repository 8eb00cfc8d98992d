import Building
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Storage
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct HomeEnergyTests {
    static let battery = "battery: {capacityWh: 10000, maxChargeRateWatts: 5000, maxDischargeRateWatts: 4000}"
    static let car =
        "electricVehicle: {batteryCapacityWh: 60000, maxChargeRateWatts: 11000, maxDischargeRateWatts: 7000, "
        + "currentChargeWh: 30000}"

    @Test func `adds up what a home makes, uses and stores, by hand, in every mode`() async throws {
        let scene = try await HomeScene("sums")
        _ = try await scene.register("Solar roof", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 5000}")
        let battery = try await scene.register("Battery", "BATTERY", Self.battery)
        let car = try await scene.register("Car", "ELECTRIC_VEHICLE", Self.car)
        _ = try await scene.register("Washer", "APPLIANCE", "appliance: {averagePowerDrawWatts: 1800}")
        let gone = try await scene.register("Old panel", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 100}")
        let summary = """
            { energySummary { totalProductionWatts totalConsumptionWatts netPowerWatts totalStorageCapacityWh
              totalStorageChargeWh storagePercentage storageStates { deviceName chargePercentage mode } } }
            """
        func expect(
            _ production: Double, _ consumption: Double, _ charge: Double, _ modes: [String], _ percent: [Double],
            line: SourceLocation = #_sourceLocation
        ) async throws {
            let answer = try await scene.ask(summary, as: scene.owner) as? [String: Any]
            let data = answer?["data"] as? [String: Any]
            let found = try #require(data?["energySummary"] as? [String: Any], sourceLocation: line)
            #expect(found["totalProductionWatts"] as? Double == production, sourceLocation: line)
            #expect(found["totalConsumptionWatts"] as? Double == consumption, sourceLocation: line)
            #expect(found["netPowerWatts"] as? Double == production - consumption, sourceLocation: line)
            #expect(found["totalStorageCapacityWh"] as? Double == 70_000, sourceLocation: line)
            #expect(found["totalStorageChargeWh"] as? Double == charge, sourceLocation: line)
            #expect(found["storagePercentage"] as? Double == charge / 700, sourceLocation: line)
            let states = found["storageStates"] as? [[String: Any]] ?? []
            #expect(states.map { $0["mode"] as? String } == modes, sourceLocation: line)
            #expect(states.map { $0["chargePercentage"] as? Double } == percent, sourceLocation: line)
        }
        // Nothing was said yet but what the car held.
        try await expect(0, 0, 30_000, ["IDLE", "IDLE"], [0, 50])
        // Noon: the sun charges the battery. An appliance's power counts as use, whatever its sign.
        try await scene.send("solar-roof", "power_w", 4200)
        try await scene.send("washer", "power_w", 1800)
        try await scene.send("battery", "power_w", -1500)
        try await scene.send("battery", "charge_wh", 4000)
        try await expect(4200, 3300, 34_000, ["CHARGING", "IDLE"], [40, 50])
        // Evening: both give. What is registered no more, and what was said long ago, does not count.
        try await scene.send("old-panel", "power_w", 100)
        _ = try await scene.ask("mutation { deactivateDevice(id: \"\(gone)\") { success } }", as: scene.owner)
        try await scene.send("battery", "power_w", 2500)
        try await scene.send("car", "power_w", 3000)
        try await scene.replica.run(
            """
            UPDATE latest_reading SET datetime = now() - interval '16 minutes' WHERE device_id = 'sums/building/solar-roof'
            """)
        try await expect(5500, 1800, 34_000, ["DISCHARGING", "DISCHARGING"], [40, 50])
        // What was asked for goes before what is seen; full and empty is idle; charge stays within its bounds.
        let desired = """
            mutation { battery: setStorageMode(deviceId: "\(battery)", mode: CHARGING) { success errors }
              car: setStorageMode(deviceId: "\(car)", mode: DISCHARGING, rateWatts: 7000) { success errors } }
            """
        #expect(try await scene.text(desired, as: scene.owner).contains("false") == false)
        try await expect(5500, 1800, 34_000, ["CHARGING", "DISCHARGING"], [40, 50])
        try await scene.send("battery", "charge_wh", 12_000)
        try await scene.send("car", "charge_wh", -5)
        try await expect(5500, 1800, 10_000, ["IDLE", "IDLE"], [100, 0])
        await scene.service.process.terminate()
    }

    @Test func `sums up what was stored before a device was registered, beside its registration, and after it`()
        async throws
    {
        let scene = try await HomeScene("ways")
        /// As the summary's table has it, and as it follows from the newest readings.
        func check(_ count: Int, line: SourceLocation = #_sourceLocation) async throws {
            let kept = try await scene.replica.rows(
                """
                SELECT device_id || ' ' || coalesce(watts::text, '-') || ' ' || coalesce(charge_wh::text, '-')
                FROM home_state JOIN devices ON devices.id = device WHERE device_id LIKE 'ways/%' ORDER BY 1
                """)
            let expected = try await scene.replica.rows(
                """
                SELECT devices.device_id || ' ' || coalesce((CASE WHEN type = 'appliance' THEN -abs(power.number)
                        ELSE power.number END)::text, '-')
                    || ' ' || coalesce((CASE WHEN capacity_wh IS NOT NULL
                        AND coalesce(charge.number, registered_charge_wh) IS NOT NULL
                        THEN least(greatest(coalesce(charge.number, registered_charge_wh), 0), capacity_wh)
                        END)::text, '-')
                FROM home_devices JOIN devices ON devices.id = device
                LEFT JOIN latest_reading AS power ON power.device_id = devices.device_id AND power.datapoint = 'power_w'
                LEFT JOIN latest_reading AS charge
                    ON charge.device_id = devices.device_id AND charge.datapoint = 'charge_wh'
                WHERE is_active AND devices.device_id LIKE 'ways/%' ORDER BY 1
                """)
            #expect(kept == expected, sourceLocation: line)
            #expect(kept.count == count, sourceLocation: line)
        }
        try await scene.send("early", "power_w", -700)
        try await scene.send("early", "charge_wh", 2500)
        _ = try await scene.register("Early", "BATTERY", Self.battery)
        try await check(1)
        // Readings and registrations at the same time, by raw_data and by gateways' batches.
        let gateway = try await CentralProcess.token("gateway", "--building", "ways")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask { _ = try await scene.register("device \(number)", "BATTERY", Self.battery) }
                group.addTask { try await scene.send("device-\(number)", "power_w", Double(number)) }
                group.addTask {
                    let entries: [(room: String, device: String, DeviceClass?, Datapoint, ReadingValue)] = [
                        ("building", "device-\(number)", .battery, .chargeWattHours, .number(Double(number * 100))),
                        ("building", "early", .battery, .powerWatts, .number(Double(number))),
                    ]
                    let answer = try await scene.service.send(batch(entries), token: gateway)
                    #expect(answer.status == 200)
                }
            }
            try await group.waitForAll()
        }
        try await check(13)
        let gone = try await scene.register("Gone", "APPLIANCE", "appliance: {averagePowerDrawWatts: 5}")
        try await scene.send("gone", "power_w", 5)
        try await check(14)
        _ = try await scene.ask("mutation { deactivateDevice(id: \"\(gone)\") { success } }", as: scene.owner)
        try await scene.send("gone", "power_w", 6)
        try await check(13)
        // What is no number, or no measurement, is nothing; what was held at registration stands in for it.
        _ = try await scene.register("Car", "ELECTRIC_VEHICLE", Self.car)
        try await scene.send("car", "charge_wh", 45_000)
        try await scene.replica.run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            VALUES (now(), 'ways/building/car', 'charge_wh', 'unknown'), (now(), 'ways/building/early', 'power_w', 'none')
            """)
        try await check(14)
        await scene.service.process.terminate()
    }

    @Test func `tells everything that is wrong with a registration or a mode at once`() async throws {
        let scene = try await HomeScene("checks")
        let wrong = """
            mutation { registerDevice(input: {name: " ", deviceType: BATTERY, properties: {
              battery: {capacityWh: 0, maxChargeRateWatts: -1, maxDischargeRateWatts: 1e10},
              appliance: {averagePowerDrawWatts: 1} }}) { success errors device { id } } }
            """
        let answer = try await scene.ask(wrong, as: scene.owner) as? [String: [String: [String: Any]]]
        let payload = try #require(answer?["data"]?["registerDevice"])
        #expect(payload["success"] as? Bool == false)
        #expect((payload["errors"] as? [String])?.count == 5, "\(payload)")
        #expect(payload["device"] is NSNull)
        let car = Self.car.replacing("30000", with: "70000")
        #expect(
            try await scene.text(
                """
                mutation { registerDevice(input: {name: "Car", deviceType: ELECTRIC_VEHICLE, properties: {\(car)}}) {
                  success errors } }
                """, as: scene.owner
            ).contains("currentChargeWh: must be from 0 to batteryCapacityWh."))
        let battery = try await scene.register("Battery", "BATTERY", Self.battery)
        let panel = try await scene.register("Panel", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 5000}")
        for (arguments, why) in [
            ("deviceId: \"\(battery)\", mode: CHARGING, rateWatts: 5001", "exceeds the limit of 5000 W"),
            ("deviceId: \"\(battery)\", mode: DISCHARGING, rateWatts: 4001", "exceeds the limit of 4000 W"),
            ("deviceId: \"\(battery)\", mode: CHARGING, rateWatts: 0", "must be above 0"),
            ("deviceId: \"\(panel)\", mode: CHARGING", "does not store energy"),
            ("deviceId: \"nobody\", mode: CHARGING", "no such device"),
            ("deviceId: \"\\u0000\", mode: CHARGING", "no such device"),
        ] {
            let answer = try await scene.text(
                "mutation { setStorageMode(\(arguments)) { success errors } }", as: scene.owner)
            #expect(answer.contains("\"success\":false") && answer.contains(why), "\(arguments): \(answer)")
        }
        await scene.service.process.terminate()
    }

    @Test func `shows devices to those who may see their building, page by page`() async throws {
        let scene = try await HomeScene("pages")
        // The gateway's device of that name is meant; another of the name gets a number.
        let pump = try await scene.register("Heat pump", "APPLIANCE", "appliance: {averagePowerDrawWatts: 900}")
        let second = try await scene.register("Heat pump", "APPLIANCE", "appliance: {averagePowerDrawWatts: 901}")
        #expect(
            try await scene.replica.rows(
                """
                SELECT devices.device_id FROM home_devices JOIN devices ON devices.id = home_devices.device
                WHERE devices.device_id LIKE 'pages/%' ORDER BY 1
                """) == ["pages/building/heat-pump", "pages/building/heat-pump-2"])
        try await scene.send("heat-pump", "power_w", 850)
        let state = try await scene.text("{ device(id: \"\(pump)\") { name state { powerWatts mode updatedAt } } }")
        #expect(state.contains("\"name\":\"Heat pump\"") && state.contains("\"powerWatts\":-850"))
        #expect(state.contains("\"mode\":null") && state.contains("+0"))
        let here = [("Hearth-Building", "pages")]
        let page = "{ devices(first: 1, after: \"\(pump)\") { id } }"
        #expect(try await scene.text(page, headers: here) == "{\"data\":{\"devices\":[{\"id\":\"\(second)\"}]}}")
        #expect(try await scene.text("{ devices(first: 0) { id } }").contains("BAD_ARGUMENT"))
        // Of another building.
        #expect(try await scene.text("{ devices { id } }", as: scene.hotelGuest) == #"{"data":{"devices":[]}}"#)
        #expect(
            try await scene.text("{ device(id: \"\(pump)\") { id } }", as: scene.hotelGuest)
                == #"{"data":{"device":null}}"#)
        let refused = try await scene.text(
            "mutation { deactivateDevice(id: \"\(pump)\") { success } }", as: scene.hotelGuest)
        #expect(refused.contains("FORBIDDEN"))
        #expect(
            try await scene.text("{ devices { id } }", headers: [("Hearth-Building", "pages-hotel")])
                == #"{"data":{"devices":[]}}"#)
        _ = try await scene.ask("mutation { deactivateDevice(id: \"\(pump)\") { success } }")
        #expect(
            try await scene.text("{ devices { id } }", headers: here)
                == "{\"data\":{\"devices\":[{\"id\":\"\(second)\"}]}}")
        #expect(try await scene.text("{ devices(activeOnly: false) { id } }", headers: here).contains(pump))
        await scene.service.process.terminate()
    }

    @Test func `adds up energy by quarter, hour, day, week and month of the home's clocks`() async throws {
        let scene = try await HomeScene("history")
        let solar = try await scene.register("Solar", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 5000}")
        _ = try await scene.register("Oven", "APPLIANCE", "appliance: {averagePowerDrawWatts: 2000}")
        // The night in which Berlin's clocks are set forward, and the hour before noon; nothing between.
        try await scene.replica.run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'history/building/oven', 'power_w', '2000'
            FROM generate_series(timestamptz '2024-03-31 00:00+01', '2024-03-31 03:59+02', '5 minutes') AS moment;
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'history/building/solar', 'power_w', '4000'
            FROM generate_series(timestamptz '2024-03-31 11:00+02', '2024-03-31 11:59+02', '5 minutes') AS moment;
            """)
        func history(_ range: String, _ interval: String, _ more: String = "") async throws -> [[String: Any]] {
            let answer = try await scene.ask(
                "{ energyHistory(\(range), interval: \(interval)\(more)) { start end producedKwh consumedKwh netKwh } }",
                as: scene.owner)
            let data = (answer as? [String: Any])?["data"] as? [String: Any]
            return try #require(data?["energyHistory"] as? [[String: Any]], "\(answer)")
        }
        let day = "start: \"2024-03-31\", end: \"2024-04-01\""
        let hours = try await history(day, "HOUR")
        #expect(hours.count == 23)
        #expect(hours[1]["start"] as? String == "2024-03-31T01:00:00+01:00")
        #expect(hours[1]["end"] as? String == "2024-03-31T03:00:00+02:00")
        #expect(hours.map { $0["consumedKwh"] as? Double } == [2, 2, 2] + Array(repeating: 0, count: 20))
        #expect(hours[10]["producedKwh"] as? Double == 4)
        #expect(hours[10]["netKwh"] as? Double == 4)
        let quarters = try await history(day, "QUARTER_HOUR", ", deviceId: \"\(solar)\"")
        #expect(quarters.count == 92)
        #expect(quarters.compactMap { $0["producedKwh"] as? Double }.reduce(0, +) == 4)
        #expect(quarters.compactMap { $0["consumedKwh"] as? Double }.reduce(0, +) == 0)
        for (interval, starts) in [
            ("DAY", ["2024-03-20T00:00:00+01:00", "2024-03-21T00:00:00+01:00"]),
            ("WEEK", ["2024-03-20T00:00:00+01:00", "2024-03-25T00:00:00+01:00", "2024-04-01T00:00:00+02:00"]),
            ("MONTH", ["2024-03-20T00:00:00+01:00", "2024-04-01T00:00:00+02:00"]),
        ] {
            let steps = try await history("start: \"2024-03-20\", end: \"2024-04-03T12:00\"", interval)
            #expect(steps.prefix(starts.count).map { $0["start"] as? String } == starts)
            #expect(steps.last?["end"] as? String == "2024-04-03T12:00:00+02:00")
            #expect(steps.compactMap { $0["netKwh"] as? Double }.reduce(0, +) == -2)
        }
        // The night in which they are set back: an hour comes twice. What is missing after it adds nothing.
        try await scene.replica.run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'history/building/oven', 'power_w', '2000'
            FROM generate_series(timestamptz '2024-10-27 00:00+02', '2024-10-27 03:59+01', '5 minutes') AS moment;
            """)
        let autumn = "start: \"2024-10-27\", end: \"2024-10-28\""
        let longDay = try await history(autumn, "HOUR")
        #expect(
            longDay.map { $0["consumedKwh"] as? Double } == Array(repeating: 2, count: 5)
                + Array(repeating: 0, count: 20))
        #expect(longDay[2]["start"] as? String == "2024-10-27T02:00:00+02:00")
        #expect(longDay[3]["start"] as? String == "2024-10-27T02:00:00+01:00")
        #expect(try await history(autumn, "QUARTER_HOUR").count == 100)
        #expect(try await history(autumn, "DAY").map { $0["netKwh"] as? Double } == [-10])
        // Steps follow on one another, and whatever their length, they make the same sum.
        for interval in ["QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH"] {
            let steps = try await history("start: \"2024-10-20T17:05\", end: \"2024-11-05T03:00\"", interval)
            #expect(steps.first?["start"] as? String == "2024-10-20T17:00:00+02:00")
            #expect(steps.last?["end"] as? String == "2024-11-05T03:00:00+01:00")
            #expect(
                steps.dropFirst().map { $0["start"] as? String } == steps.dropLast().map { $0["end"] as? String })
            #expect(steps.compactMap { $0["consumedKwh"] as? Double }.reduce(0, +) == 10, "\(interval)")
            #expect(steps.compactMap { $0["producedKwh"] as? Double }.reduce(0, +) == 0, "\(interval)")
        }
        for range in ["start: 0, end: 1", "start: \"2024-03-31\", end: \"2024-03-31\"", "start: \"x\", end: \"y\""] {
            #expect(
                try await scene.text("{ energyHistory(\(range), interval: DAY) { start } }", as: scene.owner)
                    .contains("errors") == (range != "start: 0, end: 1"))
        }
        #expect(
            try await scene.text(
                "{ energyHistory(start: \"1980-01-01\", end: \"2020-01-01\", interval: HOUR) { start } }"
            ).contains("BAD_RANGE"))
        await scene.service.process.terminate()
    }
}
