import APISupport
import Building
import DatabaseRig
import Foundation
import HTTPClient
import HTTPTypes
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

/// What one building, and one address, may take of what all share.
@Suite(.withDatabaseServer, .database, .serialized) struct ShareTests {
    static let one: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
        ("room-101", "sensor-1", .temperatureSensor, .temperature, .number(20))
    ]

    /// A request that announces a body of `length` bytes and sends `first` of them at once, then one each second.
    func slowBody(_ service: CentralProcess, token: String, length: Int = 8 << 20, first: Int = 1) throws
        -> ManagedProcess
    {
        let port = URL(string: service.url)!.port!
        let head =
            "POST \(UplinkPath.batches) HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer \(token)\\r\\n"
            + "Content-Type: \(ReadingBatch.mediaType)\\r\\nContent-Length: \(length)\\r\\n\\r\\n"
        return try ManagedProcess(
            "python3",
            [
                "-u", "-c",
                """
                import select, socket
                s = socket.create_connection(("127.0.0.1", \(port)))
                s.sendall(b"\(head)" + bytes(\(first)))
                while True:
                    if select.select([s], [], [], 1)[0]:
                        answer = s.recv(4096)
                        if not answer: break
                        print(answer.decode(), end="")
                    else:
                        try: s.sendall(b"x")
                        except OSError: break
                """,
            ])
    }

    @Test func `takes no other gateway's place for bodies that never come, and ends them`() async throws {
        let service = try await CentralProcess(settings: ["log.level=debug"])
        let token = try await CentralProcess.token("gateway", "--building", "trickling")
        let other = try await CentralProcess.token("gateway", "--building", "honest")
        let slow = try (0..<33).map { _ in try slowBody(service, token: token) }
        try await eventually("all of them began") {
            service.process.output.components(separatedBy: "Batch begins").count - 1 >= 33
        }
        for _ in 0..<3 {
            #expect(try await service.send(batch(Self.one), token: other).status == 200)
            #expect(try await service.send(batch(Self.one), token: token).status == 200)
        }
        for process in slow {
            try await process.waitFor(output: "HTTP/1.1 408")
            #expect(process.output.contains("body_too_slow"))
            #expect(process.output.lowercased().contains("retry-after: 5\r\n"))
            #expect(process.output.lowercased().contains("connection: close\r\n"))
            _ = await process.exitStatus()
        }
        let ops = try await CentralProcess.token("operator", "--name", "trickling")
        #expect(try await metric(#"hearth_http_refused_total{reason="slow_body"}"#, of: service, ops) == 33)
        #expect(await service.process.terminate() == 0)
    }

    @Test func `has a place left for others when one building has taken all of its own`() async throws {
        let service = try await CentralProcess(settings: ["ingest.batchesPerBuilding=2", "log.level=debug"])
        let token = try await CentralProcess.token("gateway", "--building", "greedy")
        let other = try await CentralProcess.token("gateway", "--building", "patient")
        let slow = try (0..<2).map { _ in try slowBody(service, token: token, first: 2000) }
        try await eventually("both of them began") {
            service.process.output.components(separatedBy: "Batch begins").count - 1 >= 2
        }
        let refused = try await service.send(batch(Self.one), token: token)
        #expect(refused.status == 429)
        #expect(refused.code == "too_many_batches")
        #expect(refused.headers["retry-after"] == "1")
        #expect(try await service.send(batch(Self.one), token: other).status == 200)
        let ops = try await CentralProcess.token("operator", "--name", "greedy")
        #expect(
            try await metric(#"hearth_ingest_shares_refused_total{share="building_places"}"#, of: service, ops) == 1)
        for process in slow { process.kill() }
        #expect(await service.process.terminate() == 0)
    }

    @Test func `counts the memory of bodies as they come`() async throws {
        let service = try await CentralProcess(
            settings: [
                "ingest.memoryBytes=1048576", "ingest.memoryBytesPerBuilding=65536", "log.level=debug",
            ])
        let token = try await CentralProcess.token("gateway", "--building", "large")
        let other = try await CentralProcess.token("gateway", "--building", "small")
        // The same one, again and again: a building has only so many stores.
        let small = batch(Self.one)
        // It announces 8 MB, and has sent nothing of it: nobody's place is taken.
        let empty = try slowBody(service, token: token, first: 1)
        try await service.process.waitFor(output: "Batch begins")
        #expect(try await service.send(small, token: token).status == 200)
        empty.kill()
        let full = try slowBody(service, token: token, first: 65_000)
        // Nothing else arrives meanwhile, or it would be refused itself.
        let ops = try await CentralProcess.token("operator", "--name", "large")
        try await eventually("it holds what came") {
            try await metric("hearth_http_body_bytes", of: service, ops) >= 65_000
        }
        let refused = try await service.send(small, token: token)
        #expect(refused.status == 429 && refused.code == "too_many_batches", "\(refused.text)")
        #expect(try await service.send(batch(Self.one), token: other).status == 200)
        full.kill()
        try await eventually("room again") { try await service.send(small, token: token).status == 200 }
        #expect(await service.process.terminate() == 0)
    }

    @Test func `takes so many connections of one address, and says so to one more`() async throws {
        let service = try await CentralProcess(settings: ["http.connectionsPerAddress=3"])
        let port = URL(string: service.url)!.port!
        let idle = try (0..<3).map { _ in
            try ManagedProcess("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); echo open; cat <&3"])
        }
        for process in idle { try await process.waitFor(output: "open") }
        try await eventually("they are counted") {
            let result = try await ManagedProcess.run("curl", ["-sS", "-i", "-m", "5", service.url + "/health"])
            guard result.output.hasPrefix("HTTP/1.1 429") else { return false }
            #expect(result.output.contains("too_many_connections"))
            #expect(result.output.lowercased().contains("retry-after: 10\r\n"))
            return true
        }
        for process in idle { process.kill() }
        try await eventually("there is room again") {
            try await ManagedProcess.run("curl", ["-sS", "-i", "-m", "5", service.url + "/health"]).output
                .hasPrefix("HTTP/1.1 200")
        }
        #expect(await service.process.terminate() == 0)
    }

    @Test func `takes so many stores of a building, and all of every other`() async throws {
        let service = try await CentralProcess(settings: ["ingest.storesPerBuilding=2"])
        let token = try await CentralProcess.token("gateway", "--building", "inventive")
        let other = try await CentralProcess.token("gateway", "--building", "steady")
        let stores = [StoreID(), StoreID(), StoreID()]
        for store in stores[..<2] {
            #expect(try await service.send(batch(Self.one, store: store), token: token).status == 200)
        }
        let refused = try await service.send(batch(Self.one, store: stores[2]), token: token)
        #expect(refused.status == 429)
        #expect(refused.code == "too_many_stores")
        #expect(refused.headers["retry-after"] == "3600")
        let losses = try await service.call(
            UplinkPath.losses(of: stores[2]), method: .post, token: token, type: "application/json",
            body: Array(#"{"losses":[]}"#.utf8))
        #expect(losses.code == "too_many_stores")
        #expect(try await service.send(batch(Self.one, store: stores[0], first: 2), token: token).status == 200)
        #expect(try await service.send(batch(Self.one), token: other).status == 200)
        let ops = try await CentralProcess.token("operator", "--name", "inventive")
        #expect(try await metric(#"hearth_ingest_shares_refused_total{share="stores"}"#, of: service, ops) == 2)
        #expect(await service.process.terminate() == 0)
    }

    func sensors(_ devices: [String], store: StoreID, first: Int64) -> ReadingBatch {
        batch(
            devices.map { ("room-101", $0, .temperatureSensor, .temperature, .number(20)) }, store: store, first: first)
    }

    @Test func `stores the readings of known series when a building has all that it may have`() async throws {
        let service = try await CentralProcess(settings: ["ingest.seriesPerBuilding=3"])
        let token = try await CentralProcess.token("gateway", "--building", "full")
        let store = StoreID()
        #expect(try await service.send(sensors(["a", "b", "c"], store: store, first: 1), token: token).status == 200)
        // One that is new among those that are known.
        #expect(try await service.send(sensors(["a", "d", "c"], store: store, first: 4), token: token).status == 200)
        let replica = Replica()
        #expect(
            try await replica.rows(
                "SELECT device_id FROM raw_data WHERE device_id LIKE 'full/%' GROUP BY 1 HAVING count(*) > 0 ORDER BY 1"
            )
                == ["full/room-101/a", "full/room-101/b", "full/room-101/c"])
        let quarantined = try await replica.rows(
            "SELECT device_id, message FROM quarantined_reading WHERE device_id LIKE 'full/%'", columns: 2)
        #expect(quarantined.count == 1)
        #expect(quarantined.first?.contains("the limit is 3") == true, "\(quarantined)")
        let other = try await CentralProcess.token("gateway", "--building", "free")
        #expect(try await service.send(sensors(["d"], store: StoreID(), first: 1), token: other).status == 200)
        #expect(await service.process.terminate() == 0)
    }

    @Test func `takes so many new series in an hour`() async throws {
        let service = try await CentralProcess(settings: ["ingest.newSeriesPerHour=3"])
        let token = try await CentralProcess.token("gateway", "--building", "growing")
        let store = StoreID()
        // More at once than an hour's, since one batch cannot come in parts.
        let first = sensors(["a", "b", "c", "d"], store: store, first: 1)
        #expect(try await service.send(first, token: token).status == 200)
        let refused = try await service.send(sensors(["a", "e"], store: store, first: 5), token: token)
        #expect(refused.status == 429)
        #expect(refused.code == "too_many_series")
        #expect(refused.headers["retry-after"].flatMap(Int.init).map { (900...1200).contains($0) } == true)
        #expect(try await service.send(sensors(["a", "d"], store: store, first: 5), token: token).status == 200)
        #expect(await service.process.terminate() == 0)
    }

    // MARK: Addresses

    @Test func `believes nobody but its own proxies about where a request came from`() throws {
        let limits = ClientLimits(
            trustedProxies: [try #require(AddressRange("10.0.0.0/8")), try #require(AddressRange("2001:db8::5"))])
        let shares = ClientShares(limits)
        #expect(shares.client(peer: "192.0.2.7").isProxy == false)
        #expect(shares.client(peer: "10.1.2.3").isProxy)
        #expect(shares.client(peer: "::ffff:10.1.2.3").isProxy)
        #expect(shares.client(peer: "2001:db8::5").isProxy)
        #expect(shares.client(peer: "2001:db8::6").isProxy == false)
        #expect(shares.client(peer: nil).isProxy == false)
        func client(_ forwarded: String...) -> [UInt8]? {
            var headers = HTTPFields()
            for text in forwarded { headers.append(HTTPField(name: .init("X-Forwarded-For")!, value: text)) }
            return shares.client(forwarded: headers)?.address
        }
        #expect(client("192.0.2.1") == [192, 0, 2, 1])
        #expect(client("192.0.2.1:4711") == [192, 0, 2, 1])
        // What stands further left, anybody may have written.
        #expect(client("198.51.100.9, 192.0.2.1, 10.0.0.9") == [192, 0, 2, 1])
        #expect(client("198.51.100.9", "192.0.2.1") == [192, 0, 2, 1])
        #expect(client("[2001:db8:1:2:3:4:5:6]:80") == [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2])
        #expect(client("10.0.0.9") == nil)
        #expect(client("unknown") == nil)
        #expect(client("192.0.2.1, unknown") == nil)
        #expect(client() == nil)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "::/129", "host", "10.0.0.0/8/8", "1.2.3.4\0",
    ])
    func `takes nothing for a range of addresses that is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
