/// A metric with all its samples, as Prometheus reads it.
public struct MetricFamily: Sendable {
    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// `hearth_ingest_rows_total`: lower-case letters, digits and underscores; a counter ends in `_total`.
    public var name: String
    /// What it counts, in a sentence without a line end.
    public var help: String
    public var kind: Kind
    public var samples: [Sample]

    public struct Sample: Sendable {
        /// After the family's name: `_bucket`, `_sum` and `_count` of histograms.
        public var suffix: String
        public var labels: [(name: String, value: String)]
        public var value: Double

        public init(_ value: Double, _ labels: [(name: String, value: String)] = [], suffix: String = "") {
            self.value = value
            self.labels = labels
            self.suffix = suffix
        }
    }

    public init(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        self.kind = kind
        self.name = name
        self.help = help
        self.samples = samples
    }

    /// One sample without labels.
    public init(_ kind: Kind, _ name: String, _ help: String, _ value: some BinaryInteger) {
        self.init(kind, name, help, [Sample(Double(value))])
    }

    /// One sample without labels.
    public init(_ kind: Kind, _ name: String, _ help: String, seconds: Duration) {
        self.init(kind, name, help, [Sample(seconds / .seconds(1))])
    }
}

/// Something that has numbers to show.
public protocol MetricSource: Sendable {
    /// As they are now. Must return soon: whoever asks waits a few seconds.
    func metrics() async -> [MetricFamily]
}
