package import Foundation
internal import HTTPClient
internal import Rig
package import Testing

/// A real Chromium without a window, driven by the W3C's WebDriver protocol through Debian's chromedriver.
package final class Browser: Sendable {
    private let driver: ManagedProcess
    private let session: String
    private let transfer: HTTPClient

    private static let driverPath = "/usr/bin/chromedriver"
    fileprivate static let isInstalled = FileManager.default.isExecutableFile(atPath: driverPath)

    /// How wide a page is, and what its user likes.
    package struct Look: Sendable {
        package var width: Int
        package var height: Int
        package var isDark: Bool
        /// `en`, `de`
        package var language: String

        package init(width: Int = 1280, height: Int = 900, isDark: Bool = false, language: String = "en") {
            self.width = width
            self.height = height
            self.isDark = isDark
            self.language = language
        }
    }

    package init(_ look: Look = Look()) async throws {
        let port = LoopbackPort.free()
        driver = try ManagedProcess(Self.driverPath, ["--port=\(port)", "--allowed-ips=127.0.0.1"])
        try await driver.waitFor(output: "started successfully")
        // Tests may run as root in a container, where Chromium's own sandbox cannot; the pages are our own.
        let options: [String: Any] = [
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--lang=\(look.language)",
                "--window-size=\(look.width),\(look.height)",
            ],
            "prefs": ["intl.accept_languages": look.language],
        ]
        let capabilities: [String: Any] = [
            "alwaysMatch": [
                "browserName": "chrome", "goog:chromeOptions": options,
                "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
            ]
        ]
        var settings = HTTPClient.Settings()
        // Pictures.
        settings.largestAnswer = 64 << 20
        transfer = HTTPClient(settings: settings)
        let root = "http://127.0.0.1:\(port)"
        let made = try await Self.call(transfer, root + "/session", ["capabilities": capabilities])
        guard let id = (made as? [String: Any])?["sessionId"] as? String else {
            throw Complaint(description: "chromedriver gave no session: \(made ?? "nothing")")
        }
        session = root + "/session/" + id
        try await command(
            "Emulation.setEmulatedMedia",
            [
                "features": [["name": "prefers-color-scheme", "value": look.isDark ? "dark" : "light"]]
            ])
        try await command(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false,
            ])
    }

    package struct Complaint: Error, CustomStringConvertible {
        package var description: String
    }

    /// Ends the browser and its driver.
    package func end() async {
        try? await command("Browser.close", [:])
        await driver.terminate()
    }

    package func open(_ address: String) async throws {
        _ = try await call("/url", ["url": address])
    }

    /// Runs the body of an asynchronous function in the page and gives what it returns, as JSON can hold it.
    @discardableResult
    package func run<Value>(_ script: String, as type: Value.Type = Value.self) async throws -> Value {
        let wrapped = """
            const done = arguments[arguments.length - 1];
            (async () => { \(script) })().then((value) => done({ value }), (error) => done({ error: String(error) }));
            """
        let answer = try await call("/execute/async", ["script": wrapped, "args": []])
        let result = answer as? [String: Any] ?? [:]
        if let error = result["error"] { throw Complaint(description: "the page's script failed: \(error)\n\(script)") }
        guard let value = result["value"] as? Value else {
            throw Complaint(description: "not \(type): \(result)\n\(script)")
        }
        return value
    }

    /// Waits until an expression of the page is true.
    package func waitUntil(_ expression: String, within limit: Duration = .seconds(20)) async throws {
        try await eventually("in the page: \(expression)", within: limit) {
            try await self.run("return Boolean(\(expression));", as: Bool.self)
        }
    }

    /// Presses keys where the focus is, one after the other. Special keys are those of WebDriver: `\u{E004}` is Tab,
    /// `\u{E007}` Enter.
    package func press(_ keys: String) async throws {
        let actions = keys.flatMap { key in
            [["type": "keyDown", "value": String(key)], ["type": "keyUp", "value": String(key)]]
        }
        let keyboard: [String: Any] = ["type": "key", "id": "keyboard", "actions": actions]
        _ = try await call("/actions", ["actions": [keyboard]])
    }

    /// From now on files that the page offers are saved there.
    package func saveDownloads(in folder: String) async throws {
        try await command("Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": folder])
    }

    /// Cuts the page off from every network, or lets it have them again.
    package func cutNetwork(_ isCut: Bool) async throws {
        try await command("Network.enable", [:])
        try await command(
            "Network.emulateNetworkConditions",
            ["offline": isCut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1])
    }

    /// PNG, of what is in the window.
    package func screenshot() async throws -> Data {
        let answer = try await call("/screenshot")
        return Data(base64Encoded: answer as? String ?? "") ?? Data()
    }

    /// What the console said since the last time, worse than informative: among it every breach of the page's content
    /// security policy, and every file that is missing.
    package func complaints() async throws -> [String] {
        try await log("browser").compactMap { entry in
            guard let level = entry["level"] as? String, level == "SEVERE" || level == "WARNING" else { return nil }
            return "\(level): \(entry["message"] ?? "")"
        }
    }

    /// The addresses that the browser asked for since the last time.
    package func requestedAddresses() async throws -> [URL] {
        try await log("performance").compactMap { entry in
            guard let text = entry["message"] as? String,
                let message = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                let event = message["message"] as? [String: Any],
                event["method"] as? String == "Network.requestWillBeSent",
                let request = (event["params"] as? [String: Any])?["request"] as? [String: Any],
                let address = request["url"] as? String
            else { return nil }
            return URL(string: address)
        }
    }

    private func log(_ type: String) async throws -> [[String: Any]] {
        try await call("/se/log", ["type": type]) as? [[String: Any]] ?? []
    }

    private func command(_ name: String, _ parameters: [String: Any]) async throws {
        _ = try await call("/goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    private func call(_ path: String, _ body: [String: Any]? = nil) async throws -> Any? {
        try await Self.call(transfer, session + path, body)
    }

    /// - Parameter body: sent by POST; without one, it is GET.
    private static func call(
        _ transfer: HTTPClient, _ address: String, _ body: [String: Any]?
    ) async throws -> Any? {
        let bytes = try body.map { Array(try JSONSerialization.data(withJSONObject: $0)) }
        let received = try await transfer.perform(
            HTTPRequest(
                method: bytes == nil ? .get : .post, url: address,
                headers: [(name: "Content-Type", value: "application/json")], body: bytes ?? []))
        let answer = try JSONSerialization.jsonObject(with: Data(received.body), options: .fragmentsAllowed)
        let value = (answer as? [String: Any])?["value"]
        if let error = value as? [String: Any], let kind = error["error"] as? String {
            throw Complaint(description: "\(kind): \(error["message"] ?? "")")
        }
        return value
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs only where there is a browser; `make test` installs it.
    package static var withBrowser: Self {
        .enabled(if: Browser.isInstalled, "Needs Debian's chromium and chromium-driver; `make test` installs them.")
    }
}
