import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Telemetry
import Testing

@Suite(.withDatabaseServer, .database) struct MetricsTests {
    /// Where `compose/promtool` put it.
    static let promtool = ProcessInfo.processInfo.environment["HEARTH_PROMTOOL"].flatMap { $0.isEmpty ? nil : $0 }

    @Test func `shows what the service did, to operators alone`() async throws {
        let scene = try await RestTests.Scene("metrics")
        let store = StoreID()
        let one = batch(UplinkTests.one, store: store)
        #expect(try await scene.service.send(one, token: scene.gateway).status == 200)
        #expect(try await scene.service.send(one, token: scene.gateway).status == 200)
        #expect(
            try await scene.service.call(
                "/uplink/v1/batches", method: .post, token: scene.gateway, type: "application/vnd.hearth.readings",
                body: [1, 2, 3]
            ).status == 400)
        for number in 1...50 { _ = try await scene.get("/nothing/\(number)") }
        _ = try await scene.get("/rooms/1/data/")
        _ = try await scene.get("/rooms/2/data")

        #expect(try await scene.service.call("/metrics").status == 401)
        #expect(try await scene.get("/metrics", as: scene.guest).status == 403)
        #expect(try await scene.get("/metrics", as: scene.gateway).status == 403)
        let page = try await scene.get("/metrics/")
        #expect(page.status == 200)
        #expect(page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(page.headers["cache-control"] == "no-store")

        func value(_ name: String) async throws -> Double { try await metric(name, of: scene.service, scene.ops) }
        #expect(try await value(#"hearth_ingest_batches_total{result="stored"}"#) == 2)
        #expect(try await value(#"hearth_ingest_batches_total{result="refused"}"#) == 1)
        #expect(try await value(#"hearth_ingest_rows_total{result="stored"}"#) == 1)
        #expect(try await value(#"hearth_ingest_rows_total{result="repeated"}"#) == 1)
        #expect(try await value("hearth_ingest_batch_duration_seconds_count") == 3)
        // One line for all that is nowhere, one for all rooms.
        #expect(try await value(#"hearth_http_requests_total{method="GET",route="none",status="404"}"#) == 50)
        let rooms = page.text.split(separator: "\n").filter {
            $0.hasPrefix("hearth_http_requests_total") && $0.contains("/data\"")
        }
        #expect(rooms.count == 1)
        #expect(rooms.first?.hasSuffix(" 2") == true)
        #expect(try await value(#"hearth_database_connections_limit{pool="primary"}"#) == 8)
        #expect(try await value("process_resident_memory_bytes") > 1_000_000)
        #expect(try await value("process_open_fds") > 3)
        try await eventually("gateways are shown", within: .seconds(30)) {
            try await scene.get("/metrics").text.contains(#"hearth_gateway_last_seen_age_seconds{building="metrics"}"#)
        }
        #expect(try await value("hearth_ready") == 1)
        #expect(try await value(#"hearth_gateway_lost_readings{building="metrics",reason="buffer_full"}"#) == 0)
        await scene.service.process.terminate()
    }

    @Test(.enabled(if: promtool != nil, "compose/promtool prints what to set HEARTH_PROMTOOL to; make test does"))
    func `is what Prometheus's own tool finds nothing wrong with`() async throws {
        let scene = try await RestTests.Scene("promtool")
        _ = try await scene.service.send(batch(UplinkTests.one), token: scene.gateway)
        try await eventually("gateways are shown", within: .seconds(30)) {
            try await scene.get("/metrics").text.contains("hearth_gateway_")
        }
        let folder = TemporaryFolder()
        let page = try folder.write("metrics", try await scene.get("/metrics").text)
        let result = try await ManagedProcess.run(
            "sh", ["-c", #""$1" check metrics <"$2""#, "sh", Self.promtool!, page])
        #expect(result.output == "")
        #expect(result.status == 0)
        await scene.service.process.terminate()
    }

    @Test func `is written as Prometheus reads it`() {
        let counter = LabelledCounter("tests_total", "With a \\ and\na line.", labels: ["name"], known: [["none"]])
        counter.add(2, "a\"b\\c\nd")
        #expect(
            String(decoding: MetricsText.write([counter.family]), as: UTF8.self) == #"""
                # HELP tests_total With a \\ and\na line.
                # TYPE tests_total counter
                tests_total{name="a\"b\\c\nd"} 2
                tests_total{name="none"} 0

                """#)
        let histogram = DurationHistogram("tests_seconds", "Seconds.")
        histogram.record(.milliseconds(3))
        histogram.record(.seconds(40))
        let text = String(decoding: MetricsText.write([histogram.family]), as: UTF8.self)
        #expect(text.contains(#"tests_seconds_bucket{le="0.0025"} 0"#))
        #expect(text.contains(#"tests_seconds_bucket{le="0.005"} 1"#))
        #expect(text.contains(#"tests_seconds_bucket{le="30"} 1"#))
        #expect(text.contains(#"tests_seconds_bucket{le="+Inf"} 2"#))
        #expect(text.contains("tests_seconds_sum 40.003"))
        #expect(text.contains("tests_seconds_count 2"))
    }
}
