import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

@Suite(.withDatabaseServer, .database) struct HTTPMannersTests {
    private func curl(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await ManagedProcess.run("curl", ["-sS", "-i", "-m", "5"] + arguments)
    }

    @Test func `says which methods there are, and takes no other`() async throws {
        let service = try await CentralProcess()
        for (path, methods) in [
            ("/hotels/", "GET, HEAD, OPTIONS"), ("/rooms/1/live", "GET, HEAD, OPTIONS"),
            ("/uplink/v1/batches", "OPTIONS, POST"), ("/temperature", "GET, HEAD, OPTIONS, POST"),
        ] {
            let answer = try await curl("-X", "OPTIONS", service.url + path)
            #expect(answer.output.hasPrefix("HTTP/1.1 204"), "\(path)")
            #expect(answer.output.lowercased().contains("allow: \(methods.lowercased())\r\n"), "\(answer.output)")
        }
        #expect(try await curl("-X", "OPTIONS", service.url + "/nothing").output.hasPrefix("HTTP/1.1 404"))
        for method in ["DELETE", "PATCH", "TRACE"] {
            let answer = try await curl("-X", method, service.url + "/hotels/")
            #expect(answer.output.hasPrefix("HTTP/1.1 405"), "\(method)")
            #expect(answer.output.lowercased().contains("allow: get, head\r\n"))
        }
        await service.process.terminate()
    }

    @Test func `lets nobody keep answers, or take them for something else`() async throws {
        let service = try await CentralProcess()
        for path in ["/hotels/", "/health", "/nothing"] {
            let headers = try await service.call(path).headers
            #expect(headers["cache-control"] == "no-store", "\(path)")
            #expect(headers["x-content-type-options"] == "nosniff", "\(path)")
        }
        await service.process.terminate()
    }

    @Test(arguments: [
        "BLAH\\r\\n\\r\\n", "GET /a b HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n", "GET / HTTP/9.9\\r\\nHost: h\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nBad Header: x\\r\\n\\r\\n", "GET / HTTP/1.1\\r\\nContent-Length: many\\r\\n\\r\\n",
        "\\r\\n\\001\\r\\n\\r\\n",
    ])
    func `says in JSON that a request is no HTTP`(_ request: String) async throws {
        let service = try await CentralProcess()
        let port = URL(string: service.url)!.port!
        let result = try await ManagedProcess.run(
            "bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '\(request)' >&3; timeout 5 cat <&3"])
        #expect(result.output.hasPrefix("HTTP/1.1 400"), "\(result.output)")
        #expect(result.output.contains(#"{"error":{"code":"malformed_request","message":"#), "\(result.output)")
        #expect(try await service.call("/health").status == 200)
        await service.process.terminate()
    }

    @Test func `refuses headers without bounds`() async throws {
        let service = try await CentralProcess()
        let long = String(repeating: "a", count: 20_000)
        #expect(try await curl("-H", "X-Long: \(long)", service.url + "/health").output.hasPrefix("HTTP/1.1 400"))
        let many = (0..<200).flatMap { ["-H", "X-\($0): a"] }
        let result = try await ManagedProcess.run("curl", ["-sS", "-i", "-m", "5"] + many + [service.url + "/health"])
        #expect(result.output.hasPrefix("HTTP/1.1 400"))
        #expect(try await service.call("/health").status == 200)
        await service.process.terminate()
    }

    @Test func `closes what is idle, and takes no more connections than it may`() async throws {
        let service = try await CentralProcess(settings: ["http.connections=2", "http.idleTimeoutSeconds=1"])
        let port = URL(string: service.url)!.port!
        let idle = try (0..<2).map { _ in
            try ManagedProcess("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); cat <&3"])
        }
        // The third waits until one of the two is closed for its idleness.
        let answer = try await curl(service.url + "/health")
        #expect(answer.output.hasPrefix("HTTP/1.1 200"))
        for process in idle { #expect(await process.exitStatus() == 0) }
        await service.process.terminate()
    }
}
