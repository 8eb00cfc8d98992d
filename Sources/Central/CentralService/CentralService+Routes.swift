package import APISupport
internal import AssistantTools
internal import ChatAPI
internal import HomeEnergyAPI
internal import Ingest
package import LiveUpdates
internal import Logging
internal import MCPServer
internal import RestAPI
package import Storage
internal import WebUI

extension CentralService {
    /// Returns all routes of the service.
    ///
    /// - Parameters:
    ///   - live: Keeps live streams up to date.
    ///   - desiredStates: Wakes callers that wait for desired and reported states.
    ///   - meters: The sources of `/metrics`.
    ///   - obstacle: Returns the reason the service is not ready; `nil` if it is.
    package func routes(
        _ store: CentralStore, live: LiveSubscriptions? = nil, desiredStates: DesiredStateHub = DesiredStateHub(),
        meters: ServiceMeters = ServiceMeters(),
        obstacle: @escaping @Sendable () async -> String?
    ) -> RouteTable {
        var book = RouteTable(tokens: TokenAuthenticator(store))
        HealthRoutes(obstacle: obstacle).register(in: &book)
        RestAPI(store: store).register(in: &book)
        LiveRoutes(store: store, hub: live ?? hub(store), heartbeat: configuration.live.heartbeat)
            .register(in: &book)
        SetpointRoutes(store: store).register(in: &book)
        MetricsRoute(meters.all).register(in: &book)
        MeterAPI(store: store, tariff: configuration.tariff).register(in: &book)
        let limits = IngestLimits(
            batchesInFlight: configuration.ingest.batchesInFlight,
            batchesPerBuilding: configuration.ingest.batchesPerBuilding,
            memoryBytes: configuration.ingest.memoryBytes,
            memoryBytesPerBuilding: configuration.ingest.memoryBytesPerBuilding,
            batchBytes: configuration.ingest.batchBytes)
        IngestAPI(store: store, limits: limits, meter: meters.ingest, logger: logger).register(in: &book)
        DesiredStateRoutes(store: store, hub: desiredStates, logger: logger).register(in: &book)
        let issuer = ToolIssuer(
            store: store, desiredStates: desiredStates, linkLifetime: configuration.chat.limits.linkLifetime)
        ChatRoutes(store: store, issuer: issuer, model: configuration.chat.model, limits: configuration.chat.limits)
            .register(in: &book)
        MCPRoutes(
            issuer: issuer,
            limits: configuration.modelContext, publicURL: configuration.http.publicURL
        ).register(in: &book)
        HomeEnergyAPI(store: store, page: Pages.graphQL).register(in: &book)
        Pages(openAPI: OpenAPIDocument.own.json).register(in: &book)
        return book
    }

    func hub(_ store: CentralStore) -> LiveSubscriptions {
        let live = configuration.live
        return LiveSubscriptions(
            store: store, limits: LiveLimits(streams: live.streams, streamsPerToken: live.streamsPerToken),
            logger: logger)
    }
}
