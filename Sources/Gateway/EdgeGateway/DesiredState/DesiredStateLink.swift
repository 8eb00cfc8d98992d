import Building
import EdgeConfiguration
import HTTPClient
import Logging
import ServiceLifecycle
import Uplink

/// The link that fetches desired state from the central service, on connections of its own: neither batches nor the
/// disk delay it, and control waits for none of it.
struct DesiredStateLink: Service {
    private let service: DesiredStateService

    init(
        central: EdgeConfiguration.Central, keeper: DesiredStateKeeper, refusals: UplinkRefusals, clock: GatewayClock,
        logger: Logger
    ) {
        var settings = HTTPClient.Settings()
        settings.largestAnswer = WireLimits.desiredStatesBytes
        settings.authorityFile = central.authorityFile
        settings.userAgent = "hearth-edge/\(HearthVersion.current)"
        service = DesiredStateService(
            taker: keeper, asking: HTTPClient(settings: settings), reporting: HTTPClient(settings: settings),
            baseURL: central.url, token: { try GatewayToken.read(file: central.tokenFile) }, logger: logger,
            refusals: refusals, now: clock.monotonic)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [service] in await service.run() }
    }
}
