import Building
import Foundation
import SimulatedDevices
import Testing

@Suite struct `A simulated building` {
    private static let noon = Timestamp(millisecondsSince1970: 1_735_257_600_250)

    private static func building(interval: Duration = .seconds(5), speed: Double = 1) -> SimulatedBuilding {
        SimulatedBuilding(
            inventory: ExampleHotel.inventory, startSecondOfDay: 43_200, interval: interval, speed: speed, seed: 1)
    }

    private static func command(_ room: String, _ level: Int) throws -> ValveCommand {
        try #require(ValveCommand(topic: "/actuators/\(room)", payload: Array(#"{"level":\#(level)}"#.utf8)))
    }

    @Test func `every device reports once in an interval, spread over it`() {
        var building = Self.building()
        #expect(building.deviceCount == 6 * 8 + 6 + 1)
        var messages: [DeviceMessage] = []
        for tick in 0..<100 {
            let batch = building.messages(until: .milliseconds(50 * tick), at: Self.noon)
            #expect(batch.count <= 1)
            messages += batch
        }
        #expect(messages.count == 55)
        var topics: [String: Int] = [:]
        for message in messages { topics[message.topic, default: 0] += 1 }
        #expect(topics["/readings/building/power_meter"] == 6)
        #expect(topics["/readings/building/outdoor_temperature"] == 1)
        for room in ["room-101", "room-102", "room-103", "room-201", "room-202", "room-203"] {
            #expect(topics["/readings/\(room)/temperature"] == 5)
            #expect(topics["/readings/\(room)/iaq"] == 1)
            #expect(topics["/readings/\(room)/life_being"] == 1)
            #expect(topics["/readings/\(room)/radiator_valve"] == 1)
        }
    }

    @Test func `the payloads are those of the contract`() throws {
        var building = Self.building()
        let messages = building.messages(until: .seconds(5), at: Self.noon)
        func payload(_ topic: String) throws -> [String: Any] {
            let message = try #require(messages.first { $0.topic == topic })
            return try #require(JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any])
        }
        let temperature = try payload("/readings/room-101/temperature")
        #expect(Set(temperature.keys) == ["sensorID", "type", "value"])
        #expect(temperature["type"] as? String == "temperature")
        let sensor = try #require(temperature["sensorID"] as? String)
        #expect(sensor.hasPrefix("sensor-"))
        let value = try #require(temperature["value"] as? Double)
        #expect((15.0...25).contains(value))

        let outdoor = try payload("/readings/building/outdoor_temperature")
        #expect(outdoor["sensorID"] as? String == "outdoor")
        #expect(outdoor["type"] as? String == "outdoor_temperature")
        #expect((-10.0...10).contains(try #require(outdoor["value"] as? Double)))

        let air = try payload("/readings/room-101/iaq")
        #expect(air["device_id"] as? String == "iaq")
        #expect(air["timestamp"] as? Int == 1_735_257_600)
        #expect(air["datetime"] as? String == "2024-12-27 00:00:00.25")
        let readings = try #require(air["datapoints"] as? [String: Double])
        #expect(Set(readings.keys) == ["temperature", "humidity", "co2"])

        let presence = try #require(try payload("/readings/room-101/life_being")["datapoints"] as? [String: Any])
        let state = try #require(presence["presence_state"] as? String)
        #expect(["occupied", "unoccupied"].contains(state))
        #expect(presence["sensitivity"] as? Double == 100)
        #expect(presence["online_status"] as? String == "online")

        let meter = try payload("/readings/building/power_meter")
        let power = try #require((meter["datapoints"] as? [String: Double])?["power_kw"])
        #expect((0.05...12).contains(power))
    }

    @Test func `devices that report more than once a second tell milliseconds`() throws {
        var building = Self.building(interval: .milliseconds(500))
        let messages = building.messages(until: .seconds(1), at: Self.noon)
        let message = try #require(messages.first { $0.topic.hasSuffix("/iaq") })
        #expect(message.payload.contains(#""timestamp":1735257600250"#))
    }

