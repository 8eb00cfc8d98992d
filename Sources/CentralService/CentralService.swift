internal import Building
internal import CentralStore
internal import Foundation
internal import HTTPAnswers
internal import Hummingbird
internal import Ingest
internal import Logging
internal import NIOCore
internal import Observability
internal import Postgres
internal import RestAPI
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// The central service, wired together.
public struct CentralService: Sendable {
    private let configuration: CentralConfiguration
    private let logger = Logger(label: "hearth-central")

    public init(_ configuration: CentralConfiguration) { self.configuration = configuration }

    /// Serves until SIGTERM or SIGINT, then lets the requests in flight end.
    ///
    /// - Throws: `ServingError`, `MigrationError`, where it cannot begin or go on.
    public func serve() async throws {
        let database = CentralDatabase(configuration.database, logger: logger)
        defer { database.close() }
        let readiness = Readiness(store: database.store)
        let notifier = SystemdNotifier()
        let address = BoundAddress()
        let http = application(database.store, readiness) { channel in
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
                .init(service: http),
            ],
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
                "\(configuration.http.host):\(configuration.http.port) is taken by another program. "
                    + "Set http.port to a free one.")
        } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EADDRNOTAVAIL {
            throw ServingError(
                "Cannot listen on \(configuration.http.host):\(configuration.http.port): \(error). "
                    + "Set http.host to an address of this machine and http.port to 1024 or more.")
        }
        logger.notice("Stopped")
    }

    private func application(
        _ store: CentralStore, _ readiness: Readiness, listening: @escaping @Sendable (any Channel) -> Void
    ) -> some Service {
        var book = RouteBook(tokens: TokenDirectory(store))
        HealthRoutes { await readiness.obstacle()?.reason }.register(in: &book)
        RestAPI(store: store).register(in: &book)
        let limits = IngestLimits(
            batchesInFlight: configuration.ingest.batchesInFlight, batchBytes: configuration.ingest.batchBytes)
        IngestAPI(store: store, limits: limits, logger: logger).register(in: &book)
        let http = configuration.http
        return Application(
            responder: book.responder(),
            server: .http1(
                configuration: .init(idleTimeout: .milliseconds(Int64(http.idleTimeout / .milliseconds(1))))),
            configuration: ApplicationConfiguration(
                address: .hostname(http.host, port: http.port), serverName: "Hearth"),
            onServerRunning: { channel in listening(channel) },
            logger: quiet)
    }

    /// For the libraries, which say at “info” what only their authors want to know.
    private var quiet: Logger {
        var quiet = logger
        if quiet.logLevel == .info { quiet.logLevel = .notice }
        return quiet
    }
}

/// Why the service cannot begin to serve, and what to do about it.
public struct ServingError: Error, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}

/// Where the service listens; `nil` before it does.
private final class BoundAddress: Sendable {
    private let text = Mutex<String?>(nil)

    func set(_ address: String) { text.withLock { $0 = address } }

    @Sendable
    func get() -> String? { text.withLock(\.self) }
}
