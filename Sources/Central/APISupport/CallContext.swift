package import Hummingbird
package import Logging

/// What goes along with a request.
package struct CallContext: RequestContext {
    package var coreContext: CoreRequestContextStorage

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// For a request that came another way than over a socket.
    ///
    /// - Parameter id: what the log knows the request by.
    package init(id: String, logger: Logger) {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = "\(id)"
        coreContext = .init(source: Caller(logger: logger))
    }

    private struct Caller: RequestContextSource {
        let logger: Logger
    }
}
