package import APISupport
package import Ingest
internal import Telemetry

/// What the parts of the service count for `/metrics`.
package struct ServiceMeters: Sendable {
    package let http = HTTPMeter()
    package let ingest = IngestMeter()
    /// What else there is to show, in the order in which it is shown.
    var others: [any MetricSource] = []

    package init() {}

    var all: [any MetricSource] { [http, ingest] + others + [ProcessMetrics()] }
}
