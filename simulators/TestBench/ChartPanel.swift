import Foundation

/// One diagram over the hours of a day or more: a vertical axis with its unit, lines, and a legend.
struct ChartPanel {
    /// A line of the diagram.
    struct Line {
        var name: String
        var color: String
        var width = 2.0
        var dashes: String?
        /// A Boolean value that indicates whether the area down to the axis is filled.
        var isArea = false
        /// A Boolean value that indicates whether values hold until the next point, drawn as steps.
        var isStepped = false
        /// The points: hours since the first midnight, and values.
        var points: [(hour: Double, value: Double)]
    }

    /// The rectangle in which the panel's axes are drawn, in pixels.
    struct Area {
        var left: Double
        var top: Double
        var width: Double
        var height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
    }

    var title: String
    var unit: String
    var range: ClosedRange<Double>
    /// The distance between two marks on the vertical axis.
    var tick: Double
    var lines: [Line]
    /// The hours to shade.
    var shades: [ClosedRange<Double>] = []
    /// The legend of the shade.
    var shadeName: String?
    var area: Area
    /// The number of hours that the panel shows.
    var hours = 24.0

    private static let shadeColor = "#f3e9d2"
    private static let gridColor = "#e2e2e2"
    private static let letterWidth = 7.0
    private static let keyWidth = 26.0

    /// The panel as SVG elements.
    var svg: String {
        ([background] + shades.map(shade) + hourGrid + valueGrid + lines.flatMap(draw) + [border] + headings + legend)
            .joined(separator: "\n")
    }

    /// Returns the horizontal position of an hour, in pixels.
    private func x(_ hour: Double) -> Double { area.left + area.width * hour / hours }

    /// Returns the vertical position of a value, in pixels, clamped to the panel.
    private func y(_ value: Double) -> Double {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return area.bottom - area.height * min(1, max(0, share))
    }

    private var background: String {
        SVG.rectangle(x: area.left, y: area.top, width: area.width, height: area.height, fill: "#ffffff")
    }

    private var border: String {
        SVG.rectangle(x: area.left, y: area.top, width: area.width, height: area.height, stroke: "#555555")
    }

    private func shade(_ hours: ClosedRange<Double>) -> String {
        let left = x(hours.lowerBound)
        return SVG.rectangle(
            x: left, y: area.top, width: max(0.5, x(hours.upperBound) - left), height: area.height,
            fill: Self.shadeColor)
    }

    private var hourGrid: [String] {
        stride(from: 0, through: Int(hours), by: hours > 24 ? 24 : 2).flatMap { hour in
            let left = x(Double(hour))
            let label = hours > 24 ? "day \(hour / 24 + 1)" : String(format: "%02d:00", hour)
            return [
                SVG.line(x1: left, y1: area.top, x2: left, y2: area.bottom, stroke: Self.gridColor),
                SVG.text(label, x: left, y: area.bottom + 17, anchor: "middle"),
            ]
        }
    }

    private var valueGrid: [String] {
        ticks.flatMap { value in
            [
                SVG.line(x1: area.left, y1: y(value), x2: area.right, y2: y(value), stroke: Self.gridColor),
                SVG.text(
                    String(format: tick < 1 ? "%.1f" : "%.0f", value), x: area.left - 8, y: y(value) + 4,
                    anchor: "end"),
            ]
        }
    }

    /// The values of the marks on the vertical axis.
    private var ticks: [Double] {
        let first = (range.lowerBound / tick).rounded(.up)
        let last = (range.upperBound / tick).rounded(.down)
        guard last >= first, last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * tick }
    }

    private var headings: [String] {
        [
            SVG.text(title, x: area.left, y: area.top - 10, isBold: true),
            SVG.text(
                unit, x: area.left - 48, y: area.top + area.height / 2, anchor: "middle", isUpright: true),
        ]
    }

    private var legend: [String] {
        var left = area.right
        var entries: [String] = []
        for line in lines.reversed() {
            left -= legendWidth(line.name)
            entries.append(
                SVG.line(
                    x1: left, y1: area.top - 14, x2: left + Self.keyWidth, y2: area.top - 14, stroke: line.color,
                    width: line.width, dashes: line.dashes))
            entries.append(SVG.text(line.name, x: left + Self.keyWidth + 6, y: area.top - 10))
        }
        if let shadeName {
            left -= legendWidth(shadeName)
            entries.append(
                SVG.rectangle(
                    x: left, y: area.top - 21, width: Self.keyWidth, height: 13, fill: Self.shadeColor,
                    stroke: "#d8c9a3"))
            entries.append(SVG.text(shadeName, x: left + Self.keyWidth + 6, y: area.top - 10))
        }
        return entries
    }

    /// Returns the width of a legend's entry, in pixels.
    private func legendWidth(_ name: String) -> Double {
        Double(name.count) * Self.letterWidth + Self.keyWidth + 20
    }

    /// Returns the elements of a line.
    private func draw(_ line: Line) -> [String] {
        guard let first = line.points.first, let last = line.points.last else { return [] }
        var path = "M" + position(first)
        for point in line.points.dropFirst() {
            if line.isStepped { path += "H" + SVG.number(x(point.hour)) }
            path += line.isStepped ? "V" + SVG.number(y(point.value)) : "L" + position(point)
        }
        let stroke = SVG.path(path, stroke: line.color, width: line.width, dashes: line.dashes)
        guard line.isArea else { return [stroke] }
        let floor = SVG.number(area.bottom)
        let closed = "\(path)L\(SVG.number(x(last.hour))) \(floor)L\(SVG.number(x(first.hour))) \(floor)Z"
        return [SVG.path(closed, fill: line.color, fillOpacity: 0.15), stroke]
    }

    private func position(_ point: (hour: Double, value: Double)) -> String {
        SVG.number(x(point.hour)) + " " + SVG.number(y(point.value))
    }
}
