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

/// Requests that ended the process, or kept it from answering anybody, and what became of them.
@Suite(.withDatabaseServer, .database, .serialized) struct HostileRequestTests {
    /// Waits for an answer, and says how long it took.
    func timed(_ body: () async throws -> CentralProcess.Answer) async rethrows -> (CentralProcess.Answer, Duration) {
        let began = ContinuousClock.now
        let answer = try await body()
        return (answer, ContinuousClock.now - began)
    }

    // MARK: Numbers

    @Test(arguments: [
        "energy.1.0.1.1day.ac.9223372036854775807.00", "energy.1.0.9223372036854775807.1day.ac.1.00",
        "energy.9223372036854775807.-9223372036854775808.1.1day.ac.-9223372036854775808."
            + String(repeating: "0", count: 64),
    ])
    func `answers a link to a file whose numbers are beyond all bounds like any other that is wrong`(
        link: String
    ) async throws {
        let service = try await CentralProcess()
        #expect(try await service.call("/chat/files/\(link)").code == "unknown_file")
        #expect(try await service.call("/health").status == 200)
        #expect(await service.process.terminate() == 0)
    }

    static let announcedSizes: [UInt64] = [.max - 2, (1 << 63) - 1, 1 << 63, 1 << 40]

    @Test(arguments: announcedSizes)
    func `refuses a batch whose header announces more than there is memory`(size: UInt64) async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "announced")
        let head: [UInt8] = Array("HRB1".utf8) + [0x28, 0xB5, 0x2F, 0xFD, 0xE0]
        let answer = try await service.call(
            UplinkPath.batches, method: .post, token: token, type: ReadingBatch.mediaType,
            body: head + withUnsafeBytes(of: size.littleEndian, Array.init))
        #expect(answer.status == 413)
        #expect(answer.code == "body_too_large")
        #expect(answer.text.contains(" \(size) bytes"), "\(answer.text)")
        #expect(await service.process.terminate() == 0)
    }

    @Test func `takes losses whose sum no integer can hold`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("gateway", "--building", "losses")
        let loss = #"{"first":1,"end":9007199254740992,"reason":"buffer_full"}"#
        let body = #"{"losses":["# + Array(repeating: loss, count: 1025).joined(separator: ",") + "]}"
        let answer = try await service.call(
            UplinkPath.losses(of: StoreID()), method: .post, token: token, type: "application/json",
            body: Array(body.utf8))
        #expect(answer.status == 204, "\(answer.text)")
        #expect(await service.process.terminate() == 0)
    }

    @Test func `shows gateways whose claims no bigint can hold, and does not hide their neighbours`() async throws {
        let replica = try await Replica.migrated()
        let neighbour = try await replica.building("modest")
        _ = try await replica.store.store(readings(1..<3, of: StoreID()), building: neighbour)
        let boaster = try await replica.building("boaster")
        try await replica.run(
            """
            INSERT INTO gateway_store (store_id, hotel_id, numbered, waiting, quarantined)
            SELECT gen_random_uuid(), \(boaster.id), 9007199254740992, '{[1,9007199254740993)}', 9007199254740992
            FROM generate_series(1, 1030);
            INSERT INTO declared_loss (store_id, reason, numbers)
            SELECT store_id, 'corrupt', '{[1,9007199254740993)}' FROM gateway_store WHERE hotel_id = \(boaster.id);
            """)
        let states = try await replica.store.gatewayStates()
        #expect(states.contains { $0.building == "modest" })
        let state = try #require(states.first { $0.building == "boaster" })
        #expect(state.waiting == .max)
        #expect(state.quarantined == .max)
        #expect(state.lost == ["corrupt": .max])
    }

    // MARK: Time

    @Test func `decodes a query of pluses in the time of its length`() async throws {
        let service = try await CentralProcess()
        let long = String(repeating: "+", count: 15_000)
        #expect(try await service.call("/chat/files/x?a=\(long)").code == "uri_too_long")
        // As long as a query may be.
        let allowed = String(repeating: "+", count: 8190)
        let answers = try await withThrowingTaskGroup(of: Duration.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let (answer, took) = try await timed { try await service.call("/chat/files/x?a=\(allowed)") }
                    #expect(answer.code == "unknown_parameter")
                    return took
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0 < .seconds(1) }, "\(answers)")
        #expect(await service.process.terminate() == 0)
    }

    @Test func `refuses a number of 8,000 digits in the time of its length`() async throws {
        let service = try await CentralProcess()
        let token = try await CentralProcess.token("operator", "--name", "digits")
        let digits = String(repeating: "1", count: 8000)
        for value in [digits + "x", digits, "1" + digits, "." + digits, digits + "e", "1e" + digits] {
            let (answer, took) = try await timed {
                try await service.call(
                    "/temperature?building_id=1&room_id=1&value=\(value)", method: .post, token: token)
            }
            #expect(answer.status == 400 && answer.code == "bad_parameter", "\(answer.text)")
            #expect(took < .seconds(1))
        }
        #expect(await service.process.terminate() == 0)
    }

    @Test func `refuses a path that is longer than any`() async throws {
        let service = try await CentralProcess()
        for path in ["/rooms/" + String(repeating: "1", count: 2048), String(repeating: "/a", count: 1100)] {
            let answer = try await service.call(path)
            #expect(answer.status == 414)
            #expect(answer.code == "uri_too_long")
        }
        #expect(await service.process.terminate() == 0)
    }

    /// What takes longest of all that may be sent: as much JSON as one message may have, and a batch of as many rows, of
    /// which only the last byte is wrong.
    static func worst() -> [(path: String, type: String, body: [UInt8])] {
        let loss = #"{"first":1,"end":9007199254740992,"reason":"buffer_full"}"#
        let losses = #"{"losses":["# + Array(repeating: loss, count: 70_000).joined(separator: ",") + "]}"
        let key = SeriesKey(room: Slug("room-101")!, device: "s", deviceClass: nil, datapoint: .temperature)
        let rows = (0..<200_000).map { index in
            let time = Timestamp(millisecondsSince1970: midnight + Int64(index))
            return ReadingBatch.Row(
                seriesIndex: 0, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                value: .number(Double(index) + 0.5))
        }
        let batch = ReadingBatch(store: StoreID(), firstNumber: 1, series: [key], rows: rows).encode()
        let unpacked = (try? Zstandard.decompress(batch[4...], limit: 64 << 20)) ?? []
        let long = Array(batch[..<4]) + Zstandard.compress(unpacked + [0], level: 1)
        return [
            (UplinkPath.losses(of: StoreID()), "application/json", Array(losses.utf8)),
            (UplinkPath.batches, ReadingBatch.mediaType, long),
        ]
    }

    @Test func `says that it lives, to callers and to systemd, while it works on the worst that may be asked`()
        async throws
    {
        let folder = TemporaryFolder()
        let socket = folder.file("notify")
        let listener = try ManagedProcess(
            "python3",
            [
                "-u", "-c",
                """
                import socket, time
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("\(socket)")
                print("listening")
                last = None
                while True:
                    if "WATCHDOG=1" in s.recv(4096).decode():
                        now = time.monotonic()
                        if last is not None: print("gap", now - last)
                        last = now
                """,
            ])
        try await listener.waitFor(output: "listening")
        let service = try await CentralProcess(
            environment: ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "2000000"])
        var clients: [ManagedProcess] = []
        for (number, request) in Self.worst().enumerated() {
            let file = folder.file("body-\(number)")
            try Data(request.body).write(to: URL(fileURLWithPath: file))
            // Several buildings, since one has only its share.
            for building in 1...6 {
                let token = try await CentralProcess.token("gateway", "--building", "busy-\(number)-\(building)")
                let curl = [
                    "-sS", "-m", "60", "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: \(request.type)",
                    "--data-binary", "@\(file)",
                ]
                // One after the other, on one connection.
                let addresses = [String](repeating: service.url + request.path, count: 500)
                for _ in 0..<3 { clients.append(try ManagedProcess("curl", curl + addresses)) }
            }
        }
        try await Task.sleep(for: .seconds(2))
        var slowest = Duration.zero
        let end = ContinuousClock.now + .seconds(8)
        while ContinuousClock.now < end {
            let (answer, took) = try await timed { try await service.call("/health") }
            #expect(answer.status == 200)
            slowest = max(slowest, took)
            try await Task.sleep(for: .milliseconds(50))
        }
        for client in clients { client.kill() }
        #expect(slowest < .seconds(1), "\(slowest)")
        let gaps = listener.output.split(separator: "\n").filter { $0.hasPrefix("gap ") }
            .compactMap { Double($0.dropFirst(4)) }
        #expect(gaps.count >= 5)
        #expect(gaps.allSatisfy { $0 < 2 }, "\(gaps)")
        print("slowest /health under load: \(slowest); longest pause of the watchdog: \(gaps.max() ?? 0) s")
        #expect(await service.process.terminate() == 0)
    }
}
