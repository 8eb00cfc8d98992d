/// A revision of the Model Context Protocol, oldest first.
enum ProtocolVersion: String, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    /// Its clients may send several messages as one array.
    case march2025 = "2025-03-26"
    /// Clients name the version with every request from here on.
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// Without a handshake: every request says of itself what it needs.
    case july2026 = "2026-07-28"

    /// What a request without the header `MCP-Protocol-Version` speaks, by the specification of June 2025.
    static let assumed = march2025
    /// What a client is offered that asks for one that is not known here.
    static let latestWithHandshake = november2025
    /// By preference.
    static let names = allCases.reversed().map(\.rawValue)

    var hasHandshake: Bool { self < .july2026 }
    var allowsBatches: Bool { self <= .march2025 }
    /// Whether results may hold links to resources.
    var knowsResourceLinks: Bool { self >= .june2025 }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
