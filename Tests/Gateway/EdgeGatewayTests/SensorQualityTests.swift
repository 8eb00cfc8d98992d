import Building
import CivilTime
import EdgeGateway
import Foundation
import Logging
import MQTT
import Outbox
import Rig
import Testing

@Suite struct SensorQualityTests {
    private static func instant(_ seconds: Int) -> MonotonicInstant { .init(sinceOrigin: .seconds(seconds)) }

    @Test func `tells of changes at once, and of everything every ten minutes`() {
        var report = SensorQualityReport()
        func news(_ quality: Quality, at seconds: Int) -> [String] {
            let rooms = [(room: Slug("room-1")!, sensors: ["sensor-1": Quality.good, "sensor-2": quality])]
            return report.news(rooms, at: Self.instant(seconds)).map(\.value)
        }
        #expect(news(.good, at: 0) == ["{}"])
        #expect(news(.good, at: 5) == [])
        #expect(news(.failed, at: 10) == [#"{"sensor-2":"failed"}"#])
        #expect(news(.failed, at: 599) == [])
        #expect(news(.failed, at: 600) == [#"{"sensor-2":"failed"}"#])
        #expect(news(.good, at: 605) == ["{}"])
    }

    @Test func `never tells more than a reading can hold`() {
        let names = (0..<64).map { String(repeating: "\"", count: 120) + "\($0)" }
        let text = SensorQualityReport.text(Dictionary(uniqueKeysWithValues: names.map { ($0, Quality.failed) }))
        #expect(text.utf8.count <= ReadingValue.longestText && text.utf8.count > 512)
        #expect((try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) != nil)
    }

    @Test func `a reading is stored with what control thinks of its sensor`() throws {
        let folder = TemporaryFolder()
        let time = SettableClock(SettableClock.present)
        let outbox = try Outbox(path: folder.file("outbox.sqlite"))
        let intake = try IntakeService(
            outbox: outbox, calendar: .utc, clock: time.clock, plausibility: Plausibility(hours: 24),
            judge: { $0.value == .number(80) ? .failed : .good }, logger: Logger(label: "test"))
        for payload in [
            #"{"sensorID":"a","type":"temperature","value":20}"#, #"{"sensorID":"b","type":"temperature","value":80}"#,
            #"{"sensorID":"c","type":"temperature","value":20,"timestamp":"soon"}"#,
        ] {
            let isStored = intake.store([
                MQTTMessage(topic: "/readings/room-1/temperature", payload: payload.utf8, qualityOfService: .atMostOnce)
            ])
            #expect(isStored)
        }
        guard case .readings(let run)? = try outbox.oldest(atMost: 10) else {
            Issue.record("nothing was stored")
            return
        }
        #expect(run.readings.map(\.quality) == [.good, .failed, .degraded])
    }
}
