import BrowserRig
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// What the pages say when the network is cut, and when a connection stays open and nothing comes any more: nothing counts as
/// done that nobody has confirmed, and nothing as live that is not heard.
@Suite(.withDatabaseServer, .database, .withBrowser, .serialized) struct LostConnectionTests {
    private static let pictures = ProcessInfo.processInfo.environment["HEARTH_PICTURES"]
    /// Seconds.
    private static let heartbeat = 2

    /// What a page says in one language.
    struct Words: Sendable, CustomTestStringConvertible {
        var language: String
        var held: String
        var unconfirmed: String
        var sending: String
        var unset: String
        var asking: String
        var lost: String

        var testDescription: String { language }
    }

    static let languages = [
        Words(
            language: "en", held: "The heating has accepted it.",
            unconfirmed: "Not confirmed: there was no response. Please try again.", sending: "Sending …",
            unset: "Not set yet. Press “Set”.", asking: "Sent. Waiting for the heating …", lost: "no connection since"),
        Words(
            language: "de", held: "Die Heizung hat es übernommen.",
            unconfirmed: "Nicht bestätigt: Es kam keine Antwort. Bitte versuchen Sie es noch einmal.",
            sending: "Wird gesendet …", unset: "Noch nicht eingestellt. Drücken Sie „Einstellen“.",
            asking: "Gesendet. Die Heizung wird gefragt …", lost: "keine Verbindung seit"),
    ]

    /// A guest's page on which the heating has taken 22 °C.
    private struct Guest {
        let hotel: ChatTests.Hotel
        let browser: Browser
        let name: String

        init(_ slug: String, _ language: String) async throws {
            hotel = try await ChatTests.Hotel(
                slug, settings: ["live.heartbeatSeconds=\(LostConnectionTests.heartbeat)"])
            name = slug
            let service = hotel.scene.service
            let room = try await hotel.scene.ids(slug).rooms[0]
            let desired = try await service.call(
                "/rooms/\(room)/setpoint/", method: .put, token: hotel.scene.guest, type: "application/json",
                body: Array(#"{"celsius":22}"#.utf8))
            #expect(desired.status == 200)
            try await Replica().run(
                """
                INSERT INTO reported_state (room_id, version, state, celsius, reported_at)
                SELECT room_id, version, 'accepted', 22, now() FROM desired_state WHERE room_id = \(room)
                """)
            browser = try await Browser(.init(width: 390, height: 844, language: language))
            try await browser.open(service.url + "/guest#token=" + hotel.scene.guest)
        }

        func text(_ id: String) async throws -> String {
            try await browser.run("return document.getElementById('\(id)').textContent;", as: String.self)
        }

        func click(_ id: String) async throws {
            try await browser.run("document.getElementById('\(id)').click(); return true;", as: Bool.self)
        }

        func waitFor(_ id: String, _ text: String, within limit: Duration = .seconds(20)) async throws {
            try await browser.waitUntil(
                "document.getElementById('\(id)').textContent.startsWith('\(text)')", within: limit)
        }

        func picture(_ moment: String) async throws {
            guard let folder = LostConnectionTests.pictures else { return }
            try await browser.screenshot().write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(moment).png"))
        }

        func end() async {
            await browser.end()
            hotel.scene.service.process.resume()
            await hotel.end()
        }
    }

    /// What the page says from now on, each time that it changes, and whether it says that it is live.
    private static let watching = """
        window.said = [];
        const look = () => window.said.push(document.getElementById('wish-state').textContent);
        new MutationObserver(look).observe(document.getElementById('wish-state'), { childList: true });
        return true;
        """

    @Test(arguments: languages)
    func `a change that the network swallowed is not confirmed, until it is sent`(_ words: Words) async throws {
        let guest = try await Guest("cut-" + words.language, words.language)
        do {
            try await guest.waitFor("wish-state", words.held)
            try await guest.browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            try await guest.browser.cutNetwork(true)
            try await guest.click("warmer")
            #expect(try await guest.text("wish-state") == words.unset)
            try await guest.browser.run(Self.watching, as: Bool.self)
            try await guest.click("set")
            try await guest.waitFor("wish-state", words.unconfirmed)
            // Long enough for whatever runs by the second to say otherwise.
            try await Task.sleep(for: .seconds(2))
            #expect(try await guest.text("wish-state") == words.unconfirmed)
            let said = try await guest.browser.run("return window.said;", as: [String].self)
            #expect(!said.contains(words.held) && !said.contains(words.asking), "\(said)")
            #expect(try await guest.text("desired") == "22 °C")
            try await guest.waitFor("state", words.lost, within: .seconds(Self.heartbeat + 5))
            try await guest.picture("cut")

            try await guest.browser.cutNetwork(false)
            try await guest.click("again")
            try await guest.waitFor("desired", words.language == "de" ? "22,5 °C" : "22.5 °C")
            try await guest.browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            #expect(try await guest.text("wish-state") == words.asking)
            #expect(try await guest.browser.run("return document.getElementById('again').hidden;", as: Bool.self))
            // The change before is the one that undoing brings back.
            try await guest.click("undo")
            try await guest.waitFor("desired", "22 °C")
            try await guest.picture("back")
        } catch {
            try? await guest.picture("failed")
            await guest.end()
            throw error
        }
        await guest.end()
    }

    @Test(arguments: languages)
    func `a connection that is open and silent is not live, and confirms nothing`(_ words: Words) async throws {
        let guest = try await Guest("silent-" + words.language, words.language)
        do {
            try await guest.waitFor("wish-state", words.held)
            try await guest.browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            // It stays live while only signs of life come.
            try await Task.sleep(for: .seconds(Self.heartbeat * 3))
            #expect(
                try await guest.browser.run("return document.getElementById('state').dataset.live;", as: String.self)
                    == "yes")
            guest.hotel.scene.service.process.suspend()
            let start = ContinuousClock.now
            try await guest.click("warmer")
            try await guest.browser.run(Self.watching, as: Bool.self)
            try await guest.click("set")
            #expect(try await guest.text("wish-state") == words.sending)
            try await guest.waitFor("state", words.lost)
            let took = ContinuousClock.now - start
            // The heartbeat, three seconds of patience, and the second in which the page looks; the rest is the machine's.
            #expect(took < .seconds(Self.heartbeat + 3 + 4), "\(took)")
            try await guest.picture("silent")
            try await guest.waitFor("wish-state", words.unconfirmed)
            let said = try await guest.browser.run("return window.said;", as: [String].self)
            #expect(!said.contains(words.held) && !said.contains(words.asking), "\(said)")
            // The service was only asleep: what it had been sent is done, and the page learns it without being asked again.
            guest.hotel.scene.service.process.resume()
            try await guest.browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            try await guest.waitFor("desired", words.language == "de" ? "22,5 °C" : "22.5 °C")
            try await guest.waitFor("wish-state", words.asking.prefix(4) == "Sent" ? "Sent" : "Gesendet")
        } catch {
            try? await guest.picture("failed")
            await guest.end()
            throw error
        }
        await guest.end()
    }

