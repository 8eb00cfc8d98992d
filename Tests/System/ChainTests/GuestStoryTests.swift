import BrowserRig
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// A guest's evening, on a phone: a simulated hotel sends, a real gateway heats, a real browser asks.
@Suite(.withDatabaseServer, .withBrowser, .serialized, .timeLimit(.minutes(4)))
struct GuestStoryTests {
    /// Where pictures of the page go, for people to look at.
    private static let pictures = ProcessInfo.processInfo.environment["HEARTH_PICTURES"]

    @Test func `opens the link, asks, downloads the energy, sets 23 °C and sees the valve react`() async throws {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(databaseURL: url)
            let central = try await chain.startCentral()
            let edge = try await chain.startEdge()
            let hotel = try ManagedProcess(
                Executables.path("hearth-simulate"),
                [
                    "hotel", "--config", Checkout.file("config/edge.yaml"), "--mqtt-host", "127.0.0.1", "--mqtt-port",
                    "\(chain.broker.port)", "--interval", "1", "--seed", "7",
                ])
            try await eventually("the room is heated and known", within: .seconds(60), detail: edge.output) {
                let sql = """
                    SELECT count(DISTINCT datapoint) FROM latest_reading
                    WHERE device_id ~ '^grand/room-101/(climate|iaq|life_being)$'
                    """
                return (Int(try await chain.psql(sql)) ?? 0) >= 6
            }
            let address = "http://127.0.0.1:\(chain.httpPort)"
            let told = try await CentralProcess.command(
                "guest", "link", "--building", "grand", "--room", "room-101", "--set", "http.publicURL=\(address)",
                database: url)
            #expect(told.status == 0, "\(told.output)")
            let link = try #require(told.output.split(separator: "\n").last.map(String.init))
            let browser = try await Browser(.init(width: 390, height: 844))
            do {
                try await GuestStory(browser: browser, chain: chain, pictures: Self.pictures).tell(link)
                #expect(try await browser.complaints() == [])
                let hosts = Set(try await browser.requestedAddresses().map { "\($0.host() ?? ""):\($0.port ?? 0)" })
                #expect(hosts == ["127.0.0.1:\(chain.httpPort)"])
            } catch {
                if let folder = Self.pictures {
                    try? await browser.screenshot().write(to: URL(fileURLWithPath: "\(folder)/guest-story-failed.png"))
                }
                await browser.end()
                throw error
            }
            await browser.end()
            #expect(await hotel.terminate() == 0)
            #expect(await edge.terminate() == 0)
            #expect(await central.terminate() == 0)
        }
    }
}

private struct GuestStory {
    let browser: Browser
    let chain: Chain
    let pictures: String?
    private let folder = TemporaryFolder()

    init(browser: Browser, chain: Chain, pictures: String?) {
        self.browser = browser
        self.chain = chain
        self.pictures = pictures
    }

    func tell(_ link: String) async throws {
        try await browser.open(link)
        try await browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
        try await browser.waitUntil("document.querySelectorAll('#now dd').length >= 5")
        #expect(try await text("#room") == "Room 101")
        #expect(try await tile("Temperature").hasSuffix("°C"))
        try await ask()
        try await download()
        try await setTheTemperature()
        try await setByChat()
    }

    // MARK: Asking

    private func ask() async throws {
        for (question, answer) in [
            ("How warm is it?", "°C"), ("How is the air?", "CO₂"), ("Is somebody in the room?", "occupied"),
            ("What was the highest temperature in the last hour?", "°C"), ("Wie feucht ist es?", "%"),
        ] {
            let reply = try await say(question)
            #expect(reply.contains(answer), "\(question): \(reply)")
        }
    }

    /// Types it, and waits for the whole answer.
    private func say(_ message: String) async throws -> String {
        let before = try await browser.run("return document.querySelectorAll('#talk .theirs').length;", as: Int.self)
        try await browser.run("document.getElementById('message').focus(); return true;", as: Bool.self)
        try await browser.press(message + "\u{E007}")
        try await browser.waitUntil(
            "document.querySelectorAll('#talk .theirs:not([aria-busy])').length > \(before)", within: .seconds(30))
        return try await browser.run(
            "return [...document.querySelectorAll('#talk .theirs')].at(-1).textContent;", as: String.self)
    }

    private func download() async throws {
        try await browser.saveDownloads(in: folder.path)
        _ = try await say("Send me the hotel's energy of the last 24 hours as a file")
        try await picture("guest-chat")
        try await browser.run("document.querySelector('#talk a.file').click(); return true;", as: Bool.self)
        try await eventually("the file is there") {
            try saved()?.hasPrefix("timestamp,ac,lighting,plug_load\n") == true
        }
        #expect(try saved()?.split(separator: "\n").count ?? 0 >= 2)
    }

    private func saved() throws -> String? {
        let name = try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(".csv") }
        return try name.map { try String(contentsOfFile: folder.file($0), encoding: .utf8) }
    }

    // MARK: Setting

    private func setTheTemperature() async throws {
        #expect(try await text("#desired") == "as scheduled")
        #expect(try await text("#goal") == "22 °C")
        let valve = try await tile("Radiator valve")
        for _ in 0..<2 { try await click("#warmer") }
        let start = ContinuousClock.now
        try await click("#set")
        try await browser.waitUntil("document.getElementById('reported').textContent === '23 °C'")
        let reported = ContinuousClock.now - start
        #expect(try await text("#wish-state") == "The heating has accepted it.")
        try await browser.waitUntil("(\(Self.tile("Set to"))) === '23 °C'", within: .seconds(30))
        try await browser.waitUntil(
            "parseInt(\(Self.tile("Radiator valve"))) > parseInt('\(valve)')", within: .seconds(30))
        print(
            "on the page: reported after \(reported.formatted(.units(allowed: [.milliseconds]))), the valve moved after "
                + "\((ContinuousClock.now - start).formatted(.units(allowed: [.milliseconds])))")
        try await browser.run("scrollTo({ top: 0, behavior: 'instant' }); return true;", as: Bool.self)
        try await picture("guest-setpoint")
        try await click("#undo")
        try await browser.waitUntil("document.getElementById('reported').textContent === '22 °C'")
        #expect(try await text("#desired") == "as scheduled")
    }

    private func setByChat() async throws {
        let reply = try await say("Set 21 °C for two hours")
        #expect(reply.contains("The heating has accepted it. It reports a set-point of 21 °C."), "\(reply)")
        try await browser.waitUntil("document.getElementById('desired').textContent.startsWith('21 °C until')")
        let german = try await say("rückgängig")
        #expect(german.contains("Die Heizung hat es übernommen"), "\(german)")
        try await browser.waitUntil("document.getElementById('reported').textContent === '22 °C'")
    }

    // MARK: The page

    private func text(_ place: String) async throws -> String {
        try await browser.run("return document.querySelector('\(place)').textContent;", as: String.self)
    }

    private func click(_ place: String) async throws {
        try await browser.run("document.querySelector('\(place)').click(); return true;", as: Bool.self)
    }

    /// What a tile says, without its note.
    private func tile(_ title: String) async throws -> String {
        try await browser.run("return \(Self.tile(title)) ?? '';", as: String.self)
    }

    private static func tile(_ title: String) -> String {
        """
        [...document.querySelectorAll('#now > div')].find((tile) =>
            tile.querySelector('dt').textContent === '\(title)')?.querySelector('dd').firstChild.textContent
        """
    }

    private func picture(_ name: String) async throws {
        guard let pictures else { return }
        try await browser.screenshot().write(to: URL(fileURLWithPath: "\(pictures)/\(name).png"))
    }
}
