import Building
import CivilTime
import Foundation
import Testing
import WireFormat

/// How long what sensors send may be.
@Suite struct TextLengthTests {
    private func decode(_ json: String) -> DecodedPayload {
        let payload = Array(json.utf8)
        return ReadingDecoder(calendar: .utc).decode(
            topic: "/readings/r/iaq", payload: payload, size: payload.count,
            receivedAt: Timestamp(millisecondsSince1970: 1_790_000_000_000), clockTrusted: true)
    }

    @Test func `a text has at most 1024 bytes, also where its characters have several each`() {
        for (character, bytes) in [("a", 1), ("ä", 2), ("🌡", 4)] {
            let text = String(repeating: character, count: 1024 / bytes)
            #expect(
                decode(#"{"sensorID":"s","type":"note","value":"\#(text)"}"#).readings.map(\.value) == [.text(text)])
            let longer = decode(#"{"sensorID":"s","type":"note","value":"\#(text)a"}"#)
            #expect(longer.readings.isEmpty && longer.rejections == [.badValue])
        }
    }

    @Test func `a device's name has at most so many bytes as its column holds`() {
        let name = String(repeating: "d", count: SeriesKey.longestDevice)
        #expect(decode(#"{"sensorID":"\#(name)","type":"note","value":"x"}"#).readings.map(\.series.device) == [name])
        #expect(decode(#"{"sensorID":"\#(name)d","type":"note","value":"x"}"#).rejections == [.badDevice])
    }

    @Test func `a message has at most 256 datapoints`() {
        func message(_ count: Int) -> String {
            let points = (0..<count).map { "\"p\($0)\":1" }.joined(separator: ",")
            return #"{"device_id":"d","datapoints":{\#(points)}}"#
        }
        #expect(decode(message(256)).readings.count == 256)
        #expect(decode(message(257)).rejections == [.tooManyDatapoints])
    }
}
