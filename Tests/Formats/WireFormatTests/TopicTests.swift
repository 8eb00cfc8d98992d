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

    @Test(arguments: [
        ("2024-03-31T02:30:00", 1_711_848_600), ("2024-10-27T02:30:00", 1_729_989_000),
        ("2024-03-31T03:30", 1_711_848_600),
        ("2024-12-27", 1_735_254_000),
    ])
    func `reads local times also where daylight saving changes`(text: String, seconds: Int64) {
        let time = CalendarTime.parse(text, in: TimeZone(identifier: "Europe/Berlin")!)
        #expect(time?.millisecondsSince1970 == seconds * 1000)
    }

    @Test(arguments: [
        "", "2024", "2024-13-01", "2023-02-29", "2024-01-01T24:00", "2024-01-01T10:00:00+99", "2024-01-01x",
    ])
    func `refuses what is no time`(text: String) {
        #expect(CalendarTime.parse(text, in: TimeZone(identifier: "UTC")!) == nil)
    }

    @Test func `writes times with the zone's offset`() {
        let zone = TimeZone(identifier: "Europe/Berlin")!
        #expect(
            CalendarTime.text(Timestamp(millisecondsSince1970: 1_719_828_000_000), in: zone)
                == "2024-07-01T12:00:00+02:00")
    }
}