    @Test func `after a pause no device reports more than once`() {
        var building = Self.building()
        _ = building.messages(until: .seconds(1), at: Self.noon)
        #expect(building.messages(until: .seconds(600), at: Self.noon).count == 55)
        #expect(building.messages(until: .seconds(300), at: Self.noon).isEmpty)
    }

    @Test func `a valve moves to the level it is told, and says where it is`() throws {
        var building = Self.building()
        _ = building.messages(until: .zero, at: Self.noon)
        building.receive(try Self.command("room-102", 30))
        let messages = building.messages(until: .seconds(180), at: Self.noon)
        let valves = messages.filter { $0.topic.hasSuffix("/radiator_valve") }
        #expect(valves.count == 6)
        for message in valves {
            let level = message.topic.contains("room-102") ? 30 : 0
            #expect(message.payload.contains(#""datapoints":{"valve_level":\#(level)}"#))
        }
    }

    @Test func `a room warms with its valve open and cools with it shut`() throws {
        var building = Self.building(speed: 60)
        _ = building.messages(until: .zero, at: Self.noon)
        building.receive(try Self.command("room-101", 100))
        func mean(_ room: String, in messages: [DeviceMessage]) throws -> Double {
            let values = try messages.filter { $0.topic == "/readings/\(room)/temperature" }.map { message in
                let object = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
                return try #require(object?["value"] as? Double)
            }
            return values.reduce(0, +) / Double(values.count)
        }
        let before = building.messages(until: .seconds(5), at: Self.noon)
        // Five minutes of the clock are five hours of the building.
        let after = building.messages(until: .seconds(305), at: Self.noon)
        #expect(try mean("room-101", in: after) > mean("room-101", in: before) + 0.5)
        #expect(try mean("room-102", in: after) < mean("room-102", in: before) - 0.5)
    }

    @Test func `a command for a room that it does not have is nobody's`() throws {
        var building = Self.building()
        let isKnown = building.receive(try Self.command("room-999", 30))
        #expect(!isKnown)
    }

    @Test func `devices it cannot simulate are named`() throws {
        var inventory = ExampleHotel.inventory
        inventory.devices.append(Inventory.Device(id: "roof", deviceClass: .solarPanel))
        let building = SimulatedBuilding(inventory: inventory, startSecondOfDay: 0)
        #expect(building.silentDevices == ["building/roof"])
        #expect(building.deviceCount == 55)
    }

    @Test func `the same seed says the same`() {
        var one = Self.building(speed: 300)
        var other = Self.building(speed: 300)
        for second in stride(from: 0, through: 100, by: 3) {
            let said = one.messages(until: .seconds(second), at: Self.noon)
            let saidAgain = other.messages(until: .seconds(second), at: Self.noon)
            #expect(said == saidAgain)
        }
    }
}

@Suite struct `Valve commands` {
    @Test(arguments: [
        #"{"level":101}"#, #"{"level":-1}"#, #"{"level":14.5}"#, #"{"level":"14"}"#, #"{"level":null}"#, "{}", "14",
        "", "junk", "{\"level\":14", "\u{0}",
    ])
    func `that can't be read move nothing`(payload: String) {
        #expect(ValveCommand(topic: "/actuators/room-101", payload: Array(payload.utf8)) == nil)
    }

    @Test(arguments: ["/actuators/", "/actuators", "actuators/room-101", "/actuators/a/b", "/setpoints/room-101"])
    func `on other topics are none`(topic: String) {
        #expect(ValveCommand(topic: topic, payload: Array(#"{"level":14}"#.utf8)) == nil)
    }

    @Test func `take a level with unknown extra keys`() throws {
        let payload = Array(#"{"reason":"cold","level":14}"#.utf8)
        let command = try #require(ValveCommand(topic: "/actuators/room-101", payload: payload))
        #expect(command.room.text == "room-101")
        #expect(command.level.percent == 14)
    }
}
