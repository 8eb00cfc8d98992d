import Building
import ClimateControl
import Dispatch
import Foundation
import Logging
import MQTT
import Observability
import ServiceLifecycle
import Synchronization
import WireFormat

/// The control loop: temperatures in, valve levels out. It knows neither disk nor uplink; what it has to report goes
/// into a bounded inbox.
final class ControlService: Service {
    private let rooms: ClimateRooms
    private let wishes: WishKeeper
    private let inbox: ReadingInbox
    private let brokerDrops: BrokerDrops
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
    private let hasNewConnection = Mutex<@Sendable () -> Void>({})
    /// The loop goes round at each.
    private let beats: AsyncStream<Void>
    private let beat: AsyncStream<Void>.Continuation
    private let files = DispatchQueue(label: "hearth.control-state")

    /// How often an unchanged room is reported and an unchanged level published again.
    private static let reportInterval = Duration.seconds(30)
    private static let saveInterval = Duration.seconds(60)
    private static let statusInterval = Duration.seconds(10)

    /// - Parameters:
    ///   - status: what the gateway says of itself, made anew each time.
    ///   - farewell: what it says last.
    init(
        rooms: ClimateRooms, wishes: WishKeeper, inbox: ReadingInbox, brokerDrops: BrokerDrops, period: Duration,
        statePath: String,
        timeZone: TimeZone,
        settings: MQTTSettings, clock: GatewayClock, logger: Logger,
        status: @escaping @Sendable () -> MQTTMessage, farewell: MQTTMessage
    ) {
        self.rooms = rooms
        self.wishes = wishes
        self.inbox = inbox
        self.brokerDrops = brokerDrops
        self.period = period
        self.statePath = statePath
        self.settings = settings
        decoder = ReadingDecoder(timeZone: timeZone)
        self.clock = clock
        self.logger = logger
        self.status = status
        self.farewell = farewell
        cycleEnd = Mutex(clock.monotonic())
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
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
        hasNewConnection.withLock { $0 = { [status] in client.publish(status()) } }
        client.start()
        await cancelWhenGracefulShutdown { [self] in
            // What was wished holds at once, and outlives whatever comes.
            wishes.notify { [self] in
                wake()
                files.async { self.save() }
            }
            async let beating: Void = keepTime()
            await loop(client)
            await beating
            wishes.notify {}
        }
        // The valves stay as they are: their levels are retained at the broker.
        save()
        client.publish(farewell)
        await client.stop()
        hasNewConnection.withLock { $0 = {} }
    }

    /// Has the loop go round at once.
    func wake() { beat.yield() }

    private func keepTime() async {
        var ticker = Ticker(every: period, clock: .continuous)
        beat.yield()
        while (try? await ticker.tick()) != nil { beat.yield() }
        beat.finish()
    }

    private func loop(_ client: MQTTClient) async {
        var nextReport = clock.monotonic()
        var nextSave = clock.monotonic() + Self.saveInterval
        var nextStatus = clock.monotonic()
        var saved = wishes.saved
        for await _ in beats {
            let now = clock.monotonic()
            let isReportDue = now >= nextReport
            if isReportDue { nextReport = now + Self.reportInterval }
            cycle(client, reportingAll: isReportDue)
            if now >= nextStatus {
                nextStatus = now + Self.statusInterval
                if client.isConnected { client.publish(status()) }
            }
            if now >= nextSave {
                nextSave = now + Self.saveInterval
                let current = wishes.saved
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
            for order in wishes.storageOrders(all: mustRepeat) {
                client.publish(
                    MQTTMessage(
                        topic: Topic.storage(room: .building, device: order.device).path,
                        payload: order.command.map(ControlPayload.storage) ?? [], isRetained: true))
            }
        }
        var reports: [Reading] = []
        for verdict in rooms.decide() {
            let decision = verdict.decision
            if decision.isNew {
                logger.info(
                    "the valve moves",
                    metadata: [
                        "room": "\(verdict.room)", "level": "\(decision.level)", "reason": "\(decision.reason)",
                    ])
            }
            // Without a connection nothing queues up: the first thing after it is the level that holds then.
            if client.isConnected, decision.isNew || mustRepeat || reportingAll {
                client.publish(
                    MQTTMessage(
                        topic: Topic.actuator(room: verdict.room).path,
                        payload: ControlPayload.actuator(decision.level), isRetained: true))
            }
            let isSetpointNew = setpoints.withLock {
                $0.updateValue(decision.setpointCelsius, forKey: verdict.room) != decision.setpointCelsius
            }
            if decision.isNew || isSetpointNew || reportingAll { reports += report(verdict) }
        }
        inbox.put(reports, at: clock.monotonic())
    }

    /// The gateway's own readings of a room; the inbox gives them their times.
    private func report(_ verdict: ClimateRooms.Verdict) -> [Reading] {
        let now = clock.calendar()
        let decision = verdict.decision
        var values: [(Datapoint, ReadingValue)] = [
            (.setpoint, .number(decision.setpointCelsius)), (.valveLevel, .number(Double(decision.level.percent))),
            (.quality, .text(decision.quality.name)),
        ]
        if decision.isNew {
            // Kept with each move: what for, and why.
            values += [(.mode, .text(decision.mode.rawValue)), (.reason, .text(decision.reason))]
        }
        if let celsius = decision.temperatureCelsius {
            values.append((.temperature, .number((celsius * 100).rounded() / 100)))
        }
        return values.map { datapoint, value in
            Reading(
                series: SeriesKey(
                    room: verdict.room, device: "climate", deviceClass: .roomController, datapoint: datapoint),
                value: value, eventTime: now, receivedTime: now, clockTrusted: clock.isTrusted(now),
                quality: decision.quality)
        }
    }

    private func take(_ message: MQTTMessage) {
        if message.topic == BrokerDrops.topic { return brokerDrops.take(message.payload) }
        switch Topic(path: message.topic) {
        case .setpoint(let room):
            guard let celsius = ControlPayload.setpointCelsius(message.payload),
                rooms.setSetpoint(celsius, of: room)
            else {
                logger.warning(
                    "a set-point was refused: expected {\"celsius\":22.5}, 5…30, for a room under control",
                    metadata: ["room": "\(room)"])
                return
            }
            wake()
            logger.info("a set-point was set", metadata: ["room": "\(room)", "celsius": "\(celsius)"])
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
            try wishes.save(path: statePath)
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
            hasNewConnection.withLock { $0 }()
            logger.info("control is connected to the broker", metadata: ["mqtt": "\(version)"])
        case .disconnected(let reason, _):
            let isNew = connection.withLock { connection in
                defer { connection = "disconnected: \(reason)" }
                return connection != "disconnected: \(reason)"
            }
            if isNew { logger.warning("control has lost the broker", metadata: ["reason": "\(reason)"]) }
        }
    }
}
