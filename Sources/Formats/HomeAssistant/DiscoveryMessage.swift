/// A retained message that makes an entity appear in Home Assistant.
package struct DiscoveryMessage: Hashable, Sendable {
    /// The topic to publish to.
    package var topic: String
    /// The entity's configuration, as JSON in UTF-8.
    package var payload: [UInt8]
}

/// The topics of discovery messages: `<prefix>/<component>/<node>/<object>/config`.
package struct DiscoveryTopics: Hashable, Sendable {
    /// Home Assistant's discovery prefix, `homeassistant` unless configured otherwise there.
    package let prefix: String
    /// The topic level that all entities of one building share.
    package let node: String

    /// Creates the topics of one building.
    ///
    /// - Parameters:
    ///   - prefix: Home Assistant's discovery prefix.
    ///   - building: The building's slug.
    package init(prefix: String, building: String) {
        self.prefix = prefix
        node = "hearth-\(building)"
    }

    /// The topic of Home Assistant's own status, `online` after it has started, whatever the prefix.
    package static let birth = "homeassistant/status"

    /// The topic filter of all discovery messages of this building, including obsolete ones.
    package var filter: String { "\(prefix)/+/\(node)/+/config" }

    func config(_ component: String, _ object: String) -> String { "\(prefix)/\(component)/\(node)/\(object)/config" }

    /// Returns whether `topic` matches `filter`.
    package func covers(_ topic: String) -> Bool {
        guard topic.hasPrefix(prefix + "/"), topic.hasSuffix("/config") else { return false }
        let levels = topic.dropFirst(prefix.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        return levels.count == 4 && levels[1] == node
    }
}
