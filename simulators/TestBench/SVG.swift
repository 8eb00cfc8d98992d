import Foundation

/// The few SVG elements that charts consist of. Coordinates are in pixels.
enum SVG {
    static func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String = "none", stroke: String? = nil
    ) -> String {
        element(
            "rect",
            [
                ("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)),
                ("fill", fill), ("stroke", stroke),
            ])
    }

    static func line(
        x1: Double, y1: Double, x2: Double, y2: Double, stroke: String, width: Double = 1, dashes: String? = nil
    ) -> String {
        element(
            "line",
            [
                ("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2)), ("stroke", stroke),
                ("stroke-width", number(width)), ("stroke-dasharray", dashes),
            ])
    }

    static func path(
        _ data: String, stroke: String? = nil, width: Double? = nil, dashes: String? = nil, fill: String = "none",
        fillOpacity: Double? = nil
    ) -> String {
        element(
            "path",
            [
                ("d", data), ("fill", fill), ("fill-opacity", fillOpacity.map { String(format: "%.2f", $0) }),
                ("stroke", stroke), ("stroke-width", width.map(number)), ("stroke-dasharray", dashes),
                ("stroke-linejoin", stroke == nil ? nil : "round"),
            ])
    }

    static func text(
        _ text: String, x: Double, y: Double, anchor: String? = nil, size: Double? = nil, isBold: Bool = false,
        isUpright: Bool = false
    ) -> String {
        let turn = isUpright ? "rotate(-90 \(number(x)) \(number(y)))" : nil
        return element(
            "text",
            [
                ("x", number(x)), ("y", number(y)), ("text-anchor", anchor), ("font-size", size.map(number)),
                ("font-weight", isBold ? "bold" : nil), ("transform", turn),
            ], content: text)
    }

    /// Returns a coordinate with one decimal.
    static func number(_ value: Double) -> String {
        String(format: "%.1f", value)
    }

    /// Returns text with XML's special characters escaped.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    private static func element(_ name: String, _ attributes: [(String, String?)], content: String? = nil) -> String {
        let written = attributes.compactMap { key, value in value.map { " \(key)=\"\(escaped($0))\"" } }.joined()
        return content.map { "<\(name)\(written)>\(escaped($0))</\(name)>" } ?? "<\(name)\(written)/>"
    }
}
