package import Building
import Foundation
import WireFormat

/// The MQTT discovery messages that make a building's rooms appear in Home Assistant.
package struct BuildingDiscovery: Sendable {
    private let building: Inventory.BuildingEntry
    private let rooms: [Inventory.Room]
    private let topics: DiscoveryTopics
    private let setpoints: ClosedRange<Double>
    private let version: String

    /// Creates the discovery of one building.
    ///
    /// - Parameters:
    ///   - building: The building's entry in the inventory.
    ///   - rooms: The rooms that are under control.
    ///   - topics: The topics for the messages.
    ///   - setpoints: The set-points that people may ask for, °C.
    ///   - version: The gateway's version.
    package init(
        building: Inventory.BuildingEntry, rooms: [Inventory.Room], topics: DiscoveryTopics,
        setpoints: ClosedRange<Double>, version: String
    ) {
        self.building = building
        self.rooms = rooms
        self.topics = topics
        self.setpoints = setpoints
        self.version = version
    }

    /// The complete set of messages, one for each entity. The same building always gives the same bytes.
    package var messages: [DiscoveryMessage] {
        let gateway = topics.node
        let status = Topic.gatewayStatus(building: building.slug).path
        let availability = [Entity.Availability(topic: status, valueTemplate: Self.stateTemplate)]
        let entities = rooms.flatMap { room in
            RoomEntities(
                building: building.slug, room: room, setpoints: setpoints, version: version, gateway: gateway,
                availability: availability
            ).all
        }
        return ([("binary_sensor", "gateway", connection(gateway, status))] + entities).map {
            DiscoveryMessage(topic: topics.config($0.0, $0.1), payload: Self.bytes($0.2))
        }
    }

    private static let stateTemplate = "{{ value_json.state }}"

    /// Returns the entity of the gateway itself, through which the rooms are connected.
    private func connection(_ gateway: String, _ status: String) -> Entity {
        var entity = Entity(
            name: .own("Connection"), uniqueId: "\(gateway)-connection",
            device: Entity.Device(
                identifiers: [gateway], name: building.name, model: "Gateway", swVersion: version),
            origin: Entity.Origin(sw: version))
        entity.stateTopic = status
        entity.valueTemplate = Self.stateTemplate
        entity.payloadOn = "online"
        entity.payloadOff = "offline"
        entity.deviceClass = "connectivity"
        entity.entityCategory = "diagnostic"
        return entity
    }

    private static func bytes(_ entity: Entity) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(entity)) } catch {
            preconditionFailure("an entity can always be encoded as JSON: \(error)")
        }
    }
}
