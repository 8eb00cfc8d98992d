import BrowserRig
import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

@Suite(.withDatabaseServer, .database) struct DocsPageTests {
    static let files = [
        "/docs", "/openapi.json", "/pages/base.css", "/pages/elements.js", "/pages/icon.svg", "/pages/docs.css",
        "/pages/docs.js",
    ]

    @Test func `serves the page and its files to everyone, and lets nothing else into it`() async throws {
        let service = try await CentralProcess()
        for path in Self.files {
            let answer = try await service.call(path)
            #expect(answer.status == 200, "\(path)")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            let policy = try #require(answer.headers["content-security-policy"], "\(path)")
            #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
            #expect(policy.contains("unsafe") == false)
            let tag = try #require(answer.headers["etag"], "\(path)")
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await service.call(path, headers: [("If-None-Match", known)])
                #expect(again.status == 304, "\(path), \(known)")
                #expect(again.body.isEmpty)
            }
            #expect(try await service.call(path, headers: [("If-None-Match", "\"other\"")]).status == 200)
        }
        #expect(try await service.call("/docs/").headers["content-type"] == "text/html; charset=utf-8")
        #expect(try await service.call("/pages/docs.js").headers["content-type"] == "text/javascript; charset=utf-8")
        #expect(try await service.call("/pages/nothing.js").code == "unknown_path")
        #expect(try await service.call("/docs", method: .post).status == 405)
        await service.process.terminate()
    }

    @Test(.withBrowser) func `tries an operation with a token, and asks nobody else for anything`() async throws {
        let scene = try await RestTests.Scene("page")
        try await onPage(of: scene.service) { browser in
            try await browser.run(
                """
                const field = document.getElementById("token-field");
                field.value = "\(scene.ops)";
                field.dispatchEvent(new Event("input"));
                const operation = document.getElementById("listHotels");
                operation.open = true;
                await new Promise((resolve) => setTimeout(resolve, 100));
                operation.querySelector("form").requestSubmit();
                return true;
                """, as: Bool.self)
            try await browser.waitUntil("document.querySelector('#listHotels .received')?.textContent")
            let body = try await browser.run(
                "return document.querySelector('#listHotels .received').textContent;", as: String.self)
            #expect(body.hasPrefix("[\n  {\n    \"id\": "))
            #expect(body.contains("\"slug\": \"page\""))
            let status = try await browser.run(
                "return document.querySelector('#listHotels .status-line strong').textContent;", as: String.self)
            #expect(status == "200 OK")
            let kept = try await browser.run(
                "return [localStorage.length, document.cookie.length, sessionStorage.getItem('hearth.token').length];",
                as: [Int].self)
            #expect(kept == [0, 0, scene.ops.count])
            #expect(try await browser.complaints() == [])
            let hosts = Set(try await browser.requestedAddresses().map { "\($0.host() ?? ""):\($0.port ?? 0)" })
            #expect(hosts == [scene.service.url.replacing("http://", with: "")])
        }
        await scene.service.process.terminate()
    }

    @Test(.withBrowser) func `shows a stream while it flows, ends it, and keeps the token out of the command`()
        async throws
    {
        let scene = try await RestTests.Scene("stream")
        let (_, _, rooms) = try await scene.ids("stream")
        try await onPage(of: scene.service) { browser in
            try await browser.run(
                """
                sessionStorage.setItem("hearth.token", "\(scene.guest)");
                const operation = document.getElementById("listenToRoom");
                operation.open = true;
                await new Promise((resolve) => setTimeout(resolve, 100));
                operation.querySelector("[name=room_id]").value = "\(rooms[0])";
                operation.querySelector("form").requestSubmit();
                return true;
                """, as: Bool.self)
            let received = "document.querySelector('#listenToRoom .received')?.textContent"
            try await browser.waitUntil("\(received)?.includes('event: snapshot')")
            let store = StoreID()
            let reading = batch([("room-101", "iaq", .iaq, .co2, .number(512))], store: store)
            #expect(try await scene.service.send(reading, token: scene.gateway).status == 200)
            try await browser.waitUntil("\(received)?.includes('512')")
            let command = try await browser.run(
                """
                const operation = document.getElementById("listenToRoom");
                [...operation.querySelectorAll("button")].find((button) => button.textContent == "Stop").click();
                const command = operation.querySelector("form details");
                command.open = true;
                await new Promise((resolve) => setTimeout(resolve, 100));
                return command.querySelector("pre").textContent;
                """, as: String.self)
            try await browser.waitUntil(
                "document.querySelector('#listenToRoom .status-line').textContent.endsWith('Stopped.')")
            #expect(command.hasPrefix("curl -sSN"))
            #expect(command.contains("/rooms/\(rooms[0])/live/'"))
            #expect(command.contains(scene.guest) == false)
            #expect(try await browser.complaints() == [])
        }
        await scene.service.process.terminate()
    }

    @Test(.withBrowser) func `can be used with the keyboard, has a name for every field, and fits a phone`()
        async throws
    {
        let service = try await CentralProcess()
        for look in [Browser.Look(), Browser.Look(width: 360, height: 740, isDark: true)] {
            try await onPage(of: service, look) { browser in
                try await browser.run(
                    "document.querySelector('#getRoomData summary').focus(); return true;", as: Bool.self)
                try await browser.press("\u{E007}")
                try await browser.waitUntil("document.querySelector('#getRoomData[open] form')")
                try await browser.press("\u{E004}")
                #expect(try await browser.run("return document.activeElement.name;", as: String.self) == "room_id")
                try await browser.press("5\u{E007}")
                try await browser.waitUntil(
                    "document.querySelector('#getRoomData .status-line strong')?.textContent == '401 Unauthorized'")
                let nameless = try await browser.run(
                    """
                    for (const operation of document.querySelectorAll(".operation")) operation.open = true;
                    await new Promise((resolve) => setTimeout(resolve, 300));
                    for (const part of document.querySelectorAll("details")) part.open = true;
                    return [...document.querySelectorAll("input, select, textarea, button")].filter((field) =>
                        !field.labels?.length && !field.textContent.trim() && !field.ariaLabel).map((field) => field.outerHTML);
                    """, as: [String].self)
                #expect(nameless == [])
                let widths = try await browser.run(
                    "return [document.documentElement.scrollWidth, window.innerWidth];", as: [Int].self)
                #expect(widths[0] <= widths[1])
                // The one that was asked for without a token says so on the console; nothing else does.
                #expect(try await browser.complaints().filter { !$0.contains("401") } == [])
            }
        }
        await service.process.terminate()
    }

    private func onPage(
        of service: CentralProcess, _ look: Browser.Look = Browser.Look(), _ body: (Browser) async throws -> Void
    ) async throws {
        let browser = try await Browser(look)
        do {
            try await browser.open(service.url + "/docs")
            try await browser.waitUntil("document.querySelector('.operation')")
            try await body(browser)
        } catch {
            await browser.end()
            throw error
        }
        await browser.end()
    }
}
