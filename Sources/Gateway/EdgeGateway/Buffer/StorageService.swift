import Building
import EdgeConfiguration
import Foundation
import HTTPClient
import Logging
import MQTT
import Outbox
import ServiceLifecycle
import Synchronization
import Uplink

/// The service for everything that needs the disk: it opens the store, retrying as long as necessary, then runs intake
/// and uplink on it.
final class StorageService: Service {
    private let configuration: EdgeConfiguration
    private let settings: MQTTSettings
    private let inbox: ReadingInbox
    private let judge: @Sendable (Reading) -> Quality
    private let brokerDrops: BrokerDrops
    private let refusals: UplinkRefusals
    private let clock: GatewayClock
    private let clockWatch: ClockWatch
    private let logger: Logger
    private let parts = Mutex<Parts?>(nil)
    private let trouble = Mutex<String?>("the buffer is not open yet")

    /// The time that a shutdown waits for responses from the central service.
    private static let patience = Duration.seconds(3)

    /// The minimum time between two openings of a store.
    private static let shortestService = Duration.seconds(5)

    /// The components that run on an open store.
    struct Parts: Sendable {
        var outbox: Outbox
        var intake: IntakeService
        var uplink: UplinkService?
    }

    /// Creates the service.
    ///
    /// - Parameter judge: returns the quality of a reading as far as control knows it; called on the broker's thread.
    init(
        configuration: EdgeConfiguration, settings: MQTTSettings, inbox: ReadingInbox,
        judge: @escaping @Sendable (Reading) -> Quality, brokerDrops: BrokerDrops, refusals: UplinkRefusals,
        clock: GatewayClock, clockWatch: ClockWatch, logger: Logger
    ) {
        self.configuration = configuration
        self.settings = settings
        self.inbox = inbox
        self.judge = judge
        self.brokerDrops = brokerDrops
        self.refusals = refusals
        self.clock = clock
        self.clockWatch = clockWatch
        self.logger = logger
    }

    /// The components on the open store; `nil` while the store can't be opened.
    var openParts: Parts? { parts.withLock { $0 } }
    /// The reason nothing is being stored; `nil` if all is well.
    var currentTrouble: String? {
        if let trouble = trouble.withLock({ $0 }) { return trouble }
        return openParts?.intake.currentTrouble
    }

    func run() async throws {
        let plausibility = Plausibility(hours: configuration.clock.plausibleHours)
        // A file that was found damaged, and that the check at its next opening found sound, gets no third chance.
        var wasFoundSound = false
        var isKnownDamaged = false
        while let (outbox, intake) = await open(plausibility, isKnownDamaged: isKnownDamaged) {
            let start = ContinuousClock.now
            guard try await serve(outbox, intake, plausibility) else { return }
            isKnownDamaged = wasFoundSound && outbox.setAside == nil
            wasFoundSound = true
            // A disk that damages everything written to it must not be filled with damaged files.
            let pause = start + Self.shortestService - .now
            if pause > .zero { await cancelWhenGracefulShutdown { try? await Task.sleep(for: pause) } }
        }
    }

