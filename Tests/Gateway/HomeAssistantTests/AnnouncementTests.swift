import EdgeGateway
import Foundation
import Rig
import ServiceRig
import Testing

/// What a real gateway keeps at a real broker for Home Assistant.
@Suite(.timeLimit(.minutes(2)))
struct `A gateway announces its rooms` {
    @Test func `only where it is asked to, and takes them back when they go`() async throws {
        let gateway = try await Gateway()
        let first = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        try await eventually("all is retained", detail: first.output) {
            let kept = try await gateway.retained("homeassistant/#")
            let room = try await gateway.room()
            return kept.count == 11 && room?.temperature == 20
        }
        // Home Assistant has forgotten everything, and is born again.
        let listener = try gateway.broker.subscriber("homeassistant/climate/hearth-grand/room-101/config")
        try await eventually("the kept copy comes") { listener.output.contains("unique_id") }
        try await gateway.broker.publish("homeassistant/status", "online")
        try await eventually("all is told again", detail: first.output) {
            listener.output.split(separator: "\n").count == 2
        }
        await listener.terminate()
        // Another building's are its own.
        let other = "homeassistant/climate/hearth-other/room-102/config"
        try await gateway.broker.publish(other, "{}", retain: true)
        #expect(await first.terminate() == 0)

        let second = try await gateway.start(hasSecondRoom: false)
        try await eventually("the room that left is taken back", detail: second.output) {
            let kept = try await gateway.retained("homeassistant/#")
            return kept.count == 7 && !kept.keys.contains { $0.contains("hearth-grand/room-102") }
        }
        #expect(await second.terminate() == 0)

        let third = try await gateway.start([])
        try await eventually("all is taken back", detail: third.output) {
            let kept = try await gateway.retained("homeassistant/#")
            let rooms = try await gateway.retained("/gateways/grand/rooms/#")
            return kept.keys.sorted() == [other] && rooms.isEmpty
        }
        #expect(await third.terminate() == 0)
    }
}
