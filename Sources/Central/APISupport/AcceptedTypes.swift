package import HTTPTypes

/// What a client accepts, by its header `Accept` (RFC 9110, section 12.5.1).
package struct AcceptedTypes: Sendable {
    /// Lower case, without parameters; `*/*` and `text/*` among them.
    private let weights: [String: Double]

    package init(_ headers: HTTPFields) {
        var weights: [String: Double] = [:]
        for entry in headers[values: .accept].joined(separator: ",").split(separator: ",") {
            var parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }[...]
            guard let name = parts.popFirst(), !name.isEmpty else { continue }
            let weight = parts.first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            weights[name] = max(weights[name] ?? 0, min(max(weight, 0), 1))
        }
        self.weights = weights
    }

    /// Whether the header names it itself, and does not refuse it.
    ///
    /// - Parameter type: such as `application/json`.
    package func names(_ type: String) -> Bool { (weights[type] ?? 0) > 0 }

    /// How welcome a type is, 0…1. Without the header, everything is.
    package func weight(of type: String) -> Double {
        guard !weights.isEmpty else { return 1 }
        let family = type.prefix { $0 != "/" } + "/*"
        return weights[type] ?? weights[String(family)] ?? weights["*/*"] ?? 0
    }
}
