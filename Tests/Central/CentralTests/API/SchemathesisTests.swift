import Building
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing
import WireFormat

/// The service under schemathesis: everything that its description allows, and much that it forbids. In `make test`
/// for a minute, by `make schemathesis` for as long as one likes.
@Suite(.withDatabaseServer, .database, .withPythonTools) struct SchemathesisTests {
    /// Requests of the random phase, per operation.
    private static let examples = ProcessInfo.processInfo.environment["HEARTH_SCHEMATHESIS_EXAMPLES"] ?? "20"

    @Test(.timeLimit(.minutes(60))) func `answers to whatever its description allows or forbids as described`()
        async throws
    {
        // Signs of life come often, so that a stream on which nothing happens does not hold it up.
        let scene = try await RestTests.Scene("grand", settings: ["live.heartbeatSeconds=1"])
        try await Self.fill()
        let folder = TemporaryFolder()
        let example = batch([("room-101", "iaq", .iaq, .co2, .number(488.8))])
        try Data(example.encode()).write(to: URL(fileURLWithPath: folder.file("batch")))
        for (token, part) in [
            (scene.ops, "--exclude-tag=uplink"), (scene.gateway, "--include-tag=uplink"),
            (scene.guest, "--exclude-tag=uplink"),
        ] {
            let result = try await ManagedProcess.run(
                Checkout.file("Tests/Support/OpenAPI/schemathesis"),
                // One worker: Python 3.11, which Debian 12 has, cannot parse Python in several threads at once, as
                // hypothesis then would (SystemError: AST constructor recursion depth mismatch).
                [scene.service.url, "--max-examples=\(Self.examples)", "--workers=1", part],
                environment: ["HEARTH_TOKEN": token, "HEARTH_BATCH": folder.file("batch")], within: .seconds(3000))
            #expect(result.status == 0, "\(result.output.suffix(20_000))")
            #expect(result.output.contains(" passed,"), "\(result.output.suffix(2000))")
        }
        #expect(scene.service.process.output.contains("Request failed") == false)
        await scene.service.process.terminate()
    }

    /// What there is to be asked about: a day of readings long ago, and the last minutes.
    private static func fill() async throws {
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            SELECT moment, 'grand/' || place, datapoint, value
            FROM (
                SELECT generate_series(timestamptz '2024-01-01 00:00+01', '2024-01-01 23:59+01', '1 minute')
                UNION ALL SELECT generate_series(now() - interval '20 minutes', now(), '1 minute')
            ) AS time (moment), (VALUES
                ('room-101/iaq', 'temperature', '22.5'), ('room-101/iaq', 'humidity', '45'),
                ('room-101/iaq', 'co2', '488.8'), ('room-101/life_being', 'presence_state', 'occupied'),
                ('room-101/life_being', 'sensitivity', '100'), ('room-101/sensor-1', 'temperature', '22.1'),
                ('room-101/valve', 'valve_level', '14'), ('building/power_meter_1', 'power_kw', '4.8')
            ) AS series (place, datapoint, value)
            """)
    }
}
