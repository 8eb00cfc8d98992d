/// A metric with all its samples, as Prometheus reads it.
package struct MetricFamily: Sendable {
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// `hearth_ingest_rows_total`: lower-case letters, digits and underscores; a counter ends in `_total`.
    package var name: String
    /// What it counts, in a sentence without a line end.
    package var help: String
    package var kind: Kind
    package var samples: [Sample]

    package struct Sample: Sendable {
        /// After the family's name: `_bucket`, `_sum` and `_count` of histograms.
        package var suffix: String
        package var labels: [(name: String, value: String)]
        package var value: Double

        package init(_ value: Double, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
            self.value = value
            self.labels = labels
            self.suffix = suffix
        }
    }

    package init(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        self.kind = kind
        self.name = name
        self.help = help
        self.samples = samples
    }

    /// One sample without labels.
    package init(_ kind: Kind, _ name: String, _ help: String, _ value: some BinaryInteger) {
        self.init(kind, name, help, [Sample(Double(value))])
    }

    /// One sample without labels.
    package init(_ kind: Kind, _ name: String, _ help: String, seconds: Duration) {
        self.init(kind, name, help, [Sample(seconds / .seconds(1))])
    }
}

/// Something that has numbers to show.
package protocol MetricSource: Sendable {
    /// As they are now. Must return soon: whoever asks waits a few seconds.
    func metrics() async -> [MetricFamily]
}
