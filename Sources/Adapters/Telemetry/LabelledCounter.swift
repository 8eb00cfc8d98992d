private import Synchronization

/// A counter by the values of some labels. The values must come from a small set, never from callers' input.
package final class LabelledCounter: Sendable {
    private let name: String
    private let help: String
    private let labels: [String]
    private let counts: Mutex<[[String]: Int]>

    /// Creates a counter.
    ///
    /// - Parameter known: The label values that are shown from the beginning, with 0, so that events that never
    ///   happened can be told from events that are not counted.
    package init(_ name: String, _ help: String, labels: [String] = [], known: [[String]] = []) {
        self.name = name
        self.help = help
        self.labels = labels
        let known = labels.isEmpty ? [[]] : known
        counts = Mutex(Dictionary(known.map { ($0, 0) }) { count, _ in count })
    }

    /// Adds to the count of some label values.
    ///
    /// - Parameter values: The values of the labels, in their order.
    package func add(_ count: Int = 1, _ values: String...) {
        precondition(values.count == labels.count, "\(name) takes a value for each of the labels \(labels)")
        counts.withLock { $0[values, default: 0] += count }
    }

    /// The metric with its present samples.
    package var family: MetricFamily {
        let counts = counts.withLock(\.self).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return MetricFamily(
            .counter, name, help,
            counts.map { values, count in
                .init(Double(count), zip(labels, values).map { (name: $0, value: $1) })
            })
    }
}
