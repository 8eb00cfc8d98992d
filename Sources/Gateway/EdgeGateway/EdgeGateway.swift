import Building
import CivilTime
import ClimateControl
package import ConfigurationFile
package import EdgeConfiguration
import Foundation
package import Logging
import MQTT
import Outbox
import ProcessSupport
import ServiceLifecycle
import Synchronization
import UnixSignals
import Uplink
import WireFormat

/// The gateway of one building, with all its services wired together.
package struct EdgeGateway: Sendable {
    private let services: [any Service]
    private let storePath: String
    private let logger: Logger

    /// Creates the gateway's services without starting them.
    ///
    /// - Throws: `ConfigurationError` if a file that the configuration names can't be used.
    package init(
        configuration: EdgeConfiguration, clock: GatewayClock = .system, logger: Logger
    ) throws(ConfigurationError) {
        self.logger = logger
        storePath = configuration.buffer.path
        let topic = Topic.gatewayStatus(building: configuration.building.slug).path
        let farewell = MQTTMessage(topic: topic, payload: GatewayStatus.offline.payload, isRetained: true)
        let inbox = ReadingInbox()
        let brokerDrops = BrokerDrops()
        let clockWatch = ClockWatch(clock: clock, patience: configuration.clock.patience, logger: logger)
        let saved = SavedControl.load(path: configuration.control.statePath, logger: logger)
        let rooms = ClimateRooms(configuration: configuration, clock: clock, restoring: saved)
        let desiredStates = DesiredStateKeeper(
            rooms: rooms, limits: configuration.control, clock: clock, restoring: saved.desiredStates, logger: logger)
        let refusals = UplinkRefusals(logger: logger)
        let storage = StorageService(
            configuration: configuration, settings: try .intake(configuration), inbox: inbox,
            judge: { rooms.quality(of: $0) }, brokerDrops: brokerDrops, refusals: refusals, clock: clock,
            clockWatch: clockWatch, logger: logger)
        let punctuality = LoopJitter()
        let commands = CommandDesk(clock: clock, logger: logger)
        let refused = RefusedMessages(logger: logger)
        let reporter = StatusReporter(
            configuration: configuration, storage: storage, rooms: rooms, punctuality: punctuality,
            brokerDrops: brokerDrops, commands: commands, refused: refused, refusals: refusals, clock: clock,
            clockWatch: clockWatch)
        let control = ControlService(
            rooms: rooms, desiredStates: desiredStates,
            desk: LocalSetpointHandler(
                rooms: rooms, inbox: inbox, calendar: configuration.calendar, clock: clock, logger: logger),
            homeAssistant: HomeAssistantRooms(configuration: configuration, commands: commands, clock: clock),
            inbox: inbox, punctuality: punctuality, brokerDrops: brokerDrops, commands: commands, refused: refused,
            period: configuration.control.period,
            statePath: configuration.control.statePath, calendar: configuration.calendar,
            settings: try .control(configuration, will: farewell), clock: clock, logger: logger,
            status: { MQTTMessage(topic: topic, payload: reporter.status().payload, isRetained: true) },
            farewell: farewell)
        let notifier = NotifyService(
            control: control, storage: storage, reporter: reporter, clock: clock,
            patience: configuration.control.period * 3 + .seconds(10))
        let confirmation = configuration.central.map {
            DesiredStateLink(central: $0, keeper: desiredStates, refusals: refusals, clock: clock, logger: logger)
                as any Service
        }
        services = [clockWatch, storage, control] + (confirmation.map { [$0] } ?? []) + [notifier]
    }

    /// Checks that the broker's files can be read and that the buffer can be stored. A running gateway retries until
    /// they can be: certificates come and go while they are renewed.
    ///
    /// - Throws: `ConfigurationError` that names the first file that can't be used.
    package static func check(_ configuration: EdgeConfiguration) throws(ConfigurationError) {
        _ = try MQTTSettings.intake(configuration)
        if let problem = BufferPlace.problem(with: configuration.buffer.path) {
            throw ConfigurationError(file: configuration.buffer.path, key: "buffer.path", problem: problem)
        }
        guard let tls = configuration.mqtt.tls else { return }
        let files = [
            ("authorityFile", tls.authorityFile), ("certificateFile", tls.certificateFile), ("keyFile", tls.keyFile),
        ]
        for case (let key, let file?) in files where !FileManager.default.isReadableFile(atPath: file) {
            throw ConfigurationError(
                file: file, key: "mqtt.tls.\(key)", problem: "the file does not exist, or this user may not read it")
        }
    }

    /// Runs until SIGTERM or SIGINT, then shuts down in order: no request is cut off, and the valves stay as they are.
    ///
    /// - Throws: `StoreLock.InUse` if another process has the buffer.
    package func run() async throws {
        let lock = try StoreLock(path: storePath)
        defer { withExtendedLifetime(lock) {} }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(15)
        configuration.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// The reporter that assembles the gateway's status from its parts.
struct StatusReporter: Sendable {
    let configuration: EdgeConfiguration
    let storage: StorageService
    let rooms: ClimateRooms
    let punctuality: LoopJitter
    let brokerDrops: BrokerDrops
    let commands: CommandDesk
    let refused: RefusedMessages
    let refusals: UplinkRefusals
    let clock: GatewayClock
    let clockWatch: ClockWatch
    private let lastTally = LastTally()

    init(
        configuration: EdgeConfiguration, storage: StorageService, rooms: ClimateRooms,
        punctuality: LoopJitter, brokerDrops: BrokerDrops, commands: CommandDesk, refused: RefusedMessages,
        refusals: UplinkRefusals, clock: GatewayClock, clockWatch: ClockWatch
    ) {
        self.configuration = configuration
        self.storage = storage
        self.rooms = rooms
        self.punctuality = punctuality
        self.brokerDrops = brokerDrops
        self.commands = commands
        self.refused = refused
        self.refusals = refusals
        self.clock = clock
        self.clockWatch = clockWatch
    }

    /// Returns the present status, without waiting for the disk.
    func status() -> GatewayStatus {
        let parts = storage.openParts
        let tally = lastTally.value
        let problems = commands.troubles.compactMap(\.problem) + [refused.problem].compactMap(\.self)
        return GatewayStatus(
            state: .online, building: configuration.building.slug.text, version: HearthVersion.current,
            time: ISO8601Writer(configuration.calendar).text(clock.calendar()),
            buffer: GatewayStatus.Buffer(
                store: parts?.outbox.store.description, numbered: tally?.numbered, waiting: tally?.waiting,
                delivered: tally?.delivered, lost: tally?.lost, usedBytes: tally?.usedBytes,
                maxBytes: configuration.buffer.maxBytes, hoursLeft: lastTally.hoursLeft,
                rejected: tally?.rejections, brokerDropped: brokerDrops.value,
                redelivered: tally?.redelivered, setAside: parts?.outbox.setAside,
                trouble: storage.currentTrouble),
            uplink: GatewayStatus.UplinkState(
                parts?.uplink?.currentReport, isConfigured: configuration.central != nil, now: clock.monotonic(),
                refused: refusals.reasons),
            clock: GatewayStatus.Clock(
                isSet: clock.read().isTrusted, steps: clockWatch.steps,
                implausibleTimes: tally?.implausible, waitingForClock: tally?.heldForClock),
            control: GatewayStatus.Control(punctuality.report),
            rooms: rooms.roomDecisions.reduce(into: [:]) { rooms, entry in
                let command = commands.report(Topic.actuator(room: entry.key).path)
                rooms[entry.key.text] = GatewayStatus.Room(entry.value, command, in: configuration.calendar)
            },
            problems: problems.isEmpty ? nil : problems)
    }

    /// Updates the tally. This is separate from the status because the control loop, which publishes it, must not wait
    /// for a disk.
    func refreshTally() async {
        guard let outbox = storage.openParts?.outbox else {
            return lastTally.set(nil, at: clock.monotonic(), maxBytes: 0)
        }
        let tally = try? await outbox.perform { outbox throws(OutboxError) in try outbox.tally() }
        lastTally.set(tally, at: clock.monotonic(), maxBytes: configuration.buffer.maxBytes)
    }
}

/// The service that keeps systemd informed. The watchdog is fed only while the control loop runs.
struct NotifyService: Service {
    let control: ControlService
    let storage: StorageService
    let reporter: StatusReporter
    let clock: GatewayClock
    /// The longest time that a cycle of the control loop may take.
    let patience: Duration

    func run() async throws {
        let notifier = SystemdNotifier()
        notifier.ready()
        await cancelWhenGracefulShutdown {
            // The two run separately: a disk that hangs delays the status, but not the watchdog of the control loop.
            async let feeding: Void = feedWatchdog(notifier)
            var isStarting = true
            while !Task.isCancelled {
                await reporter.refreshTally()
                notifier.status(line(reporter.status()))
                try? await Task.sleep(for: .seconds(2))
                if isStarting { SmallHeap.releaseStartCode() }
                isStarting = false
            }
            await feeding
        }
        notifier.stopping()
    }

    /// Feeds the watchdog while the control loop keeps running.
    private func feedWatchdog(_ notifier: SystemdNotifier) async {
        guard let period = notifier.watchdogPeriod else { return }
        while !Task.isCancelled {
            if clock.monotonic() - control.lastCycle < patience { notifier.watchdog() }
            try? await Task.sleep(for: min(period, .seconds(5)))
        }
    }

    /// Returns the status line that `systemctl status` shows.
    private func line(_ status: GatewayStatus) -> String {
        let heated = status.rooms?.count ?? 0
        let waiting = status.buffer?.waiting.map { "\($0) readings waiting" } ?? "no buffer"
        let uplink = status.uplink?.state ?? "off"
        let broker = control.connectionState
        return "broker \(broker) · \(heated) rooms heated · \(waiting) · uplink \(uplink)"
            + ([status.buffer?.trouble].compactMap(\.self) + (status.problems ?? []).prefix(1)).map { " · \($0)" }
            .joined()
    }
}
