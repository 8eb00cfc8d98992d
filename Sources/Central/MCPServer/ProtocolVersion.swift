/// A revision of the Model Context Protocol. The cases are ordered from the oldest.
enum ProtocolVersion: String, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    /// The revision whose clients may send several messages as an array.
    case march2025 = "2025-03-26"
    /// The first revision whose clients name the version with every request.
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// The first revision without a handshake: every request carries all that it needs.
    case july2026 = "2026-07-28"

    /// The version of a request without the header `MCP-Protocol-Version`, by the specification of June 2025.
    static let assumed = march2025
    /// The version offered to a client that requests an unknown one.
    static let latestWithHandshake = november2025
    /// The names of all versions in the order of preference.
    static let names = allCases.reversed().map(\.rawValue)

    var hasHandshake: Bool { self < .july2026 }
    var allowsBatches: Bool { self <= .march2025 }
    /// A Boolean value that indicates whether results may have links to resources.
    var knowsResourceLinks: Bool { self >= .june2025 }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
