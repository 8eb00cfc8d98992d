import Building
import DatabaseRig
import Foundation
import Glibc
import HTTPClient
import Postgres
import Rig
import ServiceRig
import Storage
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database) struct LiveTests {
    typealias Scene = RestTests.Scene

    /// A reading of the room's thermometer.
    private func warm(
        _ value: Double, _ store: StoreID, number: Int64, room: String = "room-101"
    ) -> ReadingBatch {
        batch(
            [(room, "sensor-1", .temperatureSensor, .temperature, .number(value))], store: store, first: number,
            at: midnight + number * 1000)
    }

    @Test func `shows first everything and then what is new, whichever replica or tool wrote it`() async throws {
        let scene = try await Scene("live")
        let other = try await CentralProcess()
        let (_, _, rooms) = try await scene.ids("live")
        let store = StoreID()
        #expect(try await scene.service.send(warm(20, store, number: 1), token: scene.gateway).status == 200)

        let listener = try LiveListener(other, room: rooms[0], token: scene.guest)
        try await listener.listening()
        let first = listener.events[0]
        #expect(first.name == "snapshot")
        #expect(first.data == (try await scene.get("/rooms/\(rooms[0])/data/", as: scene.guest).text))
        #expect(first.id != nil)
        #expect(listener.process.output.contains("Content-Type: text/event-stream\r\n"))
        #expect(listener.process.output.contains("retry: "))

        // To the one replica, out of the other.
        #expect(try await scene.service.send(warm(21, store, number: 2), token: scene.gateway).status == 200)
        try await listener.waitFor("21 by the other replica") { $0.values("temperature").last == "21" }
        let reading = listener.events.last!
        #expect(
            reading.data == #"{"device_id":"live/room-101/sensor-1","datapoint":"temperature","value":21,"#
                + #""timestamp":"2024-12-27T01:00:02+01:00","quality":"good"}"#)
        #expect(reading.id != nil)

        // By a tool that knows nothing of us.
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value)
            VALUES ('2024-12-27 00:01:00Z', 'live/room-101/sensor-1', 'temperature', '22.5'),
                ('2024-12-27 00:01:00Z', 'live/room-102/sensor-1', 'temperature', '99')
            """)
        try await listener.waitFor("22.5 by raw_data") { $0.values("temperature").last == "22.5" }

        // Late data change nothing, and the neighbour's room is not told of.
        #expect(try await scene.service.send(warm(5, store, number: 3), token: scene.gateway).status == 200)
        #expect(
            try await scene.service.send(warm(6, store, number: 4, room: "room-102"), token: scene.gateway).status
                == 200)
        #expect(try await scene.service.send(warm(23, store, number: 100), token: scene.gateway).status == 200)
        try await listener.waitFor("23") { $0.values("temperature").last == "23" }
        #expect(listener.values("temperature") == ["21", "22.5", "23"])
        await scene.service.process.terminate()
        await other.process.terminate()
    }

    @Test func `resumes with what was missed and nothing else`() async throws {
        let scene = try await Scene("resume")
        let (_, _, rooms) = try await scene.ids("resume")
        let store = StoreID()
        _ = try await scene.service.send(warm(20, store, number: 1), token: scene.gateway)
        let before = try LiveListener(scene.service, room: rooms[0], token: scene.ops)
        try await before.listening()
        let id = try #require(before.lastID)
        await before.process.terminate()

        _ = try await scene.service.send(warm(21, store, number: 2), token: scene.gateway)
        _ = try await scene.service.send(warm(22, store, number: 3), token: scene.gateway)
        let air = batch(
            [("room-101", "iaq", .iaq, .co2, .number(500))], store: store, first: 4, at: midnight + 4000)
        _ = try await scene.service.send(air, token: scene.gateway)
        let after = try LiveListener(scene.service, room: rooms[0], token: scene.ops, lastEventID: id)
        try await after.waitFor("both") { $0.events.count >= 2 }
        #expect(after.events.map(\.name) == ["reading", "reading"])
        #expect(after.values("temperature") == ["22"])
        #expect(after.values("co2") == ["500"])
        // Only the last stands for everything.
        #expect(after.events.map { $0.id != nil } == [false, true])

        // An id of another database, of the future, or none at all: everything.
        for id in ["zzz-1", "\(id)999", "nonsense", ""] {
            let stranger = try LiveListener(scene.service, room: rooms[0], token: scene.ops, lastEventID: id)
            try await stranger.listening()
            #expect(stranger.events[0].name == "snapshot", "\(id)")
        }
        await scene.service.process.terminate()
    }

    @Test func `is a guest's for its own room alone, and has its limits`() async throws {
        let scene = try await Scene("limits")
        let (_, _, rooms) = try await scene.ids("limits")
        await scene.service.process.terminate()
        let service = try await CentralProcess(settings: ["live.streams=3", "live.streamsPerToken=2"])
        let own = "/rooms/\(rooms[0])/live/"
        #expect(try await service.call("/rooms/\(rooms[1])/live", token: scene.guest).code == "unknown_room")
        #expect(try await service.call("/rooms/999999/live", token: scene.ops).status == 404)
        #expect(try await service.call("/rooms/x/live", token: scene.ops).status == 400)
        #expect(try await service.call(own + "?a=1", token: scene.ops).status == 400)
        #expect(try await service.call(own).status == 401)
        #expect(try await service.call(own, token: scene.gateway).status == 403)

        var listeners: [LiveListener] = []
        for _ in 0..<2 { listeners.append(try LiveListener(service, room: rooms[0], token: scene.guest)) }
        for listener in listeners { try await listener.listening() }
        let third = try await service.call(own, token: scene.guest)
        #expect(third.status == 429)
        #expect(third.code == "too_many_streams")
        #expect(third.headers["retry-after"] != nil)
        listeners.append(try LiveListener(service, room: rooms[0], token: scene.ops))
        try await listeners[2].listening()
        let fourth = try await service.call(own, token: scene.ops)
        #expect(fourth.status == 503)
        #expect(fourth.headers["retry-after"] != nil)

        // Asking for the head takes no place.
        let head = try await ManagedProcess.run(
            "curl", ["-sS", "-I", "-m", "5", "-H", "Authorization: Bearer \(scene.ops)", service.url + own])
        #expect(head.output.hasPrefix("HTTP/1.1 200"))

        // Who leaves makes room, and leaves nothing behind.
        #expect(try await metric("hearth_live_streams", of: service, scene.ops) == 3)
        for listener in listeners { listener.process.kill() }
        try await eventually("all places free") {
            try await metric("hearth_live_streams", of: service, scene.ops) == 0
        }
        #expect(try await metric("hearth_live_rooms", of: service, scene.ops) == 0)
        let again = try LiveListener(service, room: rooms[0], token: scene.guest)
        try await again.listening()
        await service.process.terminate()
    }

    @Test func `ends with its token, and with the service`() async throws {
        let scene = try await Scene("ends")
        let (_, _, rooms) = try await scene.ids("ends")
        await scene.service.process.terminate()
        let service = try await CentralProcess(settings: ["live.heartbeatSeconds=1", "shutdown.graceSeconds=300"])
        let revoked = try LiveListener(service, room: rooms[0], token: scene.guest)
        let staying = try LiveListener(service, room: rooms[0], token: scene.ops)
        try await revoked.listening()
        try await staying.listening()
        try await Replica().run(
            """
            UPDATE token SET revoked_at = now() FROM hotels
            WHERE role = 'guest' AND hotels.id = token.hotel_id AND hotels.slug = 'ends'
            """)
        try await eventually("revoked stream has ended", within: .seconds(30)) { !revoked.process.isRunning }
        #expect(staying.process.isRunning)
        #expect(staying.process.output.contains(": alive"))

        // Nobody waits for the grace to end.
        let began = ContinuousClock.now
        #expect(await service.process.terminate() == 0)
        #expect(ContinuousClock.now - began < .seconds(150))
        #expect(await staying.process.exitStatus() == 0)
    }

    @Test func `tells the newest only where more comes than anyone can read`() async throws {
        let scene = try await Scene("many")
        let (_, _, rooms) = try await scene.ids("many")
        let listener = try LiveListener(scene.service, room: rooms[0], token: scene.ops)
        try await listener.listening()
        let store = StoreID()
        let began = ContinuousClock.now
        for number in 1...60 {
            _ = try await scene.service.send(
                warm(Double(number), store, number: Int64(number)), token: scene.gateway)
            try await Task.sleep(for: .milliseconds(25))
        }
        try await listener.waitFor("the last") { $0.values("temperature").last == "60" }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let values = listener.values("temperature").compactMap(Int.init)
        #expect(values == values.sorted())
        #expect(Double(values.count) <= seconds * 4 + 2, "\(values.count) updates in \(seconds) s")
        await scene.service.process.terminate()
    }

    @Test func `comes back by itself when its connection to the database is lost`() async throws {
        try await TestDatabase.withOne { url in
            let service = try await CentralProcess(database: url)
            let gateway = try await CentralProcess.token("gateway", "--building", "gap", database: url)
            #expect(try await service.send(inventory("gap"), token: gateway).status == 204)
            let ops = try await CentralProcess.token("operator", "--name", "ops", database: url)
            let listener = try LiveListener(service, room: 1, token: ops)
            try await listener.listening()
            try await TestDatabase.onServer { _ in
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = '\(URL(string: url)!.lastPathComponent)'
                """
            }
            // During the gap, when nobody hears of it.
            let store = StoreID()
            try await eventually("stored") {
                try await service.send(warm(25, store, number: 1, room: "room-101"), token: gateway).status == 200
            }
            try await listener.waitFor("what came in the gap") { $0.values("temperature") == ["25"] }
            try await service.process.waitFor(output: "Live feed restored")
            #expect(try await service.send(warm(26, store, number: 2), token: gateway).status == 200)
            try await listener.waitFor("what came after it") { $0.values("temperature") == ["25", "26"] }
            await service.process.terminate()
        }
    }

    @Test func `drops a listener that takes nothing, and goes on with the others`() async throws {
        let scene = try await Scene("slow")
        let (_, _, rooms) = try await scene.ids("slow")
        let good = try LiveListener(scene.service, room: rooms[0], token: scene.ops)
        try await good.listening()
        let silent = try SilentListener(scene.service, path: "/rooms/\(rooms[0])/live/", token: scene.guest)
        try await eventually("both listen") {
            try await metric("hearth_live_streams", of: scene.service, scene.ops) == 2
        }
        let replica = Replica()
        let memory = try await metric("process_resident_memory_bytes", of: scene.service, scene.ops)
        // Far more than sockets hold.
        var rounds = 0
        try await eventually("the silent one is dropped", within: .seconds(80)) {
            rounds += 1
            try await replica.pool.withConnection { [rounds] connection in
                _ = try connection.query(
                    """
                    INSERT INTO raw_data (datetime, device_id, datapoint, value)
                    SELECT now(), 'slow/room-101/chatty', 'text', repeat(chr(97 + $1::int % 26), 2000000)
                    """, [.int(rounds)])
            }
            try await Task.sleep(for: .milliseconds(400))
            return try await metric("hearth_live_streams", of: scene.service, scene.ops) == 1
        }
        #expect(try await metric(#"hearth_live_streams_ended_total{reason="slow"}"#, of: scene.service, scene.ops) == 1)
        #expect(good.process.isRunning)
        // What is not taken is replaced, not gathered.
        let after = try await metric("process_resident_memory_bytes", of: scene.service, scene.ops)
        #expect(after - memory < 150_000_000, "\(memory) to \(after) bytes")
        silent.close()
        await scene.service.process.terminate()
    }
}

/// One number of `/metrics`; 0 where it is not there.
func metric(_ name: String, of service: CentralProcess, _ token: String) async throws -> Double {
    let page = try await service.call("/metrics", token: token)
    let line = page.text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0
}

/// Someone who asks and never reads the answer.
private final class SilentListener {
    private let descriptor: Int32

    init(_ service: CentralProcess, path: String, token: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(URL(string: service.url)!.port!).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let request = "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
        guard connected == 0, write(descriptor, request, request.utf8.count) == request.utf8.count else {
            throw ManagedProcess.DidNotHappen(description: "no connection to \(service.url)")
        }
    }

    func close() { Glibc.close(descriptor) }
}
