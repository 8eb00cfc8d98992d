package import APISupport
internal import Hummingbird
internal import Storage
package import Telemetry

/// The route of the metrics in Prometheus's text format.
package struct MetricsRoute: Sendable {
    private let sources: [any MetricSource]

    /// The time for which a token is still accepted while the database is down, which is when metrics matter most.
    private static let grace: Duration = .seconds(3600)

    /// Creates the route of the metrics of all `sources`, in this order.
    package init(_ sources: [any MetricSource]) { self.sources = sources }

    /// Adds the route to `book`.
    package func register(in book: inout RouteTable) {
        book.add(.get, "/metrics", for: [.operator], grace: Self.grace) { [sources] request, _, _ in
            _ = try QueryParameters(request, known: [])
            var families: [MetricFamily] = []
            for source in sources { families += await source.metrics() }
            return Response(
                status: .ok, headers: [.contentType: MetricsText.mediaType, .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: MetricsText.write(families))))
        }
    }
}
