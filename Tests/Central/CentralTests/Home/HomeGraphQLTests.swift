import BrowserRig
import Building
import DatabaseRig
import Foundation
import HTTPClient
import HomeEnergyAPI
import Postgres
import Rig
import ServiceRig
import Storage
import Synchronization
import Testing

/// `/graphql` as its clients meet it.
@Suite(.withDatabaseServer, .database, .serialized) struct HomeGraphQLTests {
    @Test func `asks the database a handful of times for a thousand devices`() async throws {
        let scene = try await HomeScene("many")
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
        let scene = try await HomeScene("http")
        let new = "application/graphql-response+json"
        func post(_ body: String, accept: String? = nil, type: String = "application/json") async throws
            -> CentralProcess.Answer
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
            // Lists that are too long are refused before anything runs.
            (#"{"query":"{energySummary{netPowerWatts} devices(first:1001){id}}"}"#, new, 400),
            (#"{"query":"query($a:Int=1001){devices(first:$a){id}}"}"#, new, 400),
            (
                #"{"query":"{energyHistory(start:\"2000-01-01\",end:\"2020-01-01\",interval:HOUR){start}}"}"#, new, 400
            ),
            (
                #"{"query":"{a:energyHistory(start:\"2026-01-01\",end:\"2026-04-01\",interval:QUARTER_HOUR){start end}"#
                    + #" b:energyHistory(start:\"2026-01-01\",end:\"2026-04-01\",interval:QUARTER_HOUR){start end"#
                    + #" producedKwh consumedKwh netKwh} c:energyHistory(start:\"2026-01-01\",end:\"2026-04-01\","#
                    + #"interval:QUARTER_HOUR){start end producedKwh}}"}"#, new, 400
            ),
            (
                #"{"query":"{energyHistory(start:\"2026-01-01\",end:\"2026-04-01\",interval:QUARTER_HOUR){start end"#
                    + #" producedKwh consumedKwh netKwh}}"}"#, new, 200
            ),
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
        let scene = try await HomeScene("client")
        let result = try await ManagedProcess.run(
            PythonTools.path("python"),
            [
                Checkout.file("Tests/Support/GraphQL/client.py"), scene.service.url, scene.owner,
                Checkout.file("Sources/Central/HomeEnergyAPI/Schema/home.graphql"),
            ])
        #expect(result.status == 0, "\(result.output)")
        await scene.service.process.terminate()
    }

    @Test(.withBrowser) func `has a page to try it, which asks nobody else for anything`() async throws {
        let scene = try await HomeScene("page")
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
