import EdgeGateway
import Foundation
import Rig
import ServiceRig
import Testing

/// What people in the building ask for on `/setpoints/<room>`, of a real gateway at a real broker.
@Suite(.timeLimit(.minutes(2)))
struct `Set-points by local topics` {
    /// In two hours.
    private static var later: String { Date(timeIntervalSinceNow: 7200).formatted(.iso8601) }

    @Test func `set temperature and mode, with who and until when`() async throws {
        let gateway = try await Gateway()
        let edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        try await eventually("the room is told of", detail: edge.output) { try await gateway.room() != nil }
        try await gateway.broker.publish(
            "/setpoints/room-101", #"{"celsius":23,"mode":"boost","until":"\#(Self.later)","who":"reception"}"#)
        try await eventually("it holds", detail: edge.output) {
            let room = try await gateway.room()
            return room?.setpoint == 23 && room?.mode == "boost" && room?.level == 100
        }
        let boosted = try #require(try await gateway.room())
        #expect(boosted.request == "boost")
        for author in [boosted.setpointBy, boosted.requestBy] {
            #expect(author?.source == "local_operator")
            #expect(author?.who == "reception")
            #expect(author?.since != nil && author?.until != nil)
        }
        try await gateway.broker.publish("/setpoints/room-101", #"{"mode":"off"}"#)
        try await eventually("it is off, the set-point stays", detail: edge.output) {
            let room = try await gateway.room()
            return room?.mode == "off" && room?.setpoint == 23 && room?.level == 0
        }
        try await gateway.broker.publish("/setpoints/room-101", #"{"celsius":null,"mode":"auto"}"#)
        try await eventually("all is as configured", detail: edge.output) {
            let room = try await gateway.room()
            return room?.mode == "comfort" && room?.setpoint == 22 && room?.setpointBy?.source == "configuration"
        }
        #expect(await edge.terminate() == 0)
    }

    @Test func `count, keep and tell what can't be done, and do none of it`() async throws {
        let gateway = try await Gateway()
        let edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        for payload in [
            "warm", #"{"celsius":50}"#, #"{"celsius":4.9}"#, #"{"celsius":true}"#, #"{"mode":"party"}"#, "{}",
            #"{"celsius":23,"mode":"party"}"#, #"{"celsius":23,"until":"2001-01-01T00:00:00Z"}"#,
            #"{"celsius":23,"until":"2098-01-01T00:00:00Z"}"#,
        ] {
            try await gateway.broker.publish("/setpoints/room-101", payload)
        }
        try await gateway.broker.publish("/setpoints/room-999", #"{"celsius":23}"#)
        let expected: [String: Int64] = [
            "not_json": 1, "setpoint_out_of_range": 2, "not_a_setpoint": 4, "setpoint_ended": 1,
            "setpoint_end_too_far": 1, "room_not_controlled": 1,
        ]
        try await eventually("all are counted", within: .seconds(40), detail: edge.output) {
            try await gateway.status()?.buffer?.rejected == expected
        }
        #expect(try await gateway.room()?.setpoint == 22)
        let letters = try await gateway.program().status("--rejected", "20")
        #expect(letters.output.contains(#"room_not_controlled /setpoints/room-999 {"celsius":23}"#))
        #expect(await edge.terminate() == 0)
    }

    @Test func `the log names the member that is wrong, and shows no hidden characters`() async throws {
        let gateway = try await Gateway()
        let edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        for payload in [
            #"{"celsius":50}"#, #"{"celsius":22,"until":"soon"}"#, #"{"celsius":22,"who":7}"#,
            #"{"celsius":22,"celsius":23}"#, #"{"celsius":24,"who":"a\u202Eb"}"#,
        ] {
            try await gateway.broker.publish("/setpoints/room-101", payload)
        }
        for text in [
            "member=celsius", "value=50", "allowed=5…30", "member=until", "value=“soon”", "member=who",
            "reason=repeated_name", #"who=a\u{202E}b"#,
        ] {
            try await eventually("the log has \(text)", detail: edge.output) { edge.output.contains(text) }
        }
        try await eventually("the status is told", detail: edge.output) {
            try await gateway.program().status().output.contains(#"24.0 °C (by a\u{202E}b)"#)
        }
        #expect(!edge.output.unicodeScalars.contains("\u{202E}"))
        #expect(await edge.terminate() == 0)
    }

    @Test func `a set-point that the broker keeps is set once, not at each connection`() async throws {
        let gateway = try await Gateway()
        var edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        try await gateway.broker.publish("/setpoints/room-101", #"{"celsius":24}"#, retain: true)
        try await eventually("the first holds", detail: edge.output) { try await gateway.room()?.setpoint == 24 }
        try await gateway.broker.publish("/setpoints/room-101", #"{"celsius":21}"#)
        try await eventually("the second holds", detail: edge.output) { try await gateway.room()?.setpoint == 21 }
        #expect(await edge.terminate() == 0)
        edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        try await eventually("it decides again", detail: edge.output) {
            // The status of before came from the same broker.
            guard let status = try await gateway.status(), status.state == .online else { return false }
            return (1...20).contains(status.control?.cycles ?? 0)
        }
        #expect(try await gateway.room()?.setpoint == 21)
        // Another that came while the gateway was away is new.
        #expect(await edge.terminate() == 0)
        try await gateway.broker.publish("/setpoints/room-101", #"{"celsius":19.5}"#, retain: true)
        edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        try await eventually("it holds", detail: edge.output) { try await gateway.room()?.setpoint == 19.5 }
        #expect(await edge.terminate() == 0)
    }
}
