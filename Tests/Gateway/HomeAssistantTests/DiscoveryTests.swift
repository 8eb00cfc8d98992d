import Building
import Foundation
import HomeAssistant
import Rig
import Testing

@Suite struct `Discovery` {
    private static let topics = DiscoveryTopics(prefix: "homeassistant", building: "grand")

    private static func discovery(rooms: [(String, String)] = [("room-101", "Room 101")]) -> [DiscoveryMessage] {
        BuildingDiscovery(
            building: .init(slug: Slug("grand")!, name: "Grand Hotel", kind: "hotel", timeZone: "Europe/Berlin"),
            rooms: rooms.map { Inventory.Room(slug: Slug($0.0)!, name: $0.1, devices: []) }, topics: topics,
            setpoints: 5...30, version: "1.2.3"
        ).messages
    }

    private static func object(_ message: DiscoveryMessage) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(message.payload)) as? [String: Any])
    }

    @Test func `names its topics as Home Assistant looks for them`() {
        let topics = Self.discovery().map(\.topic)
        #expect(
            topics == [
                "homeassistant/binary_sensor/hearth-grand/gateway/config",
                "homeassistant/climate/hearth-grand/room-101/config",
                "homeassistant/sensor/hearth-grand/room-101-temperature/config",
                "homeassistant/sensor/hearth-grand/room-101-valve/config",
                "homeassistant/sensor/hearth-grand/room-101-quality/config",
                "homeassistant/sensor/hearth-grand/room-101-reason/config",
            ])
        #expect(topics.allSatisfy(Self.topics.covers))
    }

    @Test(arguments: [
        "homeassistant/climate/hearth-other/room-101/config", "homeassistant/climate/room-101/config",
        "other/climate/hearth-grand/room-101/config", "homeassistant/climate/hearth-grand/room-101/state",
        "homeassistant/status", "/setpoints/room-101",
    ])
    func `leaves alone what others made appear`(topic: String) {
        #expect(!Self.topics.covers(topic))
    }

    @Test func `gives every entity a name of its own, however rooms are called`() throws {
        let names = [("a", "A"), ("a-valve", "B"), ("a-valve-valve", "C"), ("gateway", "D"), ("a_b", "E")]
        let messages = Self.discovery(rooms: names)
        #expect(messages.count == 1 + 5 * names.count)
        #expect(Set(messages.map(\.topic)).count == messages.count)
        let identifiers = try messages.map { try #require(try Self.object($0)["unique_id"] as? String) }
        #expect(Set(identifiers).count == messages.count)
    }

    @Test func `reads and sets by the gateway's own topics`() throws {
        let climate = try Self.object(Self.discovery()[1])
        for key in ["temperature_command_topic", "mode_command_topic", "preset_mode_command_topic"] {
            #expect(climate[key] as? String == "/setpoints/room-101")
        }
        for key in [
            "temperature_state_topic", "mode_state_topic", "preset_mode_state_topic", "current_temperature_topic",
            "action_topic", "json_attributes_topic",
        ] {
            #expect(climate[key] as? String == "/gateways/grand/rooms/room-101")
        }
        #expect(climate["name"] is NSNull)
        let availability = try #require((climate["availability"] as? [[String: String]])?.first)
        #expect(availability == ["topic": "/gateways/grand/status", "value_template": "{{ value_json.state }}"])
        let valve = try Self.object(Self.discovery()[3])
        #expect(valve["state_topic"] as? String == "/actuators/room-101")
        let device = try #require(climate["device"] as? [String: Any])
        #expect(device["identifiers"] as? [String] == ["hearth-grand-room-101"])
        #expect(device["via_device"] as? String == "hearth-grand")
    }
}
