import Foundation
import RoomPhysics

/// An SVG chart of a day or more: the room against its set-point, the valve, and the weather, one above the other.
package struct DayChart: Sendable {
    private static let colors = ["#b03a2e", "#2471a3", "#839192"]

    private let record: DayRecord
    /// The records of other controllers that are drawn with it.
    private let rivals: [DayRecord]

    /// Creates a chart.
    ///
    /// - Parameter rivals: the same day with other controllers, two at most.
    package init(_ record: DayRecord, beside rivals: [DayRecord] = []) {
        self.record = record
        self.rivals = Array(rivals.prefix(2))
    }

    /// The chart as an SVG document.
    package var svg: String {
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" width="1100" height="860" viewBox="0 0 1100 860" \
            font-family="DejaVu Sans, Verdana, sans-serif" font-size="12" fill="#333333">
            <title>\(SVG.escaped(title))</title>
            """
        let body = [
            SVG.rectangle(x: 0, y: 0, width: 1100, height: 860, fill: "#fafafa"),
            SVG.text(title, x: 80, y: 34, size: 18, isBold: true),
            SVG.text(subtitle, x: 80, y: 54),
            roomPanel.svg, valvePanel.svg, weatherPanel.svg,
            SVG.text(record.settings.days > 1 ? "time" : "time of day", x: 575, y: 846, anchor: "middle"),
        ]
        return ([head] + body + ["</svg>", ""]).joined(separator: "\n")
    }

    private var title: String {
        let span = record.settings.days > 1 ? "\(record.settings.days) days" : "A day"
        let law = record.settings.controller.name
        return "\(span) in a simulated room: \(record.settings.room.name)" + (law == "hearth" ? "" : ", \(law)")
    }

    private var subtitle: String {
        let summary = DaySummary(of: record)
        return String(
            format: "From %d:00 on: mean error %.2f K, RMS %.2f K, %.0f %% of the time within ±0.5 K. "
                + "Whole day: %.1f kWh, %d valve commands. Seed %llu.",
            record.settings.settlingHours, summary.meanAbsoluteErrorKelvin, summary.rootMeanSquareErrorKelvin,
            summary.shareWithinHalfKelvin * 100, summary.heatKilowattHours, summary.valveCommands,
            record.settings.seed)
    }

    private var roomPanel: ChartPanel {
        let values = record.samples.flatMap {
            [$0.roomCelsius, $0.setpointCelsius, $0.fusedCelsius ?? $0.roomCelsius]
        }
        let range = padded(values + rivals.flatMap { $0.samples.map(\.roomCelsius) })
        var lines = rivals.enumerated().map { index, rival in
            ChartPanel.Line(
                name: "room, \(rival.settings.controller.name)", color: Self.colors[index + 1], width: 1.2,
                points: points(\.roomCelsius, of: rival))
        }
        if rivals.isEmpty {
            lines.append(
                ChartPanel.Line(
                    name: "sensors' verdict", color: "#e59866", width: 1.2,
                    points: record.samples.compactMap { sample in
                        sample.fusedCelsius.map { (hour(sample), $0) }
                    }))
        }
        lines.append(
            ChartPanel.Line(
                name: rivals.isEmpty ? "room" : "room, \(record.settings.controller.name)", color: Self.colors[0],
                points: points(\.roomCelsius)))
        lines.append(
            ChartPanel.Line(
                name: "set-point", color: "#1c2833", width: 1.5, dashes: "7 4", points: points(\.setpointCelsius)))
        return ChartPanel(
            title: "Room", unit: "°C", range: range, tick: range.upperBound - range.lowerBound > 6 ? 1 : 0.5,
            lines: lines, shades: occupiedHours, shadeName: "guests present",
            area: ChartPanel.Area(left: 80, top: 100, width: 990, height: 300), hours: hours)
    }

    private var valvePanel: ChartPanel {
        let others = rivals.enumerated().map { index, rival in
            ChartPanel.Line(
                name: rival.settings.controller.name, color: Self.colors[index + 1], width: 1, isStepped: true,
                points: rival.samples.map { (hour($0), Double($0.levelPercent)) })
        }
        let own = ChartPanel.Line(
            name: rivals.isEmpty ? "valve level" : record.settings.controller.name,
            color: rivals.isEmpty ? "#2471a3" : Self.colors[0], width: 1.5, isArea: rivals.isEmpty, isStepped: true,
            points: record.samples.map { (hour($0), Double($0.levelPercent)) })
        return ChartPanel(
            title: "Valve", unit: "% open", range: 0...100, tick: 25, lines: others + [own],
            area: ChartPanel.Area(left: 80, top: 470, width: 990, height: 150), hours: hours)
    }

    private var weatherPanel: ChartPanel {
        let range = padded(record.samples.map(\.outdoorCelsius))
        return ChartPanel(
            title: "Weather", unit: "°C", range: range, tick: range.upperBound - range.lowerBound > 8 ? 5 : 2,
            lines: [ChartPanel.Line(name: "outdoor", color: "#1e8449", points: points(\.outdoorCelsius))],
            area: ChartPanel.Area(left: 80, top: 690, width: 990, height: 120), hours: hours)
    }

    private func hour(_ sample: DayRecord.Sample) -> Double { Double(sample.second) / 3600 }

    private var hours: Double { Double(record.settings.days * 24) }

    private func points(
        _ value: KeyPath<DayRecord.Sample, Double>, of other: DayRecord? = nil
    ) -> [(hour: Double, value: Double)] {
        (other ?? record).samples.map { (hour($0), $0[keyPath: value]) }
    }

    /// Returns a range that contains all values with some margin, rounded to half degrees.
    private func padded(_ values: [Double]) -> ClosedRange<Double> {
        let low = (((values.min() ?? 0) - 0.2) * 2).rounded(.down) / 2
        let high = (((values.max() ?? 1) + 0.2) * 2).rounded(.up) / 2
        return low...max(high, low + 1)
    }

    /// The hours in which guests were present.
    private var occupiedHours: [ClosedRange<Double>] {
        var ranges: [ClosedRange<Double>] = []
        var since: Double?
        for sample in record.samples {
            if sample.guests > 0 {
                since = since ?? hour(sample)
            } else if let start = since {
                ranges.append(start...hour(sample))
                since = nil
            }
        }
        if let start = since { ranges.append(start...hours) }
        return ranges
    }
}
