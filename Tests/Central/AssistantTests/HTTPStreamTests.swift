import HTTPClient
import ProviderRig
import Synchronization
import Testing

@Suite struct HTTPStreamTests {
    private func read(
        _ server: ScriptedServer, _ change: (inout HTTPStream.Settings) -> Void = { _ in }
    ) async throws -> (status: Int?, headers: [String: String], body: [UInt8], chunks: Int) {
        var settings = HTTPStream.Settings()
        change(&settings)
        var answer: (status: Int?, headers: [String: String], body: [UInt8], chunks: Int) = (nil, [:], [], 0)
        for try await event in HTTPStream(settings: settings).open(HTTPRequest(method: .get, url: server.url)) {
            switch event {
            case .head(let status, let headers):
                #expect(answer.status == nil && answer.chunks == 0, "the head comes first and once")
                (answer.status, answer.headers) = (status, headers)
            case .chunk(let bytes):
                answer.body += bytes
                answer.chunks += 1
            }
        }
        return answer
    }

    @Test func `gives the head and then the pieces as they come`() async throws {
        let server = ScriptedServer([
            .init(
                status: 418, headers: ["X-Kind": "teapot"],
                steps: [
                    .bytes([1, 2]), .pause(.milliseconds(50)), .bytes([3]), .pause(.milliseconds(50)), .bytes([4]),
                ])
        ])
        let answer = try await read(server)
        #expect(answer.status == 418)
        #expect(answer.headers["x-kind"] == "teapot")
        #expect(answer.body == [1, 2, 3, 4])
        #expect(answer.chunks == 3)
    }

    @Test func `gives up when nothing arrives`() async {
        let server = ScriptedServer([.init(steps: [.bytes([1]), .hang])])
        let start = ContinuousClock.now
        await #expect(throws: HTTPStream.Failure.timedOut("nothing arrived for 0.15 seconds")) {
            try await read(server) { $0.idleTimeout = .milliseconds(150) }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `gives up when the whole takes too long`() async {
        let slow = (0..<100).flatMap { _ in [ScriptedServer.Step.bytes([1]), .pause(.milliseconds(20))] }
        let server = ScriptedServer([.init(steps: slow)])
        await #expect {
            try await read(server) { $0.timeout = .milliseconds(200) }
        } throws: { error in
            if case .timedOut? = error as? HTTPStream.Failure { true } else { false }
        }
    }

    @Test func `refuses an answer that is too large`() async {
        let server = ScriptedServer([.init(steps: [.bytes([UInt8](repeating: 7, count: 5000))])])
        await #expect(throws: HTTPStream.Failure.tooLarge(bytes: 1000)) {
            try await read(server) { $0.largestAnswer = 1000 }
        }
    }

    @Test func `says what is wrong when nobody listens`() async {
        await #expect {
            for try await _ in HTTPStream().open(HTTPRequest(method: .get, url: "http://user:secret@127.0.0.1:1/x")) {}
        } throws: { error in
            guard case .broken(let detail)? = error as? HTTPStream.Failure else { return false }
            return !detail.isEmpty && !detail.contains("secret")
        }
    }

    @Test func `leaves at once when the reader's task is cancelled`() async throws {
        let server = ScriptedServer([.init(steps: [.bytes([1]), .hang])])
        let reader = Task {
            var count = 0
            for try await _ in HTTPStream().open(HTTPRequest(method: .get, url: server.url)) { count += 1 }
            return count
        }
        while server.requests.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(50))
        reader.cancel()
        let start = ContinuousClock.now
        #expect(try await reader.value <= 2)
        while server.departures.withLock({ $0 }) == 0, ContinuousClock.now - start < .seconds(20) {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(server.departures.withLock { $0 } == 1)
    }
}
