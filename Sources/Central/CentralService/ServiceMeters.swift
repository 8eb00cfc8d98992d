package import APISupport
package import Ingest
internal import Telemetry

/// The sources of `/metrics` in the parts of the service.
package struct ServiceMeters: Sendable {
    /// Counts requests.
    package let http = HTTPMeter()
    /// Counts gateways' batches.
    package let ingest = IngestMeter()
    /// The other sources, in the order of their output.
    var others: [any MetricSource] = []

    /// Creates meters that have counted nothing.
    package init() {}

    var all: [any MetricSource] { [http, ingest] + others + [ProcessMetrics()] }
}
