import Building
import CentralService
import ConfigurationFile
import DatabaseRig
import Foundation
import Rig
import ServiceRig
import SupabaseMirror
import Testing

@Suite(.withDatabaseServer) struct MirrorTests {
    /// A service with a mirror on a database of its own.
    struct Scene {
        let database: String
        let supabase = FakeSupabase()
        let service: CentralProcess
        let ops: String
        private let folder = TemporaryFolder()
        private let settings: [String]

        init(_ database: String) async throws {
            self.database = database
            settings = [
                "mirror.url=\(supabase.url)",
                "mirror.keyFile=\(try folder.write("key", FakeSupabase.key + "\n"))",
            ]
            service = try await CentralProcess(database: database, settings: settings)
            ops = try await CentralProcess.token("operator", "--name", "ops", database: database)
        }

        func another() async throws -> CentralProcess {
            try await CentralProcess(database: database, settings: settings)
        }

        /// Writes readings of `devices` as another tool does.
        func write(_ value: String, devices: ClosedRange<Int> = 1...1, at minute: Int) async throws {
            try await TestDatabase.$url.withValue(database) {
                try await Replica().run(
                    """
                    INSERT INTO raw_data (datetime, device_id, datapoint, value)
                    SELECT '2026-01-01T00:00Z'::timestamptz + \(minute) * INTERVAL '1 minute',
                        'm/room/sensor-' || number, 'temperature', '\(value)'
                    FROM generate_series(\(devices.lowerBound), \(devices.upperBound)) AS number
                    """)
            }
        }

        func eventuallyCopied(_ value: String, device: Int = 1, within limit: Duration = .seconds(30)) async throws {
            try await eventually("copy has \(value)", within: limit, detail: service.process.output) {
                supabase.copy.contains("m/room/sensor-\(device) temperature \(value)")
            }
        }

        func end() async {
            await service.process.terminate()
            supabase.stop()
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await TestDatabase.withOne { url in
            let scene = try await Scene(url)
            try await body(scene)
            #expect(scene.supabase.faults == [])
            #expect(!scene.service.process.output.contains(FakeSupabase.key))
            await scene.end()
        }
    }

    @Test func `carries everything, then what changes, in batches`() async throws {
        try await withScene { scene in
            try await scene.write("20", devices: 1...1300, at: 0)
            try await eventually("1300 rows") { scene.supabase.copy.count == 1300 }
            #expect(scene.supabase.requests.allSatisfy { $0.rows <= 500 })
            let requests = scene.supabase.requests.count
            try await scene.write("21", devices: 7...7, at: 1)
            try await scene.eventuallyCopied("21", device: 7)
            // One row changed and one was carried.
            #expect(scene.supabase.requests[requests...].map(\.rows).max() == 1)
            // Late data change nothing.
            try await scene.write("5", devices: 7...7, at: -60)
            try await scene.write("22", devices: 8...8, at: 2)
            try await scene.eventuallyCopied("22", device: 8)
            #expect(scene.supabase.copy.contains("m/room/sensor-7 temperature 21"))
            #expect(try await metric("hearth_mirror_rows_total", of: scene.service, scene.ops) >= 1302)
            #expect(try await metric("hearth_mirror_active", of: scene.service, scene.ops) == 1)
        }
    }

    @Test func `survives the project's trouble and catches up with the newest`() async throws {
        try await withScene { scene in
            try await scene.write("20", at: 0)
            try await scene.eventuallyCopied("20")
            scene.supabase.set(.answering(500))
            try await scene.write("21", at: 1)
            try await scene.service.process.waitFor(output: "Mirror is not up to date, retrying")
            try await scene.write("22", at: 2)
            try await eventually("lag is shown") {
                try await metric("hearth_mirror_lag_seconds", of: scene.service, scene.ops) > 0
            }
            scene.supabase.set(.well)
            try await scene.eventuallyCopied("22")
            try await scene.service.process.waitFor(output: "Mirror is up to date again")

            scene.supabase.set(.answering(429, retryAfter: 3))
            try await scene.write("23", at: 3)
            try await eventually("told to wait") { scene.supabase.requests.contains { $0.status == 429 } }
            scene.supabase.set(.well)
            try await scene.eventuallyCopied("23")
            let refusal = scene.supabase.requests.lastIndex { $0.status == 429 }!
            let times = scene.supabase.requests.map(\.time)
            #expect(times[refusal + 1] - times[refusal] >= .seconds(3))
        }
    }

