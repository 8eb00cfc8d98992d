package import HTTPTypes

/// The media types a client accepts, from its `Accept` header (RFC 9110, section 12.5.1).
package struct AcceptedTypes: Sendable {
    /// Quality values by type, 0…1; types in lower case without parameters, including `*/*` and `text/*`.
    private let weights: [String: Double]

    /// Reads the `Accept` header of a request.
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

    /// Returns whether the header names the type explicitly and does not refuse it with `q=0`.
    ///
    /// - Parameter type: A media type such as `application/json`.
    package func names(_ type: String) -> Bool { (weights[type] ?? 0) > 0 }

    /// Returns the quality value of a type, 0…1. Without the header every type has 1.
    package func weight(of type: String) -> Double {
        guard !weights.isEmpty else { return 1 }
        let family = type.prefix { $0 != "/" } + "/*"
        return weights[type] ?? weights[String(family)] ?? weights["*/*"] ?? 0
    }
}
