import Foundation

/// A table that compares several runs of the same days, one line each.
package struct ComparisonTable: Sendable, CustomStringConvertible {
    private let rows: [(name: String, summary: DaySummary)]

    /// Creates a table of named summaries.
    package init(_ rows: [(name: String, summary: DaySummary)]) {
        self.rows = rows
    }

    /// Creates a table of records, named by their controllers.
    package init(_ records: [DayRecord]) {
        self.init(records.map { ($0.settings.controller.name, DaySummary(of: $0)) })
    }

    /// The table as text.
    package var description: String {
        let width = max(10, rows.map(\.name.count).max() ?? 0)
        let heading =
            pad("", width) + "   mean K   RMS K  over K  ±0.5 K     kWh  commands  travel %"
        return ([heading] + rows.map { pad($0.name, width) + "  " + Self.figures($0.summary) })
            .joined(separator: "\n")
    }

    private static func figures(_ summary: DaySummary) -> String {
        String(
            format: "%+7.2f %7.2f %7.2f %5.1f %% %7.1f %9d %9d", summary.meanErrorKelvin,
            summary.rootMeanSquareErrorKelvin, summary.overshootKelvin, summary.shareWithinHalfKelvin * 100,
            summary.heatKilowattHours, summary.valveCommands, summary.valveTravelPercent)
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
