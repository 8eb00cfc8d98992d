import Building
import CivilTime
import Foundation
import Testing
import WireFormat

/// Numbers that are written well and are larger than any `Double`: Swift reads them as infinite.
@Suite struct OverflowingNumberTests {
    static let texts = ["1e400", "-1e400", "1E+309", String(repeating: "9", count: 400), "1.8e308"]
    static let now = Timestamp(millisecondsSince1970: 1_735_257_600_000)

    private func decode(_ json: String) -> DecodedPayload {
        let payload = Array(json.utf8)
        return ReadingDecoder(calendar: .utc).decode(
            topic: "/readings/r/iaq", payload: payload, size: payload.count, receivedAt: Self.now, clockTrusted: true)
    }

    @Test(arguments: texts)
    func `refuses a value that overflows, as a text and as a number, and keeps its neighbours`(text: String) {
        let single = decode(#"{"sensorID":"s","type":"temperature","value":"\#(text)"}"#)
        #expect(single.readings.isEmpty)
        #expect(single.rejections == [.badValue])
        for overflowing in [#""\#(text)""#, text] {
            let several = decode(
                #"{"device_id":"s","datapoints":{"temperature":\#(overflowing),"humidity":"55","co2":488.8}}"#)
            #expect(several.rejections == [.badValue])
            #expect(several.readings.map(\.value) == [.number(488.8), .number(55)])
        }
    }

    @Test(arguments: texts)
    func `counts a reading whose time overflows from its receipt, and marks it`(text: String) {
        for timestamp in [#""\#(text)""#, text] {
            let decoded = decode(#"{"sensorID":"s","type":"temperature","value":21,"timestamp":\#(timestamp)}"#)
            #expect(decoded.rejections.isEmpty)
            #expect(decoded.readings.map(\.eventTime) == [Self.now])
            #expect(decoded.readings.map(\.quality) == [.degraded])
        }
    }

    @Test func `takes the largest numbers that there are`() {
        let decoded = decode(#"{"sensorID":"s","type":"temperature","value":"1.7976931348623157e308"}"#)
        #expect(decoded.readings.map(\.value) == [.number(.greatestFiniteMagnitude)])
    }

    @Test(arguments: texts)
    func `refuses a set-point that overflows`(text: String) {
        for celsius in [#""\#(text)""#, text] {
            let payload = Array(#"{"celsius":\#(celsius)}"#.utf8)
            #expect(throws: RejectionReason.self) {
                try SetpointPayload.decode(payload, size: payload.count, in: .utc)
            }
        }
    }
}
