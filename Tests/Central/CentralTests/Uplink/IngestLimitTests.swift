import Building
import CentralService
import DatabaseRig
import HTTPClient
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database, .serialized) struct IngestLimitTests {
    static let one: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
        ("room-101", "sensor-1", .temperatureSensor, .temperature, .number(20))
    ]

    @Test(arguments: ["ingest.batchesInFlight=1", "ingest.batchesPerBuilding=1"])
    func `tells a gateway to come again while the batches on their way are all that may be`(limit: String) async throws
    {
        let service = try await CentralProcess(settings: [limit, "log.level=debug"])
        let token = try await CentralProcess.token("gateway", "--building", "busy")
        // A batch whose bytes come one by one.
        let slow = try ManagedProcess(
            "/bin/sh",
            [
                "-c",
                """
                exec curl -sS -X POST -T - --limit-rate 1 -H 'Authorization: Bearer \(token)' \
                    -H 'Content-Type: \(ReadingBatch.mediaType)' '\(service.url)\(UplinkPath.batches)' < /dev/zero
                """,
            ])
        try await service.process.waitFor(output: "Batch begins")
        let answer = try await service.send(batch(Self.one), token: token)
        #expect(answer.status == 429)
        #expect(answer.code == "too_many_batches")
        #expect(answer.headers["retry-after"] == "1")
        slow.kill()
        // Its place is free again.
        try await eventually("room for another") { try await service.send(batch(Self.one), token: token).status == 200 }
        await service.process.terminate()
    }

    @Test func `unpacks nothing that would become larger than it may be`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "bomb")
        // The head of a Zstandard frame that says that a terabyte follows.
        let bomb: [UInt8] = Array("HRB1".utf8) + [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
        let answer = try await service.call(
            UplinkPath.batches, method: .post, token: token, type: ReadingBatch.mediaType, body: bomb)
        #expect(answer.status == 413)
        #expect(answer.code == "body_too_large")
        await service.process.terminate()
    }

    @Test func `are read from the configuration, as is what becomes of old readings`() throws {
        let configuration = try CentralConfiguration.load(
            path: nil,
            overrides: [
                "ingest.memoryBytes=2000000", "ingest.storesPerBuilding=7", "storage.compressAfterDays=0",
                "storage.keepReadingsDays=400",
            ],
            environment: ["DATABASE_URL": "postgresql://localhost/x"])
        #expect(configuration.ingest.memoryBytes == 2_000_000)
        #expect(configuration.ingest.memoryBytesPerBuilding == 1_000_000)
        #expect(configuration.ingest.shares.stores == 7)
        #expect(configuration.storage == StoragePolicy(compressAfterDays: nil, keepReadingsDays: 400))
    }

    @Test func `leave readings uncompressed for 14 days, and keep them for good, where nothing is said`() throws {
        for overrides in [[], ["storage.keepReadingsDays=0"], ["storage.compressAfterDays=14"]] {
            let configuration = try CentralConfiguration.load(
                path: nil, overrides: overrides, environment: ["DATABASE_URL": "postgresql://localhost/x"])
            #expect(configuration.storage == StoragePolicy(compressAfterDays: 14, keepReadingsDays: nil))
        }
    }

    @Test func `keep a database going that cannot compress or drop by itself`() async throws {
        let policy = StoragePolicy(compressAfterDays: 1, keepReadingsDays: 1)
        let replica = try await Replica.migrated()
        try await replica.run("INSERT INTO raw_data VALUES (1, NULL, 'old/room/sensor', 'temperature', '20')")
        for _ in 0..<2 {
            let migrator = Migrator(settings: TestDatabase.settings, storage: policy, logger: Replica.logger)
            #expect(try await migrator.migrate() == [])
        }
        let licence = try await replica.rows("SELECT current_setting('timescaledb.license')")
        if licence == ["apache"] {
            #expect(try await replica.rows("SELECT value FROM raw_data WHERE device_id LIKE 'old/%'") == ["20"])
        }
    }
}
