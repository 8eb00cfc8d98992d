import Building
import CivilTime
import ClimateControl
import Dispatch
import Foundation
import Logging
import MQTT
import ProcessSupport
import ServiceLifecycle
import Synchronization
import WireFormat

/// The control loop: temperatures in, valve levels out. It knows neither disk nor uplink; its reports go into a bounded
/// inbox.
final class ControlService: Service {
    private let rooms: ClimateRooms
    private let desk: LocalSetpointHandler
    private let homeAssistant: HomeAssistantRooms
    private let desiredStates: DesiredStateKeeper
    private let inbox: ReadingInbox
    private let punctuality: LoopJitter
    private let brokerDrops: BrokerDrops
    private let commands: CommandDesk
    private let refused: RefusedMessages
    private let period: Duration
    private let statePath: String
    private let decoder: ReadingDecoder
    private let clock: GatewayClock
    private let logger: Logger
    private let status: @Sendable () -> MQTTMessage
    private let farewell: MQTTMessage
    private let settings: MQTTSettings
    private let mustRepeat = Atomic(true)
    private let cycleEnd: Mutex<MonotonicInstant>
    private let connection: BrokerConnection
    /// The set-points reported last, °C.
    private let setpoints = Mutex<[Slug: Double]>([:])
    private let outlets = Mutex(Outlets())
    private let sensorQualities = Mutex(SensorQualityReport())
    /// The beats at which the loop runs; `nil` for a cycle that was requested ahead of the next beat.
    private let beats: AsyncStream<Ticker<ContinuousClock>.Beat?>
    private let beat: AsyncStream<Ticker<ContinuousClock>.Beat?>.Continuation
    private let files = DispatchQueue(label: "hearth.control-state")

    /// The outlets that exist while the service runs. They are in a structure because a bare function held by a generic
    /// type is wrapped again on each access.
    private struct Outlets {
        var publish: @Sendable (MQTTMessage) -> Void = { _ in }
        var hasNewConnection: @Sendable () -> Void = {}
    }

