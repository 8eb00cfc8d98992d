/// How far a value can be trusted. The raw numbers travel in batches and lie in the central database.
package enum Quality: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// As the sensor sent it, at a believable time.
    case good = 0
    /// Usable, but something about it is out of the ordinary: fewer sensors than usual, or an implausible time.
    case degraded = 1
    /// Not measured: a model filled in.
    case estimated = 2
    /// Not to be used.
    case failed = 3

    /// The name by which REST, GraphQL and chat call it.
    package var name: String {
        switch self {
        case .good: "good"
        case .degraded: "degraded"
        case .estimated: "estimated"
        case .failed: "failed"
        }
    }

    package init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    package static func < (left: Quality, right: Quality) -> Bool { left.rawValue < right.rawValue }
}
