import Building
import ClimateControl
import Dispatch
import Foundation
import Logging
import MQTT
import ProcessSupport
import ServiceLifecycle
import Synchronization
import WireFormat

/// The control loop: temperatures in, valve levels out. It knows neither disk nor uplink; what it has to report goes
/// into a bounded inbox.
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
    private let connection = Mutex("connecting")
    /// Reported last, °C.
    private let setpoints = Mutex<[Slug: Double]>([:])
    private let outlets = Mutex(Outlets())
    private let sensorQualities = Mutex(SensorQualityReport())
    /// The loop goes round at each; `nil`: at once, for somebody who does not want to wait for the next one.
    private let beats: AsyncStream<Ticker<ContinuousClock>.Beat?>
    private let beat: AsyncStream<Ticker<ContinuousClock>.Beat?>.Continuation
    private let files = DispatchQueue(label: "hearth.control-state")

    /// What there is while it runs. In a structure, since a function by itself that a generic type holds is wrapped anew each
    /// time it is looked at.
    private struct Outlets {
        var publish: @Sendable (MQTTMessage) -> Void = { _ in }
        var hasNewConnection: @Sendable () -> Void = {}
    }

    /// How often an unchanged room is reported and an unchanged level published again.
    private static let reportInterval = Duration.seconds(30)
    private static let saveInterval = Duration.seconds(60)
    /// How often the status is published, in any case.
    static let statusInterval = Duration.seconds(10)

    /// - Parameters:
    ///   - status: what the gateway says of itself, made anew each time.
    ///   - farewell: what it says last.
    init(
        rooms: ClimateRooms, desiredStates: DesiredStateKeeper, desk: LocalSetpointHandler,
        homeAssistant: HomeAssistantRooms, inbox: ReadingInbox,
        punctuality: LoopJitter, brokerDrops: BrokerDrops, commands: CommandDesk, refused: RefusedMessages,
        period: Duration, statePath: String, timeZone: TimeZone, settings: MQTTSettings, clock: GatewayClock,
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
        decoder = ReadingDecoder(timeZone: timeZone)
        self.clock = clock
        self.logger = logger
        self.status = status
        self.farewell = farewell
        cycleEnd = Mutex(clock.monotonic())
        // While one waits, a cycle is about to come anyway.
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// When the loop last went round.
    var lastCycle: MonotonicInstant { cycleEnd.withLock { $0 } }
    var connectionState: String { connection.withLock { $0 } }

    func run() async throws {
        let client = MQTTClient(settings: settings) { [self] event in
            note(event)
        } onGroup: { [self] group in
            for message in group { take(message) }
            return true
        }
        // The broker may have told of our end by the last will: say at once that we are here.
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
            // What was wished holds at once, and outlives whatever comes.
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

    /// Has the loop go round at once.
    func wake() { beat.yield(nil) }

    private func keepTime() async {
        var ticker = Ticker(every: period, clock: .continuous)
        beat.yield(nil)
        while let next = try? await ticker.tick() {
            if case .dropped = beat.yield(next) { punctuality.noteMissed() }
        }
        beat.finish()
    }

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
                // Beats come a little early or late: without this every second status would wait for one more.
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

    private func cycle(_ client: MQTTClient, reportingAll: Bool) {
        // After a new connection the broker may have forgotten what the valves should do.
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
            // Without a connection nothing queues up: the first thing after it is the level that holds then.
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

    /// The gateway's own readings of a room; the inbox gives them their times.
    private func report(
        _ roomDecision: BuildingClimate.RoomDecision, _ command: CommandReport?, isCommandNew: Bool
    ) -> [Reading] {
        let decision = roomDecision.decision
        // A level that the broker did not take is not the valve's.
        let quality = max(decision.quality, command?.quality ?? .good)
        var values: [(Datapoint, ReadingValue, Quality)] = [
            (.setpoint, .number(decision.setpointCelsius), decision.quality),
            (.valveLevel, .number(Double(decision.level.percent)), quality),
            (.quality, .text(quality.name), decision.quality),
        ]
        if decision.isNew || isCommandNew {
            // Kept with each move: what for, and why.
            let reason = command?.problem ?? decision.reason
            values += [
                (.mode, .text(decision.mode.rawValue), decision.quality), (.reason, .text(reason), decision.quality),
            ]
        }
        if let celsius = decision.temperatureCelsius {
            values.append((.temperature, .number((celsius * 100).rounded() / 100), decision.quality))
        }
        return values.map { reading($0, $1, of: roomDecision.room, quality: $2) }
    }

    private func reading(
        _ datapoint: Datapoint, _ value: ReadingValue, of room: Slug, quality: Quality
    ) -> Reading {
        let now = clock.calendar()
        return Reading(
            series: SeriesKey(room: room, device: "climate", deviceClass: .roomController, datapoint: datapoint),
            value: value, eventTime: now, receivedTime: now, clockTrusted: clock.isTrusted(now), quality: quality)
    }

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
            // What the broker kept may be from yesterday.
            guard !message.isRetained else { return }
            for reading in decoded.readings { rooms.observe(reading) }
        default: break
        }
    }

    private func save() {
        do {
            try desiredStates.save(path: statePath)
        } catch {
            logger.warning(
                "the control loop's state can't be saved; set-points will not outlive a restart",
                metadata: ["path": "\(statePath)", "error": "\(error)"])
        }
    }

    private func note(_ event: MQTTEvent) {
        switch event {
        case .connected(let version, _):
            connection.withLock { $0 = "connected" }
            mustRepeat.store(true, ordering: .relaxed)
            outlets.withLock(\.hasNewConnection)()
            logger.info("control is connected to the broker", metadata: ["mqtt": "\(version)"])
        case .acknowledgementsHeard: break
        case .subscriptionRefused(let filter):
            logger.error(
                "the broker refuses a subscription of control: let this user read it",
                metadata: ["filter": "\(filter)"])
        case .disconnected(let reason, _):
            let isNew = connection.withLock { connection in
                defer { connection = "disconnected: \(reason)" }
                return connection != "disconnected: \(reason)"
            }
            guard isNew else { break }
            if reason.hasPrefix(MQTTEvent.loginRefusal) {
                logger.error(
                    "control is not let in by the broker: check mqtt.user and the password in mqtt.passwordFile",
                    metadata: ["reason": "\(reason)"])
            } else {
                logger.warning("control has lost the broker", metadata: ["reason": "\(reason)"])
            }
        }
    }
}
