import Building
import ClimateControl
import EdgeConfiguration
import HomeAssistant
import MQTT
import Synchronization
import WireFormat

/// The presentation of the rooms in Home Assistant: discovery messages announce them, and their state is published on
/// `/gateways/<building>/rooms/…`. Everything is retained, so Home Assistant shows it at once.
///
/// The broker remembers what was shown before: retained messages of rooms that should no longer be there are removed,
/// also when discovery has been switched off. Nothing here blocks.
final class HomeAssistantRooms: Sendable {
    typealias Publish = @Sendable (MQTTMessage) -> Void

    /// The interval after which even a small change, such as one of temperature, is published.
    private static let repeatInterval = Duration.seconds(30)
    /// The time between the removal of a discovery message and the removal of the state that it refers to.
    private static let forgettingTime = Duration.seconds(5)
    /// The change of temperature, in K, that is published at once.
    private static let telling = 0.1

    private struct Told {
        var room: GatewayStatus.Room
        var at: MonotonicInstant
    }

    private let configuration: EdgeConfiguration
    private let commands: CommandDesk
    private let clock: GatewayClock
    private let topics: DiscoveryTopics
    /// The discovery messages by topic; empty if discovery is off.
    private let wanted: [String: DiscoveryMessage]
    private let shown: Set<Slug>
    private let told = Mutex<[Slug: Told]>([:])
    /// State topics that are to be removed, and the instant at which they go. Home Assistant must first forget the
    /// entities that read them.
    private let stale = Mutex<[String: MonotonicInstant]>([:])

    init(configuration: EdgeConfiguration, commands: CommandDesk, clock: GatewayClock) {
        self.configuration = configuration
        self.commands = commands
        self.clock = clock
        topics = Self.topics(configuration)
        let rooms = configuration.homeAssistant.discovery ? Self.controlled(configuration) : []
        shown = Set(rooms.map(\.slug))
        let discovery = BuildingDiscovery(
            building: configuration.building, rooms: rooms, topics: topics,
            setpoints: SetpointLimits.celsius, version: HearthVersion.current)
        let messages = configuration.homeAssistant.discovery ? discovery.messages : []
        wanted = Dictionary(messages.map { ($0.topic, $0) }) { first, _ in first }
    }

    /// Returns the configured rooms that have temperature sensors.
    private static func controlled(_ configuration: EdgeConfiguration) -> [Inventory.Room] {
        configuration.rooms.filter { room in room.devices.contains { $0.deviceClass == .temperatureSensor } }
    }

    private static func topics(_ configuration: EdgeConfiguration) -> DiscoveryTopics {
        DiscoveryTopics(
            prefix: configuration.homeAssistant.discoveryPrefix, building: configuration.building.slug.text)
    }

    /// Returns the subscriptions that are needed, also if discovery is off: retained messages are then removed.
    static func subscriptions(_ configuration: EdgeConfiguration) -> [MQTTSettings.Subscription] {
        let kept = [
            topics(configuration).filter, Topic.roomStatesFilter(building: configuration.building.slug),
        ].map { MQTTSettings.Subscription(filter: $0, qualityOfService: .atMostOnce, wantsRetained: true) }
        guard configuration.homeAssistant.discovery else { return kept }
        return kept + [
            MQTTSettings.Subscription(
                filter: DiscoveryTopics.birth, qualityOfService: .atMostOnce, wantsRetained: false)
        ]
    }

    /// Publishes everything again after a new connection: the broker may have lost its retained messages.
    func connected(_ publish: Publish) {
        told.withLock { $0 = [:] }
        for message in wanted.values.sorted(by: { $0.topic < $1.topic }) {
            publish(MQTTMessage(topic: message.topic, payload: message.payload, isRetained: true))
        }
    }

    /// Takes a message from the broker.
    ///
    /// - Returns: whether the message concerned Home Assistant.
    func take(_ message: MQTTMessage, _ publish: Publish) -> Bool {
        if message.topic == DiscoveryTopics.birth {
            if !message.isRetained, message.payload.elementsEqual("online".utf8) { connected(publish) }
            return true
        }
        // Retained messages of rooms that are gone. Our own messages come back as well, as new ones.
        let isKept = message.isRetained && message.payloadSize > 0
        if topics.covers(message.topic) {
            if isKept, wanted[message.topic] == nil { publish(Self.nothing(on: message.topic)) }
            return true
        }
        guard case .roomState(let building, let room)? = Topic(path: message.topic) else { return false }
        if isKept, building == configuration.building.slug, !shown.contains(room) {
            let end = clock.monotonic() + Self.forgettingTime
            stale.withLock { $0[message.topic] = end }
        }
        return true
    }

    /// Returns the message that removes a retained message.
    private static func nothing(on topic: String) -> MQTTMessage {
        MQTTMessage(topic: topic, payload: [], isRetained: true)
    }

    /// Publishes the rooms whose state has changed.
    func tell(_ roomDecisions: [BuildingClimate.RoomDecision], _ publish: Publish) {
        let now = clock.monotonic()
        let ended = stale.withLock { stale in
            let ended = stale.filter { $0.value <= now }.keys.sorted()
            for topic in ended { stale[topic] = nil }
            return ended
        }
        for topic in ended { publish(Self.nothing(on: topic)) }
        for roomDecision in roomDecisions where shown.contains(roomDecision.room) {
            let command = commands.report(Topic.actuator(room: roomDecision.room).path)
            let room = GatewayStatus.Room(roomDecision, command, in: configuration.calendar)
            let isDue = told.withLock { told in
                if let last = told[roomDecision.room], !Self.isWorthTelling(room, after: last, at: now) { return false }
                told[roomDecision.room] = Told(room: room, at: now)
                return true
            }
            guard isDue else { continue }
            publish(
                MQTTMessage(
                    topic: Topic.roomState(building: configuration.building.slug, room: roomDecision.room).path,
                    payload: room.payload, isRetained: true))
        }
    }

    /// Returns whether a room's state differs enough from the one published last.
    private static func isWorthTelling(_ room: GatewayStatus.Room, after last: Told, at now: MonotonicInstant) -> Bool {
        guard room != last.room else { return false }
        if now - last.at >= repeatInterval { return true }
        var same = last.room
        (same.temperature, same.reason, same.reasonText) = (room.temperature, room.reason, room.reasonText)
        if room.problem == nil, last.room.problem == nil {
            // Each new command waits for a moment.
            (same.command, same.acceptedLevel) = (room.command, room.acceptedLevel)
        }
        guard same == room, let new = room.temperature, let old = last.room.temperature else { return true }
        return abs(new - old) >= telling
    }
}
