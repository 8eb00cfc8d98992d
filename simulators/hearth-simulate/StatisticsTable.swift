import Building
import Foundation

/// A table of simulated and recorded figures, as text.
struct StatisticsTable: CustomStringConvertible {
    private static let minutesOfDay = 1440.0

    private let statistics: HotelStatistics

    init(_ statistics: HotelStatistics) {
        self.statistics = statistics
    }

    var description: String {
        let measures = statistics.simulated.keys.sorted { Self.name($0) < Self.name($1) }
        let heading =
            pad("", 24) + "          " + ["mean", "spread", "least", "most"].map { right($0) }.joined()
            + right("changes/d")
        let hours = pad("", 34) + (0..<24).map { right("\($0)", 6) }.joined()
        return
            ([heading] + measures.flatMap { rows(of: $0, \.figures) } + ["", "Means by the hour:", hours]
            + measures.flatMap { rows(of: $0, \.shape) }).joined(separator: "\n")
    }

    private func rows(of measure: HotelStatistics.Measure, _ text: KeyPath<Line, String>) -> [String] {
        let isState = measure.datapoint == .presenceState
        func row(_ title: String, _ kind: String, _ statistics: HourlyStatistics?) -> String? {
            statistics.map { pad(title, 24) + pad(kind, 10) + Line(statistics: $0, isState: isState)[keyPath: text] }
        }
        return [
            row(Self.name(measure), "simulated", statistics.simulated[measure]),
            row("", "recorded", statistics.recorded[measure]),
        ].compactMap { $0 }
    }

    private static func name(_ measure: HotelStatistics.Measure) -> String {
        let unit = measure.datapoint == .presenceState ? "%" : measure.datapoint.unit ?? ""
        return "\(measure.device ?? measure.datapoint.name), \(unit)"
    }

    /// The figures of one row.
    private struct Line {
        var statistics: HourlyStatistics
        var isState: Bool

        var figures: String {
            [statistics.mean, statistics.spread, statistics.least, statistics.most].map { right(number($0)) }.joined()
                + (isState ? right(number(statistics.changes(perDay: StatisticsTable.minutesOfDay))) : "")
        }

        var shape: String { statistics.hours.map { right($0.map(number) ?? "–", 6) }.joined() }

        private func number(_ value: Double) -> String {
            String(format: abs(value) < 10 ? "%.2f" : abs(value) < 100 ? "%.1f" : "%.0f", value)
        }
    }
}

/// Returns `text` padded with spaces on the right.
private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

/// Returns `text` padded with spaces on the left.
private func right(_ text: String, _ width: Int = 10) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
