import Building
import Foundation
import Testing
import WireFormat

@Suite struct TopicTests {
    @Test func `reads back every topic that it writes`() {
        let room = Slug("room-1")!
        for topic in [
            Topic.readings(room: room, kind: "temperature"), .actuator(room: room), .setpoint(room: room),
            .roomState(building: room, room: room),
            .gatewayStatus(building: room),
        ] {
            #expect(Topic(path: topic.path) == topic)
        }
    }

    @Test func `writes and reads the actuator's payload`() {
        #expect(String(decoding: ControlPayload.actuator(PercentOpen(clamping: 14)), as: UTF8.self) == #"{"level":14}"#)
        #expect(ControlPayload.level(Array(#"{"level":14}"#.utf8)) == PercentOpen(clamping: 14))
        #expect(ControlPayload.level(Array("14".utf8)) == nil)
    }
}
