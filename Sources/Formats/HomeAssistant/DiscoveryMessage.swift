/// One retained message that makes an entity appear in Home Assistant.
package struct DiscoveryMessage: Hashable, Sendable {
    package var topic: String
    /// JSON.
    package var payload: [UInt8]
}

/// Where Home Assistant looks for what there is: `<prefix>/<component>/<node>/<object>/config`.
package struct DiscoveryTopics: Hashable, Sendable {
    /// Home Assistant's own word for it, `homeassistant` unless it was set otherwise there.
    package let prefix: String
    /// Everything of one building.
    package let node: String

    /// - Parameter building: the building's slug.
    package init(prefix: String, building: String) {
        self.prefix = prefix
        node = "hearth-\(building)"
    }

    /// What Home Assistant says of itself, `online` after it has started, whatever the prefix.
    package static let birth = "homeassistant/status"

    /// Everything that was ever made to appear for this building.
    package var filter: String { "\(prefix)/+/\(node)/+/config" }

    func config(_ component: String, _ object: String) -> String { "\(prefix)/\(component)/\(node)/\(object)/config" }

    /// Whether `topic` is one of those that `filter` stands for.
    package func covers(_ topic: String) -> Bool {
        guard topic.hasPrefix(prefix + "/"), topic.hasSuffix("/config") else { return false }
        let levels = topic.dropFirst(prefix.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        return levels.count == 4 && levels[1] == node
    }
}
