/// The degree to which a value can be trusted. The raw values are used in batches and in the central database.
package enum Quality: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// A value as the sensor sent it, at a plausible time.
    case good = 0
    /// A usable value with something unusual about it: fewer sensors than usual, or an implausible time.
    case degraded = 1
    /// A value that was not measured but filled in by a model.
    case estimated = 2
    /// A value that must not be used.
    case failed = 3

    /// The name used by REST, GraphQL and chat.
    package var name: String {
        switch self {
        case .good: "good"
        case .degraded: "degraded"
        case .estimated: "estimated"
        case .failed: "failed"
        }
    }

    /// Creates the quality with this `name`; `nil` if there is none.
    package init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// Returns whether `left` is more trustworthy than `right`.
    package static func < (left: Quality, right: Quality) -> Bool { left.rawValue < right.rawValue }
}
