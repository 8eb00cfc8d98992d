import ArgumentParser
import Building
import EdgeConfiguration
import EdgeGateway
import Logging
import ProcessSupport

/// The subcommand `run`, which runs the gateway.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gateway until SIGTERM or SIGINT.",
        discussion: """
            HEARTH_GATEWAY_TOKEN, if set, overrides the file named by central.tokenFile. Under systemd, READY, \
            STATUS and WATCHDOG are sent to the notify socket.
            """)

    @OptionGroup var options: EdgeOptions

    func run() async throws {
        SmallHeap.prepare()
        let configuration = try options.load()
        LogSetup.bootstrap(level: Logger.Level(rawValue: configuration.logLevel) ?? .info)
        let logger = Logger(label: "hearth-edge")
        let gateway: EdgeGateway
        do {
            gateway = try EdgeGateway(configuration: configuration, logger: logger)
        } catch {
            throw Failure.wrongConfiguration(error)
        }
        logger.info(
            "the gateway is starting",
            metadata: [
                "version": "\(HearthVersion.current)", "building": "\(configuration.building.slug)",
                "rooms": "\(configuration.rooms.count)",
            ])
        SmallHeap.releaseStartCode()
        try await gateway.run()
        logger.info("the gateway has shut down cleanly")
    }
}
