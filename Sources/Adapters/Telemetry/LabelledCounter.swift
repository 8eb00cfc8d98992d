private import Synchronization

/// Counts by the values of some labels. The values must come from a small set, never from what callers send.
package final class LabelledCounter: Sendable {
    private let name: String
    private let help: String
    private let labels: [String]
    private let counts: Mutex<[[String]: Int]>

    /// - Parameter known: values that are shown from the beginning, with 0: what never happened can be told from what
    ///   is not counted.
    package init(_ name: String, _ help: String, labels: [String] = [], known: [[String]] = []) {
        self.name = name
        self.help = help
        self.labels = labels
        let known = labels.isEmpty ? [[]] : known
        counts = Mutex(Dictionary(known.map { ($0, 0) }) { count, _ in count })
    }

    package func add(_ count: Int = 1, _ values: String...) {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        counts.withLock { $0[values, default: 0] += count }
    }

    package var family: MetricFamily {
        let counts = counts.withLock(\.self).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return MetricFamily(
            .counter, name, help,
            counts.map { values, count in
                .init(Double(count), zip(labels, values).map { (name: $0, value: $1) })
            })
    }
}
