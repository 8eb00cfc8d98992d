/// In which buildings newest readings changed, as one notification says it.
package enum LatestChange: Hashable, Sendable {
    case everywhere
    case buildings(Set<Int>)

    /// - Parameter payload: of a notification on `CentralStore.latestChannel`. What cannot be read counts as
    ///   everywhere, so that nothing is missed.
    package init(payload: String) {
        let parts = payload.split(separator: ",")
        let ids = parts.compactMap { Int($0) }
        self = ids.isEmpty || ids.count != parts.count ? .everywhere : .buildings(Set(ids))
    }

    package mutating func merge(_ other: LatestChange) {
        switch (self, other) {
        case (.buildings(let mine), .buildings(let others)): self = .buildings(mine.union(others))
        default: self = .everywhere
        }
    }

    package func concerns(_ building: Int) -> Bool {
        switch self {
        case .everywhere: true
        case .buildings(let buildings): buildings.contains(building)
        }
    }
}

extension CentralStore {
    /// On which channel `LatestChange` comes.
    package static var latestChannel: StaticString { LatestAnnouncer.channel }
}
