import Building
import EdgeConfiguration
import HTTPClient
import Logging
import ServiceLifecycle
import Uplink

/// Hears what the central service wishes, on connections of its own: neither batches nor the disk hold it up, and
/// control waits for none of it.
struct WishLink: Service {
    private let service: WishService

    init(
        central: EdgeConfiguration.Central, keeper: WishKeeper, refusals: UplinkRefusals, clock: GatewayClock,
        logger: Logger
    ) {
        var settings = HTTPTransfer.Settings()
        settings.largestAnswer = WireLimits.desiredStatesBytes
        settings.authorityFile = central.authorityFile
        settings.userAgent = "hearth-edge/\(HearthVersion.current)"
        service = WishService(
            taker: keeper, asking: HTTPTransfer(settings: settings), reporting: HTTPTransfer(settings: settings),
            baseURL: central.url, token: { try GatewayToken.read(file: central.tokenFile) }, logger: logger,
            refusals: refusals, now: clock.monotonic)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [service] in await service.run() }
    }
}
