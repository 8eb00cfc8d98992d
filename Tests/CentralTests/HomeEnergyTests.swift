import BrowserRig
import Building
import CentralStore
import DatabaseRig
import Foundation
import HTTPTransfer
import HomeEnergyAPI
import Postgres
import Rig
import Synchronization
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct HomeEnergyTests {
    /// A home and a hotel, and who may see what of them.
    private struct Scene {
        let service: RunningService
        let ops: String
        let owner: String
        let hotelGuest: String
        let replica = Replica()

        /// The home; the hotel beside it has the same name and more.
        let home: String

        /// - Parameter home: of this test alone.
        init(_ home: String) async throws {
            self.home = home
            service = try await RunningService()
            for (slug, kind) in [(home, "home"), (home + "-hotel", "hotel")] {
                let gateway = try await RunningService.token("gateway", "--building", slug)
                var inventory = inventory(slug)
                inventory.building.kind = kind
                inventory.devices.append(.init(id: "heat-pump", deviceClass: .appliance, name: "Pump"))
                guard try await service.send(inventory, token: gateway).status == 204 else {
                    throw ManagedProcess.DidNotHappen(description: "the inventory was refused")
                }
            }
            owner = try await RunningService.token("guest", "--building", home, "--room", "room-101")
            hotelGuest = try await RunningService.token("guest", "--building", home + "-hotel", "--room", "room-101")
            ops = try await RunningService.token("operator", "--name", "ops")
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

    static let battery = "battery: {capacityWh: 10000, maxChargeRateWatts: 5000, maxDischargeRateWatts: 4000}"
    static let car =
        "electricVehicle: {batteryCapacityWh: 60000, maxChargeRateWatts: 11000, maxDischargeRateWatts: 7000, "
        + "currentChargeWh: 30000}"

    @Test func `adds up what a home makes, uses and stores, by hand, in every mode`() async throws {
        let scene = try await Scene("sums")
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
        let wish = """
            mutation { battery: setStorageMode(deviceId: "\(battery)", mode: CHARGING) { success errors }
              car: setStorageMode(deviceId: "\(car)", mode: DISCHARGING, rateWatts: 7000) { success errors } }
            """
        #expect(try await scene.text(wish, as: scene.owner).contains("false") == false)
        try await expect(5500, 1800, 34_000, ["CHARGING", "DISCHARGING"], [40, 50])
        try await scene.send("battery", "charge_wh", 12_000)
        try await scene.send("car", "charge_wh", -5)
        try await expect(5500, 1800, 10_000, ["IDLE", "IDLE"], [100, 0])
        await scene.service.process.terminate()
    }

    @Test func `sums up what was stored before a device was registered, beside its registration, and after it`()
        async throws
    {
        let scene = try await Scene("ways")
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
        let gateway = try await RunningService.token("gateway", "--building", "ways")
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
        let scene = try await Scene("checks")
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
            ).contains("currentChargeWh: it must be from 0 to batteryCapacityWh."))
        let battery = try await scene.register("Battery", "BATTERY", Self.battery)
        let panel = try await scene.register("Panel", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 5000}")
        for (arguments, why) in [
            ("deviceId: \"\(battery)\", mode: CHARGING, rateWatts: 5001", "more than the 5000 W"),
            ("deviceId: \"\(battery)\", mode: DISCHARGING, rateWatts: 4001", "more than the 4000 W"),
            ("deviceId: \"\(battery)\", mode: CHARGING, rateWatts: 0", "must be above 0"),
            ("deviceId: \"\(panel)\", mode: CHARGING", "stores nothing"),
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
        let scene = try await Scene("pages")
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
        let scene = try await Scene("history")
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

    @Test func `asks the database a handful of times for a thousand devices`() async throws {
        let scene = try await Scene("many")
        try await scene.replica.run(
            """
            WITH made AS (
                INSERT INTO devices (device_id, hotel_id, class)
                SELECT 'many/building/many-' || number, hotels.id, 'battery'
                FROM hotels, generate_series(1, 1000) AS number WHERE slug = 'many' RETURNING id, hotel_id
            )
            INSERT INTO home_devices (device, hotel_id, type, name, capacity_wh, charge_limit_watts, discharge_limit_watts)
            SELECT id, hotel_id, 'battery', 'Many', 10000, 5000, 5000 FROM made;
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT now(), 'many/building/many-' || number, datapoint, '1000'
            FROM generate_series(1, 1000) AS number, unnest(ARRAY['power_w', 'charge_wh']) AS datapoint
            """)
        let statements = StatementCount()
        var settings = TestDatabase.settings
        settings.watch = StatementWatch(threshold: .zero) { _ in statements.number.withLock { $0 += 1 } }
        let pool = ConnectionPool(settings: settings, limits: .init(connections: 1))
        defer { pool.close() }
        let store = CentralStore(pool: pool, logger: Replica.logger) {
            Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        }
        let api = HomeEnergyAPI(store: store) { _, _ in throw CancellationError() }
        _ = await api.json(of: "{ devices(first: 1) { id } }", hotel: nil)
        let hotel = try await scene.replica.rows("SELECT id FROM hotels WHERE slug = 'many'").first.flatMap { Int($0) }
        let before = statements.number.withLock(\.self)
        let answer = await api.json(
            of: """
                { devices(first: 1000) { id name properties { ... on BatteryProperties { capacityWh } }
                    state { powerWatts chargeWh mode } }
                  energySummary { netPowerWatts totalStorageChargeWh storageStates { deviceName mode } } }
                """, hotel: hotel)
        #expect(answer.contains("\"netPowerWatts\":1000000,\"totalStorageChargeWh\":1000000"))
        #expect(answer.contains("errors") == false)
        #expect(statements.number.withLock(\.self) - before <= 6)
        await scene.service.process.terminate()
    }

    @Test func `speaks GraphQL over HTTP as its draft has it`() async throws {
        let scene = try await Scene("http")
        let new = "application/graphql-response+json"
        func post(_ body: String, accept: String? = nil, type: String = "application/json") async throws
            -> RunningService.Answer
        {
            try await scene.service.call(
                "/graphql/", method: .post, token: scene.ops, type: type, body: Array(body.utf8),
                headers: accept.map { [("Accept", $0)] } ?? [])
        }
        for (body, accept, status) in [
            (#"{"query":"{__typename}"}"#, new, 200), (#"{"query":"{nothing}"}"#, new, 400),
            (#"{"query":"{nothing}"}"#, "application/json", 200), (#"{"query":"{"}"#, "*/*", 200), ("{", new, 400),
            ("[]", new, 400), (#"{"query":1}"#, new, 400), (#"{"query":"{__typename}","variables":[]}"#, new, 400),
            (#"{"query":"query($a:Int!){devices(first:$a){id}}","variables":{"a":"1"}}"#, new, 400),
        ] {
            let answer = try await post(body, accept: accept)
            #expect(answer.status == status, "\(body): \(answer.text)")
            if body.contains("{__") || body.contains("nothing") {
                let type = accept == new ? new : "application/json"
                let is400Body = answer.text.hasPrefix("{\"error\":")
                if !is400Body { #expect(answer.headers["content-type"] == "\(type); charset=utf-8") }
            }
        }
        #expect(try await post("{}", type: "text/plain").status == 415)
        let large = #"{"query":"{__typename}","operationName":""# + String(repeating: "a", count: 100_000) + "\"}"
        #expect(try await post(large).status == 413)
        let deep = "{" + String(repeating: "__schema{types{fields{type{", count: 5)
        #expect(try await post("{\"query\":\"\(deep)\"}", accept: new).status == 400)
        #expect(
            try await scene.service.call("/graphql?query=%7B__typename%7D", token: scene.ops).text
                == #"{"data":{"__typename":"Query"}}"#)
        let change = "/graphql?query=mutation%7BdeactivateDevice(id:1)%7Bsuccess%7D%7D"
        let refused = try await scene.service.call(change, token: scene.ops)
        #expect(refused.status == 405)
        #expect(refused.headers["allow"]?.contains("POST") == true)
        #expect(try await scene.service.call("/graphql", token: scene.ops).status == 400)
        #expect(try await scene.service.call("/graphql?query=%7B__typename%7D").status == 401)
        #expect(try await scene.service.call("/graphql", method: .post).status == 401)
        await scene.service.process.terminate()
    }

    @Test(.withPythonTools) func `is a GraphQL service like any other to a client that knows none of it`() async throws
    {
        let scene = try await Scene("client")
        let result = try await ManagedProcess.run(
            PythonTools.path("python"),
            [
                Checkout.file("Tests/GraphQL/client.py"), scene.service.url, scene.owner,
                Checkout.file("Sources/HomeEnergyAPI/Schema/home.graphql"),
            ])
        #expect(result.status == 0, "\(result.output)")
        await scene.service.process.terminate()
    }

    @Test(.withBrowser) func `has a page to try it, which asks nobody else for anything`() async throws {
        let scene = try await Scene("page")
        _ = try await scene.register("Solar", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 5000}")
        let page = try await scene.service.call("/graphql", headers: [("Accept", "text/html")])
        #expect(page.status == 200)
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.headers["content-security-policy"]?.contains("unsafe") == false)
        for look in [Browser.Look(), Browser.Look(width: 360, height: 740, isDark: true)] {
            let browser = try await Browser(look)
            do {
                try await browser.open(scene.service.url + "/graphql")
                try await browser.waitUntil("document.querySelector('#examples button')")
                try await browser.run(
                    """
                    const field = document.getElementById("token-field");
                    field.value = "\(scene.owner)";
                    field.dispatchEvent(new Event("input"));
                    document.getElementById("request").requestSubmit();
                    document.getElementById("load-schema").click();
                    return true;
                    """, as: Bool.self)
                try await browser.waitUntil("document.getElementById('result').textContent.includes('SOLAR_PANEL')")
                try await browser.waitUntil("document.querySelectorAll('#schema .type').length > 20")
                #expect(
                    try await browser.run(
                        "return document.documentElement.scrollWidth <= window.innerWidth;", as: Bool.self))
                #expect(try await browser.complaints() == [])
                let hosts = Set(try await browser.requestedAddresses().map { "\($0.host() ?? ""):\($0.port ?? 0)" })
                #expect(hosts == [scene.service.url.replacing("http://", with: "")])
            } catch {
                await browser.end()
                throw error
            }
            await browser.end()
        }
        await scene.service.process.terminate()
    }
}

private final class StatementCount: Sendable {
    let number = Mutex(0)
}
