import Building
import Foundation
import HomePhysics
import SimulatedDevices

/// A substitute for a building's devices on a broker. It does no I/O: time and commands go in, messages come out.
protocol SimulatedSite: Sendable {
    /// The topic filters of its commands.
    var filters: [String] { get }
    /// A readable description of what is simulated.
    var introduction: [String] { get }
    /// The present state as readable text.
    var status: [String] { get }

    /// Returns the messages that are due up to `elapsed` since the start, with the time `now` on the devices' clocks.
    mutating func messages(until elapsed: Duration, at now: Timestamp) -> [DeviceMessage]

    /// Obeys a command and returns whether it could be read. A command to an unknown device has no effect.
    mutating func obey(topic: String, payload: [UInt8]) -> Bool
}

extension SimulatedBuilding: SimulatedSite {
    var filters: [String] { [ValveCommand.filter] }

    var introduction: [String] {
        let speed = speed == 1 ? "" : "at \(speed) times real speed"
        let what = "simulating \(inventory.building.name): \(overview.rooms) rooms, \(deviceCount) devices\(speed)"
        return [what] + (silentDevices.isEmpty ? [] : ["not simulated: \(silentDevices.joined(separator: ", "))"])
    }

    var status: [String] {
        let overview = overview
        var parts: [String] = []
        if let range = overview.roomCelsius {
            parts.append(String(format: "rooms %.1f…%.1f °C", range.lowerBound, range.upperBound))
        }
        if let range = overview.valvePercent { parts.append("valves \(range.lowerBound)…\(range.upperBound) %") }
        parts.append(String(format: "outdoor %.1f °C", overview.outdoorCelsius))
        parts.append("\(overview.occupiedRooms) of \(overview.rooms) rooms occupied")
        return parts
    }

    mutating func obey(topic: String, payload: [UInt8]) -> Bool {
        guard let command = ValveCommand(topic: topic, payload: payload) else { return false }
        receive(command)
        return true
    }
}

/// A home: its heated rooms and its energy devices.
struct HomeSite: SimulatedSite {
    var rooms: SimulatedBuilding
    var energy: SimulatedHome

    var filters: [String] { [ValveCommand.filter, StorageInstruction.filter] }

    var introduction: [String] {
        let speed = energy.speed == 1 ? "" : "at \(energy.speed) times real speed"
        let count = rooms.overview.rooms
        return [
            "simulating \(rooms.inventory.building.name): \(count) room\(count == 1 ? "" : "s") with "
                + "\(rooms.deviceCount) devices, "
                + "\(energy.deviceCount) energy devices\(speed)"
        ]
    }

    var status: [String] {
        let home = energy.home
        func watts(_ name: String, _ powers: [Double]) -> String? {
            powers.isEmpty ? nil : String(format: "\(name) %.0f W", powers.reduce(0, +))
        }
        let charges = (home.batteries + home.cars.map(\.storage)).map { String(format: "%.0f %%", $0.share * 100) }
        return [
            watts("solar", home.flow.panels), watts("appliances", home.flow.appliances),
            watts("batteries", home.flow.batteries), watts("cars", home.flow.cars),
            String(format: "to the grid %.0f W", home.flow.exported),
            charges.isEmpty ? nil : "charged \(charges.joined(separator: ", "))",
            String(format: "outdoor %.1f °C", home.outdoorCelsius),
        ].compactMap(\.self)
    }

    mutating func messages(until elapsed: Duration, at now: Timestamp) -> [DeviceMessage] {
        rooms.messages(until: elapsed, at: now) + energy.messages(until: elapsed, at: now)
    }

    mutating func obey(topic: String, payload: [UInt8]) -> Bool {
        if let instruction = StorageInstruction(topic: topic, payload: payload) {
            energy.receive(instruction)
            return true
        }
        return rooms.obey(topic: topic, payload: payload)
    }
}
