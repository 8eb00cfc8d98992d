import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database) struct UplinkTests {
    static let one: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
        ("room-101", "sensor-1", .temperatureSensor, .temperature, .number(21))
    ]

    @Test func `answers a repeated batch with what was held before`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "repeat")
        let store = StoreID()
        for repeated: Count in [0, 1] {
            let answer = try await service.send(batch(Self.one, store: store), token: token)
            #expect(answer.status == 200)
            let receipt = try JSONDecoder().decode(BatchReceipt.self, from: Data(answer.body))
            #expect(receipt == BatchReceipt(store: store.description, first: 1, end: 2, repeated: repeated))
        }
        let count = try await Replica().rows("SELECT count(*)::text FROM raw_data WHERE device_id LIKE 'repeat/%'")
        #expect(count == ["1"])
        await service.process.terminate()
    }

    @Test func `vouches for no time that was given by a clock that nobody had set`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "unset")
        var batch = batch(Self.one + Self.one)
        batch.rows[1].clockTrusted = false
        #expect(try await service.send(batch, token: token).status == 200)
        let found = try await Replica().rows(
            """
            SELECT clock_trusted || ' ' || quality FROM reading JOIN series ON series.id = series_id
            JOIN devices ON devices.id = device WHERE device_id LIKE 'unset/%' ORDER BY reading.number
            """)
        #expect(found.sorted() == ["false 1", "true 0"])
        await service.process.terminate()
    }

    @Test func `refuses what it cannot take, saying why`() async throws {
        let service = try await CentralProcess(settings: ["ingest.batchBytes=65536"])
        let token = try await CentralProcess.token("gateway", "--building", "refuse")
        func post(_ body: [UInt8], _ type: String?) async throws -> CentralProcess.Answer {
            try await service.call(UplinkPath.batches, method: .post, token: token, type: type, body: body)
        }
        let good = batch(Self.one).encode()
        #expect(try await post(good, "text/plain").status == 415)
        #expect(try await post(good, nil).status == 415)
        #expect(try await post(Array("nonsense".utf8), ReadingBatch.mediaType).code == "bad_batch")
        #expect(try await post([], ReadingBatch.mediaType).code == "bad_batch")
        #expect(try await post(good.dropLast(3) + [0, 0, 0], ReadingBatch.mediaType).code == "bad_batch")
        let large = try await post([UInt8](repeating: 0, count: 65_537), ReadingBatch.mediaType)
        #expect(large.status == 413)
        #expect(large.code == "body_too_large")
        #expect(try await post(good, ReadingBatch.mediaType + "; version=1").status == 200)
        await service.process.terminate()
    }

    @Test func `refuses a store that sent from another building`() async throws {
        let service = try await CentralProcess()
        let store = StoreID()
        let here = try await CentralProcess.token("gateway", "--building", "moved-from")
        let there = try await CentralProcess.token("gateway", "--building", "moved-to")
        #expect(try await service.send(batch(Self.one, store: store), token: here).status == 200)
        let answer = try await service.send(batch(Self.one, store: store, first: 2), token: there)
        #expect(answer.status == 409)
        #expect(answer.code == "foreign_store")
        await service.process.terminate()
    }

    @Test func `refuses an inventory of another building, or one that is none`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "mine", "--kind", "office")
        let foreign = try await service.send(inventory("yours"), token: token)
        #expect(foreign.status == 403)
        #expect(foreign.code == "foreign_building")
        var lost = inventory("mine")
        lost.building.timeZone = "Europe/Nowhere"
        let answer = try await service.send(lost, token: token)
        #expect(answer.status == 400)
        #expect(answer.code == "bad_inventory", "\(answer.text)")
        for body in ["", "{}", "[1]", #"{"building":{"slug":"a b"}}"#] {
            let answer = try await service.call(
                UplinkPath.inventory, method: .put, token: token, type: "application/json", body: Array(body.utf8))
            #expect(answer.code == "bad_inventory", "\(answer.text)")
        }
        #expect(try await service.send(inventory("mine"), token: token).status == 204)
        await service.process.terminate()
    }
}
