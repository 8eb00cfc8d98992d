import Building
import CivilTime
import Foundation
import Testing
import WireFormat

@Suite struct `The unit beside a value` {
    private func decode(_ kind: String, _ json: String) -> DecodedPayload {
        let bytes = Array(json.utf8)
        return ReadingDecoder(calendar: .utc).decode(
            topic: "/readings/room-1/\(kind)", payload: bytes, size: bytes.count,
            receivedAt: Timestamp(millisecondsSince1970: 1_790_000_000_123), clockTrusted: true)
    }

    private func values(_ decoded: DecodedPayload) -> [String: ReadingValue] {
        Dictionary(decoded.readings.map { ($0.series.datapoint.name, $0.value) }) { first, _ in first }
    }

    @Test(arguments: [
        ("temperature", #"41,"unit":"°F""#, 5.0), ("temperature", #"41,"unit":"degF""#, 5),
        ("temperature", #""41","unit":"\u00b0F""#, 5), ("temperature", #"295.15,"unit":"K""#, 22),
        ("temperature", #"22.5,"unit":"°C""#, 22.5), ("outdoor_temperature", #"10.4,"unit":"F""#, -12),
        ("setpoint", #"70,"unit":"fahrenheit""#, 21.111), ("power_kw", #"1234,"unit":"W""#, 1.234),
        ("power_w", #"1.234,"unit":"kW""#, 1234), ("power_kw", #"0.002,"unit":"MW""#, 2),
        ("energy_kwh", #"11700,"unit":"Wh""#, 11.7), ("energy_kwh", #"0.0117,"unit":"MWh""#, 11.7),
        ("charge_wh", #"4.2,"unit":"kWh""#, 4200), ("humidity", #"0.455,"unit":"fraction""#, 45.5),
        ("humidity", #"45.5,"unit":"%""#, 45.5), ("valve_level", #"0.14,"unit":"1""#, 14),
        ("co2", #"488.8,"unit":"ppm""#, 488.8), ("temperature", #"41,"units":"°F""#, 5),
        ("temperature", #"41,"unit_of_measurement":"°F""#, 5), ("temperature", #"41,"units":{"temperature":"F"}"#, 5),
        ("temperature", #"{"value":41,"unit":"F"}"#, 5),
        ("temperature", #"41,"unit":null"#, 41), ("temperature", #"41,"unit":"""#, 41),
    ])
    func `is respected: the value is stored in the datapoint's own`(kind: String, rest: String, value: Double) {
        let decoded = decode(kind, #"{"sensorID":"s","value":\#(rest)}"#)
        #expect(decoded.rejections.isEmpty)
        #expect(values(decoded) == [kind: .number(value)])
    }

    @Test(arguments: [
        (#"41,"unit":"furlong""#, RejectionReason.unknownUnit), (#"41,"unit":7"#, .unknownUnit),
        (#"41,"unit":["°F"]"#, .unknownUnit), (#"41,"unit":true"#, .unknownUnit),
        (#"41,"unit":"W""#, .unitMismatch), (#"41,"units":{"temperature":"kWh"}"#, .unitMismatch),
        (#"-1,"unit":"K""#, .badValue), (#"1e999,"unit":"K""#, .badValue), (#""warm","unit":"°F""#, .badValue),
        (#"{"value":41,"unit":"furlong"}"#, .unknownUnit), (#"{"value":[41],"unit":"°F"}"#, .badValue),
        (#"{"value":null}"#, .badValue), (#"{"unit":"°F"}"#, .badValue),
    ])
    func `that can't be right has the reading refused, with the reason`(rest: String, reason: RejectionReason) {
        let decoded = decode("temperature", #"{"sensorID":"s","value":\#(rest)}"#)
        #expect(decoded.readings.isEmpty)
        #expect(decoded.rejections == [reason])
    }

    @Test func `that makes a value too large for a number has the reading refused`() {
        #expect(decode("charge_wh", #"{"sensorID":"s","value":1e308,"unit":"MWh"}"#).rejections == [.badValue])
    }

    @Test func `in Latin-1 is told from an unknown one`() {
        var bytes = Array(#"{"sensorID":"s","value":41,"unit":"xF"}"#.utf8)
        bytes[bytes.firstIndex(of: UInt8(ascii: "x"))!] = 0xB0
        let decoded = ReadingDecoder(calendar: .utc).decode(
            topic: "/readings/r/temperature", payload: bytes, size: bytes.count,
            receivedAt: Timestamp(millisecondsSince1970: 0), clockTrusted: true)
        #expect(decoded.readings.isEmpty)
        #expect(decoded.rejections == [.notUTF8])
    }

    @Test(arguments: [
        #""units":{"temperature":"°F","humidity":"fraction"},"datapoints":{"temperature":70.7,"humidity":0.455,"co2":400}"#,
        #""datapoints":{"temperature":{"value":70.7,"unit":"°F"},"humidity":{"value":"0.455","unit":"1"},"co2":400}"#,
        #""unit":"°F","datapoints":{"temperature":70.7,"humidity":45.5,"co2":400}"#,
        #""unit":"%","units":{"temperature":"F"},"datapoints":{"temperature":70.7,"humidity":45.5,"co2":{"value":400}}"#,
    ])
    func `of several datapoints is given by name, with each, or once for those that it fits`(members: String) {
        let decoded = decode("iaq", #"{"device_id":"i",\#(members)}"#)
        #expect(decoded.rejections.isEmpty)
        #expect(
            values(decoded) == ["temperature": .number(21.5), "humidity": .number(45.5), "co2": .number(400)])
    }

    @Test func `that is wrong costs only its own datapoint`() {
        let decoded = decode(
            "iaq",
            #"{"device_id":"i","units":{"temperature":"furlong","co2":"W"},"datapoints":{"temperature":70,"humidity":45,"co2":400}}"#
        )
        #expect(values(decoded) == ["humidity": .number(45)])
        #expect(Set(decoded.rejections) == [.unknownUnit, .unitMismatch])
    }

    @Test func `that fits none of several datapoints has those refused that have a unit`() {
        let message = #"{"device_id":"i","unit":"W","datapoints":{"temperature":70,"pressure":1013}}"#
        #expect(values(decode("iaq", message)) == ["pressure": .number(1013)])
        #expect(decode("iaq", message).rejections == [.unitMismatch])
    }

    @Test(arguments: [
        ("pressure", #"1013,"unit":"hPa""#, ReadingValue.number(1013)), ("soil", #"70,"unit":"°F""#, .number(70)),
        ("note", #""70","unit":"°F""#, .text("70")), ("presence_state", #""occupied","unit":"W""#, .text("occupied")),
    ])
    func `of a datapoint that Hearth has no unit for leaves the value as it came`(
        kind: String, rest: String, value: ReadingValue
    ) {
        let decoded = decode(kind, #"{"sensorID":"s","value":\#(rest)}"#)
        #expect(decoded.rejections.isEmpty)
        #expect(values(decoded) == [kind: value])
    }

    @Test func `holds for the value beside it where a message has both forms`() {
        let decoded = decode(
            "iaq", #"{"device_id":"b","type":"temperature","value":41,"unit":"°F","datapoints":{"humidity":45}}"#)
        #expect(values(decoded) == ["temperature": .number(5), "humidity": .number(45)])
        // Of the other datapoints it speaks only where it fits.
        #expect(decoded.rejections.isEmpty)
    }
}