    @Test func `grants a server that asks for it a pause of one second to five minutes`() {
        for (asked, granted) in [(-5, 1), (0, 1), (1, 1), (3, 3), (300, 300), (301, 300), (Int.max, 300)] {
            #expect(MirrorError.throttled(seconds: asked).wait == .seconds(granted))
            #expect(MirrorError.failing(status: 503, seconds: asked).wait == .seconds(granted))
        }
        #expect(MirrorError.throttled(seconds: nil).wait == nil)
        #expect(MirrorError.failing(status: 503, seconds: nil).wait == nil)
        #expect(MirrorError.unauthorized(status: 401, answer: "").wait == nil)
    }

    @Test func `says once that the key is refused, and goes on when it no longer is`() async throws {
        try await withScene { scene in
            scene.supabase.set(.answering(401))
            try await scene.write("20", at: 0)
            try await eventually("tried again") { scene.supabase.requests.count >= 3 }
            let log = scene.service.process.output
            #expect(log.components(separatedBy: "the project refuses the key").count == 2)
            #expect(log.contains("SUPABASE_KEY"))
            // What the project said, but for the key that it repeated.
            #expect(log.contains("no, …"), "\(log)")
            let name = #"hearth_mirror_requests_total{result="unauthorized"}"#
            #expect(try await metric(name, of: scene.service, scene.ops) >= 3)
            scene.supabase.set(.well)
            try await scene.eventuallyCopied("20")
        }
    }

    @Test func `leaves out a row that is not taken, and carries the others`() async throws {
        try await withScene { scene in
            scene.supabase.set(.refusing(device: "m/room/sensor-40"))
            try await scene.write("20", devices: 1...100, at: 0)
            try await eventually("99 rows") { scene.supabase.copy.count == 99 }
            try await eventually("one is counted") {
                try await metric("hearth_mirror_rows_refused_total", of: scene.service, scene.ops) >= 1
            }
        }
    }

    @Test func `leaves out no rows where the project takes none, and carries all of them once it does`() async throws {
        try await withScene { scene in
            scene.supabase.set(.answering(422))
            try await scene.write("20", devices: 1...100, at: 0)
            try await eventually("rows are refused one by one") {
                scene.supabase.requests.count { $0.rows == 1 && $0.status == 422 } >= 8
            }
            scene.supabase.set(.well)
            try await eventually("100 rows", within: .seconds(30)) { scene.supabase.copy.count == 100 }
            // Fewer than what is taken for a fault of the rows and not of the table.
            #expect(try await metric("hearth_mirror_rows_refused_total", of: scene.service, scene.ops) < 16)
        }
    }

    @Test func `holds up nothing while the project is slow, and is carried on by another replica`() async throws {
        try await withScene { scene in
            let gateway = try await CentralProcess.token("gateway", "--building", "m", database: scene.database)
            scene.supabase.set(.slow(.seconds(60)))
            let store = StoreID()
            let began = ContinuousClock.now
            for number in 1...20 {
                let answer = try await scene.service.send(
                    batch(UplinkTests.one, store: store, first: Int64(number)), token: gateway)
                #expect(answer.status == 200)
            }
            #expect(ContinuousClock.now - began < .seconds(60))
            let heir = try await scene.another()
            #expect(try await metric("hearth_mirror_active", of: heir, scene.ops) == 0)
            try await Task.sleep(for: .seconds(6))
            scene.supabase.set(.well)
            scene.service.process.kill()
            try await scene.write("30", at: 10)
            try await scene.eventuallyCopied("30", within: .seconds(60))
            #expect(heir.process.output.contains("Mirror taken over from another replica"))
            await heir.process.terminate()
        }
    }

    @Test func `wants an address with encryption and a key`() throws {
        func load(_ variables: [String: String], _ overrides: [String] = []) throws -> CentralConfiguration {
            try CentralConfiguration.load(
                path: nil, overrides: overrides,
                environment: variables.merging(["DATABASE_URL": "postgresql://u@h/d"]) { $1 })
        }
        #expect(try load([:]).mirror == nil)
        let both = ["SUPABASE_URL": "https://abc.supabase.co", "SUPABASE_KEY": "secretkey"]
        #expect(try load(both).mirror?.url == "https://abc.supabase.co")
        #expect(try load(both).mirror?.key == "secretkey")
        #expect(try load(both, ["mirror.batchRows=100"]).mirror?.batchRows == 100)
        for (variables, key) in [
            (["SUPABASE_URL": "https://abc.supabase.co"], "mirror.keyFile"),
            (["SUPABASE_KEY": "secretkey"], "mirror.url"),
            (["SUPABASE_URL": "http://abc.supabase.co", "SUPABASE_KEY": "secretkey"], "SUPABASE_URL"),
            (["SUPABASE_URL": "https://abc.supabase.co", "SUPABASE_KEY": "secret key"], "SUPABASE_KEY"),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try load(variables) }
            #expect(error?.key == key)
            #expect(error.map { "\($0)".contains("secret") } == false)
        }
    }
}
