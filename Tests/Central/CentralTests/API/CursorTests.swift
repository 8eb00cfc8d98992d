import DatabaseRig
import Rig
import ServiceRig
import Testing

/// Cursors come back from clients: whatever they hold, they are read within bounds.
@Suite(.withDatabaseServer, .database, .serialized) struct CursorTests {
    @Test func `of histories hold times and counts within their bounds, and nothing beyond`() async throws {
        let scene = try await RestTests.Scene("cursors")
        let (_, _, rooms) = try await scene.ids("cursors")
        try await Replica().run(
            "INSERT INTO raw_data VALUES (1735257600, NULL, 'cursors/room-101/sensor-1', 'temperature', '20')")
        // 2^40 seconds and 2^60 microseconds are tens of thousands of years.
        let cursors: [(query: String, status: Int)] = [
            ("interval=raw&cursor=1735257600000000.0", 200), ("interval=raw&cursor=1735257600000000.999999", 200),
            ("interval=raw&cursor=1735257600000000.1000000", 400), ("interval=raw&cursor=1735257600000000.-1", 400),
            ("interval=raw&cursor=1152921504606846976.0", 400), ("interval=raw&cursor=9223372036854775808.0", 400),
            ("interval=raw&cursor=1.2.3", 400), ("interval=15min&cursor=1735257600", 200),
            ("interval=15min&cursor=1099511627776", 400), ("interval=15min&cursor=9223372036854775807", 400),
            ("interval=15min&cursor=-1", 400),
        ]
        for (query, status) in cursors {
            let path = "/rooms/\(rooms[0])/history/?datapoint=temperature&start_time=2024-12-27&end_time=2024-12-28&"
            let answer = try await scene.get(path + query)
            #expect(answer.status == status, "\(query): \(answer.text)")
            if status == 400 { #expect(answer.code == "bad_parameter", "\(query): \(answer.text)") }
        }
        await scene.service.process.terminate()
    }
}
