import Building
import ConfigurationFile
import EdgeConfiguration
import Rig
import Testing

@Suite struct EdgeConfigurationTests {
    static let small = """
        building: { slug: home, name: Home, kind: home, timeZone: Europe/Berlin }
        mqtt: { host: localhost, port: 1883 }
        buffer: { path: /tmp/outbox.sqlite }
        control: {}
        floors:
          - slug: "0"
            level: 0
            rooms:
              - slug: room-1
                devices: [{ id: sensor-1, class: temperature_sensor }]
        """

    static func load(_ text: String, overrides: [String] = []) throws(ConfigurationError) -> EdgeConfiguration {
        try EdgeConfiguration(file: ConfigurationFile(text: text, file: "edge.yaml", overrides: overrides))
    }

    @Test func `reads the example of a small hotel`() throws {
        let hotel = try EdgeConfiguration.load(path: Checkout.file("config/edge.yaml"))
        #expect(hotel.building.slug == Slug("grand"))
        #expect(hotel.floors.map(\.rooms.count) == [3, 3])
        #expect(hotel.rooms.allSatisfy { $0.devices.filter { $0.deviceClass == .temperatureSensor }.count == 5 })
        #expect(hotel.devices.compactMap(\.subsystem) == ["ac", "ac", "ac", "lighting", "lighting", "plug_load"])
    }

    @Test func `reads the example of one room`() throws {
        let home = try EdgeConfiguration.load(path: Checkout.file("config/edge-one-room.yaml"))
        #expect(home.rooms.map(\.slug.text) == ["room-1"])
        #expect(home.central == nil)
    }

    @Test func `fills in what may be left out`() throws {
        let home = try Self.load(Self.small)
        #expect(home.control.setpointCelsius == 22)
        #expect(home.mqtt.clientID == "hearth-home")
        #expect(home.control.statePath == "/tmp/control.json")
        #expect(home.clock.patience == .seconds(900))
        #expect(home.clock.plausibleHours == 24)
        #expect(!home.homeAssistant.discovery)
        #expect(home.homeAssistant.discoveryPrefix == "homeassistant")
    }

    @Test func `lets an override win over the file`() throws {
        let home = try Self.load(
            Self.small,
            overrides: ["mqtt.port=2000", "central.url=http://c/", "central.tokenFile=/t", "log.level=debug"])
        #expect(home.mqtt.port == 2000)
        #expect(home.central?.url == "http://c")
        #expect(home.logLevel == "debug")
    }

    @Test(arguments: [
        ("port: 1883", "port: 0", "edge.yaml:2: mqtt.port: “0” is not a whole number from 1 to 65535"),
        ("port: 1883", "prot: 1883", "edge.yaml:2: mqtt.port: this key is required"),
        ("port: 1883", "port: 1883, colour: red", "mqtt.colour: unknown key"),
        ("slug: home", "slug: \"\"", "building.slug: must not be empty"),
        ("port: 1883", "port: \"\"", "mqtt.port: must not be empty"),
        ("slug: home", "slug: my home", "building.slug: “my home” is not a slug"),
        ("Europe/Berlin", "Berlin", "building.timeZone: “Berlin” is not an IANA time zone"),
        (
            "control: {}", "control: { setpointCelsius: 50 }",
            "control.setpointCelsius: “50” is not a number from 5 to 30"
        ),
        (
            "control: {}", "control: {}\nclock: { patienceMinutes: -1 }",
            "clock.patienceMinutes: “-1” is not a number from 0 to 1440 min"
        ),
        ("control: {}", "control: {}\nclock: { plausible: 24 }", "clock.plausible: unknown key"),
        (
            "control: {}", "control: { ecoAfterMinutes: 1 }",
            "control.ecoAfterMinutes: “1” is not a number from 5 to 1440"
        ),
        ("control: {}", "control: { ecoCelsius: 40 }", "control.ecoCelsius: “40” is not a number from 5 to 30 °C"),
        (
            "control: {}", "control: { schedule: [{ from: \"6\", until: \"22:00\" }] }",
            "control.schedule[0].from: “6” is not a time of day such as \"06:30\""
        ),
        (
            "control: {}", "control: { schedule: [{ days: mon-day, from: \"06:00\", until: \"22:00\" }] }",
            "control.schedule[0].days: “mon-day” is not days such as mon-fri or sat,sun"
        ),
        (
            "control: {}", "control: {}\nhomeAssistant: { discoveryPrefix: /ha }",
            "homeAssistant.discoveryPrefix: “/ha” is not a topic such as homeassistant"
        ),
        (
            "control: {}", "control: {}\nhomeAssistant: { discovery: maybe }",
            "homeAssistant.discovery: “maybe” is neither true nor false"
        ),
        ("control: {}", "control: { setpointCelsius: warm }", "is not a number from 5 to 30 °C"),
        ("control: {}", "control: hot", "edge.yaml:4: control: expected a mapping of keys to values"),
        ("temperature_sensor", "thermometer", "floors[0].rooms[0].devices[0].class: “thermometer” is not one of"),
        ("slug: room-1", "slug: building", "“building” is reserved for the building's own devices"),
        ("buffer: { path: /tmp/outbox.sqlite }", "", "buffer: this key is required"),
        (
            "- slug: room-1", "- slug: room-1\n        name: \(String(repeating: "ä", count: 101))",
            "floors[0].rooms[0].name: the name has 202 bytes of UTF-8; the limit is 200"
        ),
    ])
    func `names file, key and what is wrong`(right: String, wrong: String, message: String) throws {
        let text = Self.small.replacing(right, with: wrong)
        let error = try #require(throws: ConfigurationError.self) { try Self.load(text) }
        #expect(error.description.contains(message), "\(error)")
        #expect(error.description.hasPrefix("edge.yaml"))
    }

