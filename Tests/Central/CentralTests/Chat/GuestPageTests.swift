import BrowserRig
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// A guest's way through the page, at the size of a phone.
@Suite(.withDatabaseServer, .database, .withBrowser, .serialized) struct GuestPageTests {
    /// Where pictures of the page go, for people to look at.
    private static let pictures = ProcessInfo.processInfo.environment["HEARTH_PICTURES"]

    @Test func `opens the link, shows the room, answers, and downloads the file`() async throws {
        let hotel = try await ChatTests.Hotel("page")
        let service = hotel.scene.service
        let printed = try await CentralProcess.command(
            "guest", "link", "--building", "page", "--room", "room-101", "--from", "2020-01-01", "--set",
            "http.publicURL=\(service.url)")
        let link = try #require(printed.output.split(separator: "\n").last.map(String.init))
        #expect(link.hasPrefix(service.url + "/guest#token=hearth_g_"))
        for (name, dark) in [("light", false), ("dark", true)] {
            let browser = try await Browser(.init(width: 390, height: 844, isDark: dark))
            do {
                try await walk(browser, link, service.url)
                if let folder = Self.pictures {
                    try await browser.screenshot().write(to: URL(fileURLWithPath: "\(folder)/guest-\(name).png"))
                }
            } catch {
                await browser.end()
                throw error
            }
            await browser.end()
        }
        await hotel.end()
    }

    /// Without a gateway there is nobody to take a wish: the page says so.
    private func setDesired(_ browser: Browser) async throws {
        let text = { (id: String) in
            try await browser.run("return document.getElementById('\(id)').textContent;", as: String.self)
        }
        let click = { (id: String) in
            try await browser.run("document.getElementById('\(id)').click(); return true;", as: Bool.self)
        }
        #expect(try await text("desired") == "as scheduled")
        for _ in 0..<2 { _ = try await click("warmer") }
        #expect(try await text("goal") == "23 °C")
        _ = try await click("set")
        try await browser.waitUntil("document.getElementById('desired').textContent === '23 °C'")
        #expect(try await text("wish-state") == "Sent. Waiting for the heating …")
        _ = try await click("undo")
        try await browser.waitUntil("document.getElementById('desired').textContent === 'as scheduled'")
        #expect(try await browser.run("return document.getElementById('undo').hidden;", as: Bool.self))
    }

    private func walk(_ browser: Browser, _ link: String, _ address: String) async throws {
        try await browser.open(link)
        try await browser.waitUntil(
            "document.querySelector('#now dd') && document.querySelector('#chart svg polyline')")
        #expect(try await browser.run("return location.href;", as: String.self) == address + "/guest")
        #expect(
            try await browser.run("return document.getElementById('room').textContent;", as: String.self).isEmpty
                == false)
        let tiles = try await browser.run(
            "return [...document.querySelectorAll('#now dt')].map((tile) => tile.textContent);", as: [String].self)
        #expect(tiles == ["Temperature", "Set to", "Humidity", "CO₂", "Presence", "Radiator valve"])
        // By the keyboard: into the field, and Enter.
        try await browser.run("document.getElementById('message').focus(); return true;", as: Bool.self)
        try await browser.press("How warm is it?\u{E007}")
        try await browser.waitUntil(
            "document.querySelector('#talk .theirs:not([aria-busy])')?.textContent.includes('°C')")
        try await browser.run(
            "document.querySelectorAll('#suggestions button')[4].click(); return true;", as: Bool.self)
        try await browser.waitUntil("document.querySelector('#talk a.file') && !document.querySelector('[aria-busy]')")
        let csv = try await browser.run(
            "return (await fetch(document.querySelector('#talk a.file').href)).text();", as: String.self)
        #expect(csv.hasPrefix("timestamp,ac,lighting,plug_load\n"))
        try await setDesired(browser)
        let nameless = try await browser.run(
            """
            return [...document.querySelectorAll("input, textarea, button")].filter((field) =>
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
}
