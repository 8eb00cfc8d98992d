internal import APISupport
internal import Building
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import LiveUpdates
internal import Logging
internal import MeterLoader
internal import NIOCore
internal import Postgres
internal import ProcessSupport
internal import ServiceLifecycle
internal import Storage
internal import SupabaseMirror
internal import Synchronization
internal import UnixSignals

/// The central service with all its parts.
package struct CentralService: Sendable {
    let configuration: CentralConfiguration
    let logger = Logger(label: "hearth-central")

    /// Creates the service; `serve()` starts it.
    package init(_ configuration: CentralConfiguration) { self.configuration = configuration }

    /// Serves until SIGTERM or SIGINT, and then lets running requests end.
    ///
    /// - Throws: `ServingError` or `MigrationError` if it can't start or continue.
    package func serve() async throws {
        OpenFileLimit.raise()
        let database = CentralDatabase(
            configuration.database, storage: configuration.storage, shares: configuration.ingest.shares,
            logger: logger)
        defer { database.close() }
        let readiness = Readiness(store: database.store)
        let notifier = SystemdNotifier()
        let address = BoundAddress()
        let hub = hub(database.store)
        let desiredStates = DesiredStateHub()
        let mirror = configuration.mirror.map { settings in
            SupabaseMirror(settings: settings, reader: LatestCopyReader(database.settings), logger: logger)
        }
        let feed = ChangeListener(
            settings: database.settings, logger: logger,
            observers: [{ hub.note($0) }] + (mirror.map { mirror in [{ mirror.note($0) }] } ?? []),
            desiredStateObservers: [{ desiredStates.note($0) }, { hub.note($0) }])
        let databaseMeter = DatabaseMeter(store: database.store, readiness: readiness, logger: logger)
        let loader = MeterLoader(
            store: database.store, sources: configuration.meters.sources, period: configuration.meters.period,
            logger: logger)
        var meters = ServiceMeters()
        let clients = ClientShares(configuration.http.clientLimits)
        meters.others =
            [clients, database.meter, databaseMeter, feed, hub, MeterLoadMetrics(loader: loader)]
            + (mirror.map { [$0] } ?? [])
        let routes = routes(database.store, live: hub, desiredStates: desiredStates, meters: meters) {
            await readiness.obstacle()?.reason
        }
        let http = application(routes, meters.http, clients) { channel in
            let text = channel.localAddress.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "?"
            address.set(text)
            logger.notice("Listening", metadata: ["address": "\(text)"])
            notifier.ready()
        }
        var services = ServiceGroupConfiguration(
            services: [
                .init(
                    service: DatabaseStartup(migrator: database.migrator, readiness: readiness, logger: logger),
                    failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: SupervisorReport(
                        notifier: notifier, readiness: readiness, address: address.get, logger: logger)),
                .init(service: databaseMeter), .init(service: loader), .init(service: http),
                // These end before the server. It waits for all requests, and only the hubs end live streams and
                // requests that wait for desired states.
                .init(service: hub), .init(service: desiredStates), .init(service: feed),
            ] + (mirror.map { [.init(service: $0)] } ?? []),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        services.maximumGracefulShutdownDuration = configuration.shutdownGrace
        services.maximumCancellationDuration = .seconds(5)
        try await run(ServiceGroup(configuration: services))
    }

    private func run(_ group: ServiceGroup) async throws {
        logger.notice(
            "Starting",
            metadata: [
                "version": "\(HearthVersion.current)",
                "database": "\((try? ConnectionTarget(url: configuration.database.url)).map(\.description) ?? "?")",
            ])
        do {
            try await group.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServingError(
                "\(configuration.http.host):\(configuration.http.port) is in use by another program. "
                    + "Set http.port to a free one.")
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EADDRNOTAVAIL {
            throw ServingError(
                "Cannot listen on \(configuration.http.host):\(configuration.http.port): \(error). "
                    + "Set http.host to an address of this machine and http.port to 1024 or more.")
        }
        logger.notice("Stopped")
    }

    private func application(
        _ book: RouteTable, _ meter: HTTPMeter, _ clients: ClientShares,
        listening: @escaping @Sendable (any Channel) -> Void
    ) -> some Service {
        let http = configuration.http
        let decoding = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: http.headerBytes, maxHeaderListSize: http.headerBytes,
            maxHeaderFieldCount: Self.headerFields)
        return Application(
            responder: book.responder(meter: meter),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(shares: clients)],
                    idleTimeout: .milliseconds(Int64(http.idleTimeout / .milliseconds(1))),
                    httpDecoderConfiguration: decoding)),
            configuration: ApplicationConfiguration(
                address: .hostname(http.host, port: http.port), serverName: "Hearth",
                availableConnectionsDelegate: MaximumAvailableConnections(http.connections, logger: quiet)),
            onServerRunning: { channel in listening(channel) },
            logger: quiet)
    }

    /// The largest number of header fields, more than any client sends.
    private static let headerFields = 100

    /// The logger for libraries, whose messages at level “info” matter only to their authors.
    private var quiet: Logger {
        var quiet = logger
        if quiet.logLevel == .info { quiet.logLevel = .notice }
        return quiet
    }
}

/// The reason the service can't start to serve, with a remedy.
package struct ServingError: Error, Sendable, CustomStringConvertible {
    /// The reason and the remedy, for operators.
    package var description: String

    init(_ description: String) { self.description = description }
}

/// The address that the service listens on; `nil` before it does.
private final class BoundAddress: Sendable {
    private let text = Mutex<String?>(nil)

    func set(_ address: String) { text.withLock { $0 = address } }

    @Sendable
    func get() -> String? { text.withLock(\.self) }
}

extension CentralConfiguration.HTTP {
    /// The time by which the limit for a request's headers exceeds the idle timeout: a silent connection is closed by
    /// the idle timeout, one that never completes its headers by this limit.
    private static let headGrace = Duration.seconds(10)

    fileprivate var clientLimits: ClientLimits {
        ClientLimits(
            connectionsPerAddress: connectionsPerAddress, bodyBytes: bodyMemoryBytes,
            bodyBytesPerAddress: bodyMemoryBytesPerAddress, bodyDuration: bodyDuration,
            bodyBytesPerSecond: bodyBytesPerSecond, headDuration: idleTimeout + Self.headGrace,
            trustedProxies: trustedProxies)
    }
}