    /// The interval at which an unchanged room is reported and an unchanged level published again.
    private static let reportInterval = Duration.seconds(30)
    /// The interval at which changed state is saved.
    private static let saveInterval = Duration.seconds(60)
    /// The interval at which the status is published.
    static let statusInterval = Duration.seconds(10)

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - status: returns the gateway's status message; called each time it is published.
    ///   - farewell: the last message, published at shutdown.
    init(
        rooms: ClimateRooms, desiredStates: DesiredStateKeeper, desk: LocalSetpointHandler,
        homeAssistant: HomeAssistantRooms, inbox: ReadingInbox,
        punctuality: LoopJitter, brokerDrops: BrokerDrops, commands: CommandDesk, refused: RefusedMessages,
        period: Duration, statePath: String, calendar: LocalCalendar, settings: MQTTSettings, clock: GatewayClock,
        logger: Logger,
        status: @escaping @Sendable () -> MQTTMessage, farewell: MQTTMessage
    ) {
        self.rooms = rooms
        self.desk = desk
        self.homeAssistant = homeAssistant
        self.desiredStates = desiredStates
        self.inbox = inbox
        self.punctuality = punctuality
        self.brokerDrops = brokerDrops
        self.commands = commands
        self.refused = refused
        self.period = period
        self.statePath = statePath
        self.settings = settings
        decoder = ReadingDecoder(calendar: calendar)
        self.clock = clock
        self.logger = logger
        connection = BrokerConnection(of: "control", logger: logger)
        self.status = status
        self.farewell = farewell
        cycleEnd = Mutex(clock.monotonic())
        // While one beat waits, a cycle is about to come anyway.
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// The instant at which the loop last completed a cycle.
    var lastCycle: MonotonicInstant { cycleEnd.withLock { $0 } }
    /// The state of the broker connection, for the status.
    var connectionState: String { connection.state }

    func run() async throws {
        let client = MQTTClient(settings: settings) { [self] event in
            note(event)
        } onGroup: { [self] group in
            for message in group { take(message) }
            return true
        }
        // The broker may have published our last will: say at once that we are here.
        let publish: @Sendable (MQTTMessage) -> Void = { [refused] in client.publish($0, onOutcome: refused.watch($0)) }
        outlets.withLock { outlets in
            outlets.publish = publish
            outlets.hasNewConnection = { [status, homeAssistant] in
                publish(status())
                homeAssistant.connected(publish)
            }
        }
        client.start()
        await cancelWhenGracefulShutdown { [self] in
            // A desired state applies at once and is saved before anything else can happen.
            desiredStates.notify { [self] in
                wake()
                files.async { self.save() }
            }
            async let beating: Void = keepTime()
            await loop(client)
            await beating
            desiredStates.notify {}
        }
        // The valves stay as they are: their levels are retained at the broker.
        save()
        client.publish(farewell)
        await client.stop()
        outlets.withLock { $0 = Outlets() }
    }

    /// Requests a cycle at once.
    func wake() { beat.yield(nil) }

    /// Produces a beat each period until shutdown.
    private func keepTime() async {
        var ticker = Ticker(every: period, clock: .continuous)
        beat.yield(nil)
        while let next = try? await ticker.tick() {
            if case .dropped = beat.yield(next) { punctuality.noteMissed() }
        }
        beat.finish()
    }

    /// Runs one cycle per beat, and publishes the status and saves the state when they are due.
    private func loop(_ client: MQTTClient) async {
        var nextReport = clock.monotonic()
        var nextSave = clock.monotonic() + Self.saveInterval
        var nextStatus = clock.monotonic()
        var saved = desiredStates.saved
        for await beat in beats {
            if let beat { punctuality.note(lateness: beat.due.duration(to: .now), missed: beat.missed) }
            let now = clock.monotonic()
            let isReportDue = now >= nextReport
            if isReportDue { nextReport = now + Self.reportInterval }
            cycle(client, reportingAll: isReportDue)
            if now >= nextStatus {
                // Beats come a little early or late: without this margin every second status would wait for one more.
                nextStatus = now + (Self.statusInterval - .milliseconds(500))
                if client.isConnected { outlets.withLock(\.publish)(status()) }
            }
            if now >= nextSave {
                nextSave = now + Self.saveInterval
                let current = desiredStates.saved
                if current != saved {
                    saved = current
                    files.async { [self] in save() }
                }
            }
            cycleEnd.withLock { $0 = clock.monotonic() }
        }
    }

    /// Runs one cycle: decides for all rooms, sends commands and reports.
    private func cycle(_ client: MQTTClient, reportingAll: Bool) {
        // After a new connection the broker may have lost the retained commands.
        let mustRepeat = client.isConnected && mustRepeat.exchange(false, ordering: .relaxed)
        if client.isConnected {
            for order in desiredStates.storageOrders(all: mustRepeat || commands.isStorageRetryDue) {
                let topic = Topic.storage(room: .building, device: order.device).path
                let payload = order.command.map(ControlPayload.storage) ?? []
                commands.want(topic, payload)
                commands.send(topic, payload, by: client, telling: { [weak self] in self?.wake() })
            }
            for message in refused.due(at: clock.monotonic()) { outlets.withLock(\.publish)(message) }
        }
        let changed = commands.tellNews()
        var reports: [Reading] = []
        let roomDecisions = rooms.decide()
        for roomDecision in roomDecisions {
            let decision = roomDecision.decision
            if decision.isNew {
                logger.info(
                    "the valve moves",
                    metadata: [
                        "room": "\(roomDecision.room)", "level": "\(decision.level)", "reason": "\(decision.reason)",
                    ])
            }
            let topic = Topic.actuator(room: roomDecision.room).path
            let payload = ControlPayload.actuator(decision.level)
            commands.want(topic, payload)
            // Nothing queues up without a connection: the first message after it is the level that applies then.
            let isDue = decision.isNew || mustRepeat || reportingAll || commands.isRetryDue(topic)
            if client.isConnected, isDue {
                commands.send(topic, payload, by: client, telling: { [weak self] in self?.wake() })
            }
            let command = commands.report(topic)
            let isSetpointNew = setpoints.withLock {
                $0.updateValue(decision.setpointCelsius, forKey: roomDecision.room) != decision.setpointCelsius
            }
            let isCommandNew = changed.contains(topic)
            if decision.isNew || isSetpointNew || isCommandNew || reportingAll {
                reports += report(roomDecision, command, isCommandNew: isCommandNew)
            }
        }
        if client.isConnected { homeAssistant.tell(roomDecisions, outlets.withLock(\.publish)) }
        let qualities = roomDecisions.map { (room: $0.room, sensors: $0.decision.sensors) }
        for (room, value) in sensorQualities.withLock({ $0.news(qualities, at: clock.monotonic()) }) {
            reports.append(reading(.sensorQuality, .text(value), of: room, quality: .good))
        }
        inbox.put(reports, at: clock.monotonic())
    }

    /// Returns the gateway's own readings of a room; the inbox supplies their times.
    private func report(
        _ roomDecision: BuildingClimate.RoomDecision, _ command: CommandReport?, isCommandNew: Bool
    ) -> [Reading] {
        let decision = roomDecision.decision
        // A level that the broker did not accept is not the valve's.
        let quality = max(decision.quality, command?.quality ?? .good)
        var values: [(Datapoint, ReadingValue, Quality)] = [
            (.setpoint, .number(decision.setpointCelsius), decision.quality),
            (.valveLevel, .number(Double(decision.level.percent)), quality),
            (.quality, .text(quality.name), decision.quality),
        ]
        if decision.isNew || isCommandNew {
            // Each move is stored with its mode and reason.
            let reason = command?.reason ?? decision.reason
            values += [
                (.mode, .text(decision.mode.rawValue), decision.quality),
                (.reason, .text(reason.text), decision.quality),
            ]
        }
        if let celsius = decision.temperatureCelsius {
            values.append((.temperature, .number((celsius * 100).rounded() / 100), decision.quality))
        }
        return values.map { reading($0, $1, of: roomDecision.room, quality: $2) }
    }

    /// Returns a reading of the room's `climate` device, taken now.
    private func reading(
        _ datapoint: Datapoint, _ value: ReadingValue, of room: Slug, quality: Quality
    ) -> Reading {
        let now = clock.calendar()
        return Reading(
            series: SeriesKey(room: room, device: "climate", deviceClass: .roomController, datapoint: datapoint),
            value: value, eventTime: now, receivedTime: now, clockTrusted: clock.isTrusted(now), quality: quality)
    }

    /// Routes a message from the broker by its topic.
    private func take(_ message: MQTTMessage) {
        if message.topic == BrokerDrops.topic { return brokerDrops.take(message.payload) }
        if message.topic.hasPrefix(CommandDesk.prefix) { return commands.take(message) }
        if homeAssistant.take(message, outlets.withLock(\.publish)) { return }
        if message.topic.hasPrefix(Topic.setpointsPrefix) {
            if desk.take(message) != nil { wake() }
            return
        }
        switch Topic(path: message.topic) {
        case .readings:
            let now = clock.calendar()
            let decoded = decoder.decode(
                topic: message.topic, payload: message.payload, size: message.payloadSize, receivedAt: now,
                clockTrusted: true)
            // Retained messages may be from yesterday.
            guard !message.isRetained else { return }
            for reading in decoded.readings { rooms.observe(reading) }
        default: break
        }
    }

    /// Saves set-points and the state of the loop.
    private func save() {
        do {
            try desiredStates.save(path: statePath)
        } catch {
            logger.warning(
                "the control loop's state can't be saved; set-points will not survive a restart",
                metadata: ["path": "\(statePath)", "error": "\(error)"])
        }
    }

    /// Handles a change of the broker connection.
    private func note(_ event: MQTTEvent) {
        switch event {
        case .connected(let version, _):
            mustRepeat.store(true, ordering: .relaxed)
            outlets.withLock(\.hasNewConnection)()
            connection.connected(["mqtt": "\(version)"])
        case .acknowledgementsHeard: break
        case .subscriptionRefused(let filter): connection.refused(subscription: filter)
        case .disconnected(let reason, _): connection.disconnected(reason)
        }
    }
}