    @Test func `reads when rooms are to be comfortable`() throws {
        let text = Self.small
            .replacing(
                "control: {}",
                with:
                    "control: { ecoAfterMinutes: 30, schedule: [{ days: \"fri-sun\", from: \"06:30\", until: \"24:00\" }] }"
            )
            .replacing(
                "- slug: room-1", with: "- slug: room-1\n        schedule: [{ from: \"20:00\", until: \"02:00\" }]")
        let configuration = try Self.load(text)
        #expect(configuration.control.ecoAfter == .seconds(1800))
        let period = try #require(configuration.control.schedule.first)
        #expect(period.days == ["fri", "sat", "sun"])
        #expect(period.startMinute == 390 && period.endMinute == 1440)
        let own = try #require(configuration.roomSchedules.values.first?.first)
        #expect(own.days.count == 7 && own.startMinute == 1200 && own.endMinute == 120)
    }

    @Test func `refuses one name for two rooms`() throws {
        let text = Self.small + "\n      - { slug: room-1 }"
        let error = try #require(throws: ConfigurationError.self) { try Self.load(text) }
        #expect(error.description.contains("duplicate room “room-1”"))
    }

    @Test(arguments: ["", "[1, 2]", "a: [", "just text"])
    func `answers what is no configuration with an error`(text: String) {
        #expect(throws: ConfigurationError.self) { try Self.load(text) }
    }

    @Test(arguments: [
        (["mqtt.port=0"], "--set mqtt.port: “0” is not a whole number from 1 to 65535"),
        (["mqtt.prot=1"], "--set mqtt.prot: unknown key"), (["mqtt=x"], "--set mqtt: expected a mapping"),
        (["broker.port=1"], "--set broker.port: broker: unknown key"),
        (["log.level=loud"], "--set log.level: "), (["mqtt.host="], "--set mqtt.host: must not be empty"),
        (["mqtt.user=x", "mqtt.port=0"], "--set mqtt.port: "),
    ])
    func `names the option, and no line of the file, for a value that --set gave`(
        overrides: [String], message: String
    ) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.load(Self.small, overrides: overrides) }
        #expect(error.description.hasPrefix(message), "\(error)")
    }

    @Test func `names the file where the file is to blame, whatever --set gave`() throws {
        let text = Self.small.replacing("port: 1883", with: "port: 0")
        let error = try #require(throws: ConfigurationError.self) { try Self.load(text, overrides: ["mqtt.host=h"]) }
        #expect(error.description.hasPrefix("edge.yaml:2: mqtt.port: "), "\(error)")
    }

    @Test func `names a file that does not exist`() throws {
        let error = try #require(throws: ConfigurationError.self) { try EdgeConfiguration.load(path: "/nowhere.yaml") }
        #expect(error.description == "/nowhere.yaml: the file does not exist")
        let folder = try #require(throws: ConfigurationError.self) { try EdgeConfiguration.load(path: "/tmp") }
        #expect(folder.description == "/tmp: this is a folder; specify the file in it")
    }
}
