import Building
import CivilTime
import Foundation
import HomePhysics
import SimulatedDevices
import Testing

@Suite struct `A simulated home` {
    private static let noon = Timestamp(millisecondsSince1970: 1_782_036_000_000)

    private static func home(speed: Double = 1, seed: UInt64 = 1) -> SimulatedHome {
        SimulatedHome(
            inventory: ExampleHome.inventory,
            place: Place(latitude: 52.52, longitude: 13.4, calendar: LocalCalendar(zoneNamed: "Europe/Berlin")!),
            start: Date(timeIntervalSince1970: 1_782_036_000), speed: speed, seed: seed)
    }

    /// The datapoints that a device says.
    private static func said(_ device: String, in messages: [DeviceMessage]) throws -> [[String: Double]] {
        try messages.compactMap { message in
            let object = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
            return object?["device_id"] as? String == device ? object?["datapoints"] as? [String: Double] : nil
        }
    }

    private static func tell(_ home: inout SimulatedHome, _ device: String, _ payload: String) throws {
        let topic = "/actuators/building/\(device)"
        home.receive(try #require(StorageInstruction(topic: topic, payload: Array(payload.utf8))))
    }

    @Test func `every device says its power once in an interval, storage its charge as well`() throws {
        var home = Self.home()
        let messages =
            home.messages(until: .zero, at: Self.noon) + home.messages(until: .milliseconds(4999), at: Self.noon)
        #expect(messages.count == 10)
        var topics: [String: Int] = [:]
        for message in messages { topics[message.topic, default: 0] += 1 }
        #expect(
            topics == [
                "/readings/building/solar_panel": 1, "/readings/building/battery": 1,
                "/readings/building/electric_vehicle": 1, "/readings/building/appliance": 7,
            ])
        let solar = try #require(try Self.said("solar-roof", in: messages).first)
        #expect(Set(solar.keys) == ["power_w"])
        #expect((300...8000).contains(solar["power_w"] ?? 0), "it is noon in June")
        for device in ["wall-battery", "car"] {
            #expect(Set(try #require(try Self.said(device, in: messages).first).keys) == ["charge_wh", "power_w"])
        }
        let standby = try #require(try Self.said("standby", in: messages).first)
        #expect(standby["power_w"] == -85)
        #expect(messages.allSatisfy { !$0.payload.contains("-0.0") && !$0.payload.contains(":-0,") })
    }

    @Test func `a battery obeys at once, says so, and goes idle when it is full`() throws {
        var home = Self.home(speed: 600)
        _ = home.messages(until: .seconds(5), at: Self.noon)
        try Self.tell(&home, "wall-battery", #"{"mode":"charging","watts":2000}"#)
        let answer = home.messages(until: .seconds(5), at: Self.noon)
        #expect(try Self.said("wall-battery", in: answer).map { $0["power_w"] } == [-2000])
        let later = home.messages(until: .seconds(60), at: Self.noon)
        let full = try #require(try Self.said("wall-battery", in: later).last)
        #expect(full == ["power_w": 0, "charge_wh": 10_000])
        try Self.tell(&home, "wall-battery", #"{"mode":"discharging","watts":9e9,"version":3}"#)
        #expect(
            try Self.said("wall-battery", in: home.messages(until: .seconds(60), at: Self.noon))[0]["power_w"] == 5000)
        try Self.tell(&home, "wall-battery", #"{"mode":"idle","watts":0}"#)
        #expect(try Self.said("wall-battery", in: home.messages(until: .seconds(60), at: Self.noon))[0]["power_w"] == 0)
        // Nobody wants anything any more: by itself, half an hour after the sun has gone, it serves the house.
        try Self.tell(&home, "wall-battery", "")
        let evening = home.messages(until: .seconds(63), at: Self.noon)
        #expect(try #require(try Self.said("wall-battery", in: evening).last)["power_w"] ?? 0 > 0)
    }

    @Test func `an instruction for what is no storage is nobody's`() throws {
        var home = Self.home()
        for device in ["fridge", "solar-roof", "nothing"] {
            let topic = "/actuators/building/\(device)"
            let instruction = try #require(StorageInstruction(topic: topic, payload: Array(#"{"mode":"idle"}"#.utf8)))
            let isKnown = home.receive(instruction)
            #expect(!isKnown)
        }
    }

    @Test(arguments: [
        #"{"mode":"charge"}"#, #"{"mode":"charging","watts":-1}"#, #"{"mode":"charging","watts":"much"}"#,
        #"{"watts":5}"#, "[]", "idle", "\u{0}",
    ])
    func `an instruction that can't be read is none`(payload: String) {
        #expect(StorageInstruction(topic: "/actuators/building/wall-battery", payload: Array(payload.utf8)) == nil)
    }

    @Test(arguments: [
        "/actuators/building", "/actuators/building/", "/actuators/room-101/valve", "/actuators/building/a/b",
    ])
    func `an instruction on another topic is none`(topic: String) {
        #expect(StorageInstruction(topic: topic, payload: Array(#"{"mode":"idle"}"#.utf8)) == nil)
    }

    @Test func `the same seed says the same`() {
        var (one, other) = (Self.home(speed: 300), Self.home(speed: 300))
        for second in stride(from: 0, through: 100, by: 3) {
            let said = one.messages(until: .seconds(second), at: Self.noon)
            let saidAgain = other.messages(until: .seconds(second), at: Self.noon)
            #expect(said == saidAgain)
        }
    }
}