    @Test func `a question that breaks off is said to have broken off`() async throws {
        let guest = try await Guest("chat-cut", "en")
        do {
            try await guest.waitFor("wish-state", Self.languages[0].held)
            try await guest.browser.cutNetwork(true)
            try await guest.browser.run("document.getElementById('message').focus(); return true;", as: Bool.self)
            try await guest.browser.press("Set 23\u{E007}")
            try await guest.browser.waitUntil(
                "document.querySelector('#talk .problem')?.textContent === "
                    + "'The connection was lost. Your request may not have been carried out.'")
        } catch {
            await guest.end()
            throw error
        }
        await guest.end()
    }

    @Test(arguments: languages)
    func `the page of a home says what was not confirmed, and when it hears nothing`(_ words: Words) async throws {
        let scene = try await HomeScene("lost-" + words.language)
        _ = try await scene.register("Wall battery", "BATTERY", HomeEnergyTests.battery)
        let browser = try await Browser(.init(width: 900, height: 900, language: words.language))
        func picture(_ moment: String) async throws {
            guard let folder = Self.pictures else { return }
            try await browser.screenshot().write(to: URL(fileURLWithPath: "\(folder)/\(scene.home)-\(moment).png"))
        }
        let answer = "document.querySelector('#storage [role=status]').textContent"
        do {
            try await browser.open(scene.service.url + "/home#token=" + scene.owner)
            try await browser.waitUntil("document.querySelector('#storage button')")
            try await browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            try await browser.cutNetwork(true)
            try await browser.waitUntil("document.getElementById('state').textContent.startsWith('\(words.lost)')")
            try await browser.run("document.querySelector('#storage button').click(); return true;", as: Bool.self)
            try await browser.waitUntil("\(answer) === '\(words.unconfirmed)'")
            try await picture("cut")
            try await browser.cutNetwork(false)
            try await browser.waitUntil("document.getElementById('state').dataset.live === 'yes'")
            // Silent in place of cut.
            scene.service.process.suspend()
            let start = ContinuousClock.now
            try await browser.run("document.querySelector('#storage button').click(); return true;", as: Bool.self)
            #expect(try await browser.run("return \(answer);", as: String.self) == words.sending)
            try await browser.waitUntil("document.getElementById('state').textContent.startsWith('\(words.lost)')")
            #expect(ContinuousClock.now - start < .seconds(18))
            try await browser.waitUntil("\(answer) === '\(words.unconfirmed)'")
        } catch {
            try? await picture("failed")
            await browser.end()
            scene.service.process.resume()
            await scene.service.process.terminate()
            throw error
        }
        await browser.end()
        scene.service.process.resume()
        await scene.service.process.terminate()
    }
}
