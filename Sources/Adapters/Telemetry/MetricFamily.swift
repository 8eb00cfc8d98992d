/// A metric with all its samples, in the model of Prometheus.
package struct MetricFamily: Sendable {
    /// A type of metric.
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// The name, such as `hearth_ingest_rows_total`: lower-case letters, digits and underscores; a counter ends in
    /// `_total`.
    package var name: String
    /// The meaning, in a sentence without line breaks.
    package var help: String
    /// The type of metric.
    package var kind: Kind
    /// The samples, one for each combination of labels.
    package var samples: [Sample]

    /// One value of a metric.
    package struct Sample: Sendable {
        /// The suffix of the family's name: `_bucket`, `_sum` and `_count` of histograms.
        package var suffix: String
        /// The names and values of the labels.
        package var labels: [(name: String, value: String)]
        /// The value, in the metric's unit.
        package var value: Double

        /// Creates a sample.
        package init(_ value: Double, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
            self.value = value
            self.labels = labels
            self.suffix = suffix
        }
    }

    /// Creates a metric.
    package init(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        self.kind = kind
        self.name = name
        self.help = help
        self.samples = samples
    }

    /// Creates a metric with one sample without labels.
    package init(_ kind: Kind, _ name: String, _ help: String, _ value: some BinaryInteger) {
        self.init(kind, name, help, [Sample(Double(value))])
    }

    /// Creates a metric with one sample without labels, in seconds.
    package init(_ kind: Kind, _ name: String, _ help: String, seconds: Duration) {
        self.init(kind, name, help, [Sample(seconds / .seconds(1))])
    }
}

/// A source of metrics.
package protocol MetricSource: Sendable {
    /// Returns the present values. Must return soon: scrapers wait only a few seconds.
    func metrics() async -> [MetricFamily]
}
