import Building
import CivilTime
import Foundation
import Testing
import WireFormat

@Suite struct ReadingDecoderTests {
    static let now = Timestamp(millisecondsSince1970: 1_790_000_000_123)
    let decoder = ReadingDecoder(calendar: LocalCalendar(zoneNamed: "Europe/Berlin")!)

    func decode(_ topic: String, _ json: String) -> DecodedPayload {
        decode(topic, Array(json.utf8))
    }

    func decode(_ topic: String, _ bytes: [UInt8]) -> DecodedPayload {
        decoder.decode(topic: topic, payload: bytes, size: bytes.count, receivedAt: Self.now, clockTrusted: true)
    }

    @Test func `reads one reading`() throws {
        let decoded = decode(
            "/readings/room-1/temperature", #"{"sensorID":"sensor-1","type":"temperature","value":25.3}"#)
        let reading = try #require(decoded.readings.first)
        #expect(decoded.rejections.isEmpty)
        #expect(reading.series.deviceID(in: Slug("grand")!) == "grand/room-1/sensor-1")
        #expect(reading.series.deviceClass == .temperatureSensor)
        #expect(reading.value == .number(25.3))
        #expect(reading.eventTime == Self.now)
    }

    @Test func `reads several datapoints of one device, at the device's time`() {
        let decoded = decode(
            "/readings/Room101/iaq",
            #"""
            {"device_id":"iaq_sensor_Room101","timestamp":1735257600,"datetime":"2024-12-27 00:00:00.00",
             "datapoints":{"temperature":24.5,"humidity":55.0,"co2":488.8}}
            """#)
        #expect(decoded.rejections.isEmpty)
        #expect(decoded.readings.map(\.series.datapoint) == [.co2, .humidity, .temperature])
        #expect(decoded.readings.map(\.value) == [.number(488.8), .number(55), .number(24.5)])
        #expect(decoded.readings.allSatisfy { $0.eventTime.millisecondsSince1970 == 1_735_257_600_000 })
        #expect(decoded.readings.allSatisfy { $0.series.deviceClass == .iaq })
    }

    @Test(arguments: ["sensorID", "device_id", "deviceID"])
    func `takes each name of the device's id`(name: String) {
        let decoded = decode("/readings/room-1/co2", #"{"\#(name)":"x","value":400}"#)
        #expect(decoded.readings.first?.series.device == "x")
    }

    @Test func `takes a text with a number as that number where the datapoint is numeric`() {
        #expect(
            decode("/readings/r/temperature", #"{"sensorID":"s","value":"24.5"}"#).readings[0].value == .number(24.5))
        #expect(decode("/readings/r/note", #"{"sensorID":"s","value":"24.5"}"#).readings[0].value == .text("24.5"))
        #expect(decode("/readings/r/temperature", #"{"sensorID":"s","value":"nan"}"#).rejections == [.badValue])
        #expect(decode("/readings/r/temperature", #"{"sensorID":"s","value":"warm"}"#).rejections == [.badValue])
    }

    @Test func `stores states, booleans and unknown datapoints`() {
        let decoded = decode(
            "/readings/r/life_being",
            #"{"device_id":"l","datapoints":{"presence_state":"occupied","sensitivity":100,"tamper":true}}"#)
        #expect(decoded.readings.map(\.value) == [.text("occupied"), .number(100), .text("true")])
    }

    @Test(arguments: [
        ("1735257600", 1_735_257_600_000), ("1735257600.5", 1_735_257_600_500), ("1735257600123", 1_735_257_600_123),
        (#""2024-12-27T00:00:00Z""#, 1_735_257_600_000), (#""2024-12-27T01:00:00+01:00""#, 1_735_257_600_000),
        (#""2024-12-27 01:00:00.25""#, 1_735_257_600_250), (#""1735257600""#, 1_735_257_600_000),
        (#""2024-07-01T12:00""#, 1_719_828_000_000),
    ])
    func `understands the forms of a timestamp`(json: String, milliseconds: Int64) {
        let decoded = decode("/readings/r/co2", #"{"sensorID":"s","value":1,"timestamp":\#(json)}"#)
        #expect(decoded.readings.first?.eventTime.millisecondsSince1970 == milliseconds)
        #expect(decoded.readings.first?.quality == .good)
    }

    @Test(arguments: ["-5", "1e300", #""yesterday""#, "true", "{}", #""2024-02-30T00:00:00Z""#])
    func `keeps the value of a reading whose time can't be read, at its receipt and marked`(json: String) {
        let decoded = decode("/readings/r/co2", #"{"sensorID":"s","value":1,"timestamp":\#(json)}"#)
        #expect(decoded.readings.first?.eventTime == Self.now)
        #expect(decoded.readings.first?.quality == .degraded)
    }

    @Test func `keeps the good datapoints of a message beside bad ones`() {
        let decoded = decode(
            "/readings/r/iaq",
            #"{"device_id":"i","datapoints":{"temperature":21,"co2":"many","a b":1,"humidity":null}}"#)
        #expect(decoded.readings.map(\.series.datapoint) == [.temperature])
        #expect(Set(decoded.rejections) == [.badDatapoint, .badValue])
        #expect(decoded.rejections.count == 3)
    }

    @Test(arguments: [
        ("/readings", "{}", RejectionReason.badTopic), ("/readings/r", "{}", .badTopic),
        ("/readings/r/t/x", "{}", .badTopic), ("readings/r/t", "{}", .badTopic), ("/readings//t", "{}", .badTopic),
        ("/readings/r/temperature", "", .notJSON), ("/readings/r/temperature", "hello", .notJSON),
        ("/readings/r/temperature", "[1]", .notAReading), ("/readings/r/temperature", "{}", .noDevice),
        ("/readings/r/temperature", #"{"sensorID":"s"}"#, .notAReading),
        ("/readings/r/temperature", #"{"sensorID":"s","value":[1]}"#, .badValue),
        ("/readings/r/temperature", #"{"sensorID":"s","value":{"a":1}}"#, .badValue),
        ("/readings/r/temperature", #"{"sensorID":"s","value":true}"#, .badValue),
        ("/readings/r/temperature", #"{"sensorID":7,"value":1}"#, .notAReading),
        ("/readings/r/temperature", #"{"sensorID":"","value":1}"#, .badDevice),
        ("/readings/r/temperature", "{\"sensorID\":\"a\\u0000b\",\"value\":1}", .badDevice),
        ("/readings/r/iaq", #"{"sensorID":"s","value":1}"#, .noType),
        ("/readings/r/iaq", #"{"sensorID":"s","datapoints":{}}"#, .notAReading),
        ("/readings/r/temperature", #"{"sensorID":"s","value":1e999}"#, .badValue),
        ("/readings/r/t", "{\"sensorID\":\"s\",\"value\":\"a\\u0000\"}", .badValue),
        ("/readings/r/temperature", #"{"sensorID":"s","value":1,"value":2}"#, .repeatedName),
        ("/readings/r/temperature", #"{"sensorID":"s","value":1,"\u0076alue":2}"#, .repeatedName),
        ("/readings/r/iaq", #"{"device_id":"i","datapoints":{"co2":1,"co2":2}}"#, .repeatedName),
        ("/readings/r/temperature", #"{"sensorID":"s","value":-273.15}"#, .badValue),
        ("/readings/r/temperature", #"{"sensorID":"s","value":-999}"#, .badValue),
        ("/readings/r/temperature", #"{"sensorID":"s","value":0,"unit":"K"}"#, .badValue),
    ])
    func `says why a message is no reading`(topic: String, json: String, reason: RejectionReason) {
        let decoded = decode(topic, json)
        #expect(decoded.readings.isEmpty)
        #expect(decoded.rejections == [reason])
    }

    @Test func `tells what is not UTF-8 and what is too large`() {
        #expect(decode("/readings/r/t", [0xFF, 0xFE]).rejections == [.notUTF8])
        let large = decoder.decode(
            topic: "/readings/r/t", payload: [], size: 10_000_000, receivedAt: Self.now, clockTrusted: true)
        #expect(large.rejections == [.tooLarge])
    }

    @Test func `tells what is no UTF-8 also within a value`() {
        let head = Array(#"{"sensorID":"s","type":"note","value":"#.utf8)
        #expect(decode("/readings/r/note", head + [0x22, 0xFF, 0x22, 0x7D]).rejections == [.notUTF8])
    }

    @Test func `takes both forms in one message`() {
        let decoded = decode(
            "/readings/r/iaq", #"{"device_id":"b","type":"temperature","value":3,"datapoints":{"humidity":1}}"#)
        #expect(decoded.readings.map(\.series.datapoint) == [.humidity, .temperature])
        #expect(decoded.rejections.isEmpty)
    }

    @Test func `survives deep nesting`() {
        let deep = String(repeating: "[", count: 30_000)
        #expect(!decode("/readings/r/t", deep).rejections.isEmpty)
    }
}