    /// Runs everything that needs the store until the gateway is to stop or the store's file is found damaged.
    ///
    /// - Returns: whether the file was found damaged.
    private func serve(
        _ outbox: Outbox, _ intake: IntakeService, _ plausibility: Plausibility
    ) async throws -> Bool {
        let (damage, found) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let isDamaged = Flag()
        outbox.onDamage { [self] error in
            isDamaged.set()
            trouble.withLock { $0 = "\(error)" }
            logger.critical(
                "the buffer was found damaged while in use: it is being reopened; heating continues",
                metadata: ["error": "\(error)"])
            found.yield()
        }
        let stopped = Flag()
        let uplink = configuration.central.map { makeUplink(to: $0, from: outbox) }
        parts.withLock { $0 = Parts(outbox: outbox, intake: intake, uplink: uplink) }
        let delivery = Task { await uplink?.run { stopped.value } }
        async let reports: Void = storeInbox(in: outbox) { stopped.value }
        let upkeep = BufferMaintenance(
            outbox: outbox, limits: configuration.buffer, clockWatch: clockWatch, plausibility: plausibility,
            logger: logger)
        async let tidying: Void = upkeep.run { stopped.value }
        await intake.run(settings: settings) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await gracefulShutdown() }
                group.addTask { for await _ in damage { return } }
                await group.next()
                group.cancelAll()
            }
        }
        stopped.set()
        // Requests under way may finish. A link that hangs delays nobody: unacknowledged data is sent again.
        let patience = Task {
            if !isDamaged.value { try await Task.sleep(for: Self.patience) }
            delivery.cancel()
        }
        _ = await (delivery.value, reports, tidying)
        patience.cancel()
        parts.withLock { $0 = nil }
        // This also covers damage found at the very end: the next start opens a new store.
        if isDamaged.value {
            try? await outbox.perform { outbox throws(OutboxError) in outbox.abandon() }
            return true
        }
        try await outbox.perform { outbox throws(OutboxError) in try outbox.close() }
        return false
    }

    /// Opens the store, retrying every five seconds; returns `nil` if the gateway is to stop first.
    private func open(_ plausibility: Plausibility, isKnownDamaged: Bool) async -> (Outbox, IntakeService)? {
        let path = configuration.buffer.path
        return await cancelWhenGracefulShutdown { [self] in
            var isKnownDamaged = isKnownDamaged
            while !Task.isCancelled {
                var isOpen = false
                do {
                    let outbox = try await Outbox.open(path: path, isKnownDamaged: isKnownDamaged)
                    isOpen = true
                    let intake = try await outbox.perform { [self] outbox throws(OutboxError) in
                        try IntakeService(
                            outbox: outbox, calendar: configuration.calendar, clock: clock, plausibility: plausibility,
                            judge: judge, logger: logger)
                    }
                    tell(of: outbox)
                    return (outbox, intake)
                } catch {
                    // Damage that the first query meets and that the check did not see.
                    isKnownDamaged = isKnownDamaged || isOpen && (error as? OutboxError)?.kind == .damaged
                    let problem = "\(error)"
                    let isNew = trouble.withLock { trouble in
                        defer { trouble = problem }
                        return trouble != problem
                    }
                    if isNew {
                        logger.error("nothing can be stored; heating continues", metadata: ["error": "\(problem)"])
                    }
                    try? await Task.sleep(for: .seconds(5))
                }
            }
            return nil
        }
    }

    /// Logs that the store is open, and any damage found while opening it.
    private func tell(of outbox: Outbox) {
        trouble.withLock { $0 = nil }
        logger.info("the buffer is open", metadata: ["path": "\(outbox.path)", "store": "\(outbox.store)"])
        if let damaged = outbox.setAside {
            logger.critical(
                "the buffer was damaged: a new one was created and possible losses are declared",
                metadata: ["set aside": "\(damaged)"])
        }
        if let forgotten = outbox.forgotten {
            logger.critical(
                "the buffer was damaged at its end: its latest readings are declared lost",
                metadata: ["numbers": "\(forgotten)"])
        }
    }

    private func makeUplink(to central: EdgeConfiguration.Central, from outbox: Outbox) -> UplinkService {
        var transfer = HTTPClient.Settings()
        transfer.authorityFile = central.authorityFile
        transfer.userAgent = "hearth-edge/\(HearthVersion.current)"
        var link = Link.Settings()
        link.sendInterval = central.sendInterval
        return UplinkService(
            outbox: outbox, transport: HTTPClient(settings: transfer, lines: UplinkService.mostUnderWay),
            baseURL: central.url,
            token: { try GatewayToken.read(file: central.tokenFile) }, inventory: configuration.inventory,
            settings: link, logger: logger, refusals: refusals, brokerDropped: { [brokerDrops] in brokerDrops.value },
            now: clock.monotonic)
    }

    /// Moves the gateway's own readings from the inbox to the store, once a second.
    private func storeInbox(in outbox: Outbox, isStopping: @Sendable () -> Bool) async {
        var isLast = false
        while !isLast {
            isLast = isStopping()
            let entries = inbox.takeAll()
            let letters = inbox.takeLetters()
            let (readings, unset) = clock.stamp(entries)
            do {
                try await outbox.perform { outbox throws(OutboxError) in
                    try outbox.append(readings, deadLetters: letters, unsetClock: unset)
                }
            } catch {
                // Intake meets the same trouble and reports it.
                inbox.putBack(entries)
                inbox.putBack(letters)
            }
            if !isLast { try? await Task.sleep(for: .seconds(1)) }
        }
    }
}

/// A flag that can be set once, from any thread.
final class Flag: Sendable {
    private let state = Atomic(false)
    var value: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
}

/// The gateway's token for the central service.
enum GatewayToken {
    /// The error thrown when there is no token; it names the remedy.
    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    /// Returns the environment's `HEARTH_GATEWAY_TOKEN`, or else the first line of `file`. It is read for each request,
    /// so a token can be added or replaced while the gateway runs.
    static func read(file: String) throws -> String {
        if let token = ProcessInfo.processInfo.environment["HEARTH_GATEWAY_TOKEN"], !token.isEmpty { return token }
        guard let token = SecretFile.firstLine(of: file) else {
            throw Missing(
                description:
                    "There is no token in \(file) (central.tokenFile). Create one with `hearth-central gateway add` and "
                    + "put it there. Readings are kept meanwhile.")
        }
        return token
    }
}
