import EdgeGateway
import Foundation
import Rig
import ServiceRig
import Testing

@Suite(.withHomeAssistant, .serialized, .timeLimit(.minutes(5)))
struct `In a real Home Assistant` {
    @Test func `a room is a thermostat that people can set, and it goes when the room does`() async throws {
        let gateway = try await Gateway()
        let edge = try await gateway.start()
        try await gateway.broker.publishTemperature(20)
        let home = try await HomeAssistant(brokerPort: gateway.broker.port)
        let room = "climate.room_101"

        // Everything is there at once, from what the broker has kept.
        try await eventually("the thermostat shows the room", detail: home.output + edge.output) {
            try await home.state(room)?.attributes.currentTemperature == 20
        }
        let climate = try #require(try await home.state(room))
        #expect(climate.state == "heat")
        #expect(climate.attributes.temperature == 22)
        #expect(climate.attributes.hvacAction == "heating")
        #expect(climate.attributes.presetMode == "none")
        #expect(climate.attributes.hvacModes == ["heat", "off"])
        #expect(climate.attributes.presetModes == ["none", "comfort", "eco", "boost", "frost_protection"])
        #expect(climate.attributes.minTemp == 5 && climate.attributes.maxTemp == 30)
        #expect(climate.attributes.quality == "good")
        #expect(climate.attributes.reason == "heating: 2 K below the set-point of 22 °C")
        #expect(try await home.state("sensor.room_101_temperature")?.state == "20")
        #expect(try await home.state("sensor.room_101_quality")?.state == "good")
        #expect(try await home.state("sensor.room_101_reason")?.state == climate.attributes.reason)
        #expect(try await home.state("binary_sensor.grand_hotel_connection")?.state == "on")
        let valve = try #require(try await home.state("sensor.room_101_valve"))
        #expect((Int(valve.state) ?? 0) > 0 && valve.attributes.unitOfMeasurement == "%")

        // One device a room, behind the gateway.
        let devices = try await home.devices()
        let hotel = try #require(devices.first { $0.name == "Grand Hotel" })
        let device = try #require(devices.first { $0.name == "Room 101" })
        #expect(device.viaDeviceId == hotel.id)
        #expect(device.identifiers == [["mqtt", "hearth-grand-room-101"]])
        let members = try await home.entities().filter { $0.deviceId == device.id }.map(\.entityId).sorted()
        #expect(
            members == [
                room, "sensor.room_101_quality", "sensor.room_101_reason", "sensor.room_101_temperature",
                "sensor.room_101_valve",
            ])

        // Set there, it holds here, and the valve follows.
        try await home.call("climate.set_temperature", room, #"{"temperature":17.5}"#)
        try await eventually("the gateway holds the set-point, and shuts the valve", detail: edge.output) {
            let told = try await gateway.room()
            return told?.setpoint == 17.5 && told?.level == 0
        }
        let told = try #require(try await gateway.room())
        #expect(told.setpointBy?.source == "local_operator")
        #expect(told.setpointBy?.who == "Home Assistant")
        #expect(try await gateway.retained("/actuators/room-101").values.first == #"{"level":0}"#)
        try await eventually("the thermostat shows it", detail: home.output) {
            let climate = try await home.state(room)
            let valve = try await home.state("sensor.room_101_valve")
            return climate?.attributes.temperature == 17.5 && climate?.attributes.hvacAction == "idle"
                && valve?.state == "0"
        }

        // Modes and presets.
        for (service, data, request, state, preset) in [
            ("climate.set_preset_mode", #"{"preset_mode":"boost"}"#, "boost", "heat", "boost"),
            ("climate.set_preset_mode", #"{"preset_mode":"eco"}"#, "eco", "heat", "eco"),
            ("climate.set_preset_mode", #"{"preset_mode":"none"}"#, "auto", "heat", "none"),
            ("climate.set_hvac_mode", #"{"hvac_mode":"off"}"#, "off", "off", "none"),
            ("climate.set_hvac_mode", #"{"hvac_mode":"heat"}"#, "auto", "heat", "none"),
        ] {
            try await home.call(service, room, data)
            try await eventually("the gateway does \(data)", detail: edge.output) {
                try await gateway.room()?.request == request
            }
            try await eventually("the thermostat shows \(data)", detail: home.output) {
                let climate = try await home.state(room)
                return climate?.state == state && climate?.attributes.presetMode == preset
            }
        }

        // The broker tells of the gateway's end.
        edge.kill()
        _ = await edge.exitStatus()
        try await eventually("the thermostat is not available", detail: home.output) {
            try await home.state(room)?.state == "unavailable"
        }
        #expect(try await home.state("binary_sensor.grand_hotel_connection")?.state == "off")

        // A room leaves the configuration, then all of them leave Home Assistant.
        let smaller = try await gateway.start(hasSecondRoom: false)
        try await eventually("the room that left is gone, the other is back", detail: home.output) {
            let gone = try await home.state("climate.room_102")
            let there = try await home.state(room)
            return gone == nil && there?.state == "heat"
        }
        #expect(await smaller.terminate() == 0)
        let silent = try await gateway.start([])
        try await eventually("nothing is left", detail: home.output) {
            let entities = try await home.entities()
            let devices = try await home.devices()
            return entities.isEmpty && devices.isEmpty
        }
        #expect(await silent.terminate() == 0)
        await home.end()
        #expect(!home.output.contains("ERROR"), "\(home.output)")
    }
}
