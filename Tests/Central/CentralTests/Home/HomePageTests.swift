import BrowserRig
import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// An owner's way through the page of a home, on a phone and on a desk.
@Suite(.withDatabaseServer, .database, .withBrowser, .serialized) struct HomePageTests {
    /// Where pictures of the page go, for people to look at.
    private static let pictures = ProcessInfo.processInfo.environment["HEARTH_PICTURES"]

    @Test func `shows where power flows, the day's curve and storage, and sets a mode`() async throws {
        let service = try await CentralProcess()
        let owner = try await furnished(service)
        for (name, look) in [
            ("phone", Browser.Look(width: 390, height: 844, isDark: true)),
            ("desk", Browser.Look(width: 1180, height: 1000)),
        ] {
            let browser = try await Browser(look)
            do {
                try await walk(browser, service.url, owner)
                if let folder = Self.pictures {
                    try await browser.screenshot().write(to: URL(fileURLWithPath: "\(folder)/home-\(name).png"))
                }
            } catch {
                await browser.end()
                throw error
            }
            await browser.end()
        }
        await service.process.terminate()
    }

    @Test func `takes a token by hand, lets an operator choose the building, and says what is wrong`() async throws {
        let service = try await CentralProcess()
        _ = try await furnished(service, slug: "by-hand")
        let gateway = try await CentralProcess.token("gateway", "--building", "annex")
        #expect(try await service.send(inventory("annex"), token: gateway).status == 204)
        let ops = try await CentralProcess.token("operator", "--name", "ops")
        let browser = try await Browser(.init(width: 390, height: 844))
        do {
            try await browser.open(service.url + "/home")
            try await browser.waitUntil("!document.getElementById('token').hidden")
            try await browser.run("document.getElementById('token-field').focus(); return true;", as: Bool.self)
            try await browser.press("nonsense\u{E007}")
            try await browser.waitUntil("document.getElementById('token-problem').textContent.includes('not valid')")
            try await browser.run(
                """
                const field = document.getElementById("token-field");
                field.value = "\(ops)";
                field.dispatchEvent(new Event("input"));
                document.getElementById("token").requestSubmit();
                return true;
                """, as: Bool.self)
            try await browser.waitUntil("document.getElementById('name').textContent === 'Sunny home'")
            try await browser.waitUntil("document.querySelectorAll('#storage article').length === 2")
            try await browser.run(
                """
                const chooser = document.getElementById("building");
                chooser.value = "annex";
                chooser.dispatchEvent(new Event("change"));
                return true;
                """, as: Bool.self)
            try await browser.waitUntil("document.getElementById('others').textContent.includes('No devices')")
            #expect(
                try await browser.run("return document.querySelectorAll('#storage article').length;", as: Int.self) == 0
            )
            // One refusal was provoked above.
            #expect(try await browser.complaints().allSatisfy { $0.contains("401") })
        } catch {
            await browser.end()
            throw error
        }
        await browser.end()
        await service.process.terminate()
    }

    /// A home whose devices have told of today, and its owner's token.
    private func furnished(_ service: CentralProcess, slug: String = "sunny") async throws -> String {
        let gateway = try await CentralProcess.token("gateway", "--building", slug)
        var home = inventory(slug)
        home.building.kind = "home"
        home.building.name = "Sunny home"
        #expect(try await service.send(home, token: gateway).status == 204)
        let owner = try await CentralProcess.token("guest", "--building", slug, "--room", "room-101")
        for (name, type, properties) in [
            ("Solar roof", "SOLAR_PANEL", "solarPanel: {ratedCapacityWatts: 8000}"),
            ("Wall battery", "BATTERY", HomeEnergyTests.battery), ("Car", "ELECTRIC_VEHICLE", HomeEnergyTests.car),
            ("Fridge", "APPLIANCE", "appliance: {averagePowerDrawWatts: 100}"),
            ("Dishwasher", "APPLIANCE", "appliance: {averagePowerDrawWatts: 900}"),
        ] {
            let query = """
                mutation { registerDevice(input: {name: "\(name)", deviceType: \(type), properties: {\(properties)}}) {
                  success } }
                """
            let body = try JSONSerialization.data(withJSONObject: ["query": query])
            let answer = try await service.call(
                "/graphql", method: .post, token: owner, type: "application/json", body: Array(body))
            #expect(answer.text.contains("\"success\":true"), "\(answer.text)")
        }
        // Since midnight there: a sun that rises and sets, a battery that takes what is left over, and what is used. Then,
        // as of now, round figures.
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, '\(slug)/building/' || device, 'power_w', watts::text
            FROM (
                SELECT moment, 6400 * greatest(0, sin(pi() * (extract(hour FROM moment AT TIME ZONE 'Europe/Berlin')
                    + extract(minute FROM moment) / 60 - 6) / 14)) AS sun,
                    300 + CASE WHEN extract(minute FROM moment) < 20 THEN 1500 ELSE 0 END AS used
                FROM generate_series(date_trunc('day', now(), 'Europe/Berlin'), now() - interval '1 minute', '5 minutes')
                    AS moment
            ) AS day, LATERAL (VALUES ('solar-roof', sun), ('dishwasher', -used),
                ('wall-battery', -least(2500, greatest(sun - used, -1200)))) AS said (device, watts);
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT now(), '\(slug)/building/' || device, datapoint, value::text
            FROM (VALUES ('solar-roof', 'power_w', 4200), ('wall-battery', 'power_w', -2500),
                ('wall-battery', 'charge_wh', 6300), ('car', 'power_w', 0), ('car', 'charge_wh', 41000),
                ('fridge', 'power_w', -98), ('dishwasher', 'power_w', -850)) AS said (device, datapoint, value);
            """)
        return owner
    }

    private func walk(_ browser: Browser, _ address: String, _ owner: String) async throws {
        try await browser.open(address + "/home#token=" + owner)
        try await browser.waitUntil(
            "document.querySelector('#curve svg polyline') && document.querySelector('#flow svg')")
        #expect(try await browser.run("return location.href;", as: String.self) == address + "/home")
        #expect(try await browser.run("return document.title;", as: String.self) == "Sunny home")
        let tiles = try await browser.run(
            "return [...document.querySelectorAll('#now > div')].map((tile) => tile.innerText.replace(/\\n+/g, ' '));",
            as: [String].self)
        #expect(
            tiles == [
                "Solar 4.20 kW produced", "House 948 W used by appliances", "Battery 2.50 kW charging", "Car 0 W idle",
                "Grid 752 W to the grid",
            ])
        let levels = try await browser.run(
            "return [...document.querySelectorAll('#storage meter')].map((meter) => meter.value);", as: [Double].self)
        #expect(levels.map { ($0 * 10).rounded() } == [630, 683])
        #expect(
            try await browser.run(
                "return document.querySelector('#curve svg').getAttribute('aria-label').startsWith('Today: ');",
                as: Bool.self))
        try await setModes(browser)
        #expect(
            try await browser.run(
                "return [...document.querySelectorAll('#others li')].map((row) => row.innerText.replace(/\\s+/g, ' '));",
                as: [String].self) == ["Dishwasher 850 W", "Fridge 98 W"])
        let nameless = try await browser.run(
            """
            return [...document.querySelectorAll("input, select, button, meter, [role=img]")].filter((field) =>
                !field.labels?.length && !field.textContent.trim() && !field.ariaLabel).map((field) => field.outerHTML);
            """, as: [String].self)
        #expect(nameless == [])
        let widths = try await browser.run(
            "return [document.documentElement.scrollWidth, window.innerWidth];", as: [Int].self)
        #expect(widths[0] <= widths[1])
        #expect(try await browser.complaints() == [])
        let hosts = Set(try await browser.requestedAddresses().map { "\($0.host() ?? ""):\($0.port ?? 0)" })
        #expect(hosts == [address.replacing("http://", with: "")])
    }

    /// By the keyboard: a power that is too much, one that is not, and then nothing at all.
    private func setModes(_ browser: Browser) async throws {
        let battery = "document.querySelector('[data-device=\"Wall battery\"]')"
        func pressed(_ mode: String) -> String {
            "[...\(battery).querySelectorAll('button')].find((button) => button.ariaPressed === 'true')?.textContent "
                + "=== '\(mode)'"
        }
        try await browser.run("\(battery).querySelector('input').focus(); return true;", as: Bool.self)
        try await browser.press("4500")
        try await browser.run("\(battery).querySelectorAll('button')[1].focus(); return true;", as: Bool.self)
        try await browser.press("\u{E007}")
        try await browser.waitUntil("\(battery).querySelector('.problem')?.textContent.includes('4000 W')")
        try await browser.run(
            "\(battery).querySelector('input').value = '4000'; \(battery).querySelectorAll('button')[1].focus(); return true;",
            as: Bool.self)
        try await browser.press(" ")
        try await browser.waitUntil(pressed("Discharge"))
        try await browser.run("\(battery).querySelectorAll('button')[2].focus(); return true;", as: Bool.self)
        try await browser.press("\u{E007}")
        try await browser.waitUntil(pressed("Hold"))
    }
}
