/// The buildings in which latest readings or set-points changed, as one notification lists them.
package enum LatestChange: Hashable, Sendable {
    /// All buildings.
    case everywhere
    /// The buildings with these ids.
    case buildings(Set<Int>)

    /// Parses a notification.
    ///
    /// - Parameter payload: The payload on `CentralStore.latestChannel` or `desiredStateChannel`. An unreadable one
    ///   counts as all buildings, so that no change is missed.
    package init(payload: String) {
        let parts = payload.split(separator: ",")
        let ids = parts.compactMap { Int($0) }
        self = ids.isEmpty || ids.count != parts.count ? .everywhere : .buildings(Set(ids))
    }

    /// Adds the buildings of another change.
    package mutating func merge(_ other: LatestChange) {
        switch (self, other) {
        case (.buildings(let mine), .buildings(let others)): self = .buildings(mine.union(others))
        default: self = .everywhere
        }
    }

    /// Returns whether the building is among those that changed.
    package func concerns(_ building: Int) -> Bool {
        switch self {
        case .everywhere: true
        case .buildings(let buildings): buildings.contains(building)
        }
    }
}

extension CentralStore {
    /// The notification channel of new latest readings; the payload is a `LatestChange`.
    package static var latestChannel: StaticString { LatestAnnouncer.channel }
}
