package import Hummingbird
package import Logging

/// The context of a request: its id and logger.
package struct CallContext: RequestContext {
    /// The storage Hummingbird requires.
    package var coreContext: CoreRequestContextStorage

    /// Creates the context of a request that arrived over a socket.
    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// Creates the context of a request that did not arrive over a socket.
    ///
    /// - Parameter id: The id the log uses for the request.
    package init(id: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = "\(id)"
        coreContext = .init(source: Caller(logger: logger))
    }

    private struct Caller: RequestContextSource {
        let logger: Logger
    }
}
