package import APISupport
internal import Hummingbird
internal import Storage
package import Telemetry

/// What ops want to see, as Prometheus reads it.
package struct MetricsRoute: Sendable {
    private let sources: [any MetricSource]

    /// Ops want to see most of all what goes on while the database is away.
    private static let grace: Duration = .seconds(3600)

    package init(_ sources: [any MetricSource]) { self.sources = sources }

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
