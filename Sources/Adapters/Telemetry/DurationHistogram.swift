private import Synchronization

/// A histogram of durations in seconds, by the values of some labels.
package final class DurationHistogram: Sendable {
    private let name: String
    private let help: String
    private let labels: [String]
    private let histograms = Mutex<[[String]: Histogram]>([:])

    /// The upper bounds of the buckets, s: from the time of a cached answer to one that nobody waits for.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private struct Histogram {
        /// The number of durations in each bucket; the last bucket is for those beyond all bounds.
        var counts = [Int](repeating: 0, count: DurationHistogram.bounds.count + 1)
        var sum = 0.0
    }

    /// Creates an empty histogram.
    ///
    /// - Parameters:
    ///   - name: The metric's name, which ends in `_seconds`.
    ///   - help: The metric's meaning, in one sentence.
    ///   - labels: The names of the labels.
    package init(_ name: String, _ help: String, labels: [String] = []) {
        self.name = name
        self.help = help
        self.labels = labels
    }

    /// Records a duration.
    ///
    /// - Parameter values: The values of the labels, in their order; from a small set.
    package func record(_ duration: Duration, _ values: String...) {
        precondition(values.count == labels.count, "\(name) takes a value for each of the labels \(labels)")
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        histograms.withLock { histograms in
            histograms[values, default: Histogram()].counts[bucket] += 1
            histograms[values, default: Histogram()].sum += seconds
        }
    }

    /// The metric with its present samples.
    package var family: MetricFamily {
        let histograms = histograms.withLock(\.self).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var samples: [MetricFamily.Sample] = []
        for (values, histogram) in histograms {
            let labels = zip(labels, values).map { (name: $0, value: $1) }
            var sum = 0
            for (bound, count) in zip(Self.bounds + [.infinity], histogram.counts) {
                sum += count
                let bounded = labels + [(name: "le", value: MetricsText.number(bound))]
                samples.append(.init(Double(sum), bounded, suffix: "_bucket"))
            }
            samples.append(.init(histogram.sum, labels, suffix: "_sum"))
            samples.append(.init(Double(sum), labels, suffix: "_count"))
        }
        return MetricFamily(.histogram, name, help, samples)
    }
}
