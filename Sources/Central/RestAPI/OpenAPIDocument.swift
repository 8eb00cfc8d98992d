internal import APISupport
internal import Building
internal import JSON

/// The service's OpenAPI 3.1 description, assembled from the fragments in `OpenAPI/`, one per area.
package struct OpenAPIDocument: Sendable {
    /// The document as UTF-8 JSON.
    package let json: [UInt8]

    /// The description of this program.
    package static let own: OpenAPIDocument = {
        do {
            return try OpenAPIDocument(fragments: fragments, version: HearthVersion.current)
        } catch {
            // The fragments are compiled in, and tests fail if they do not fit together.
            preconditionFailure("OpenAPI: \(error)")
        }
    }()

    private static let fragments: [(name: String, text: String)] = [
        ("common", PackageResources.common_yaml),
        ("hierarchy", PackageResources.hierarchy_yaml),
        ("rooms", PackageResources.rooms_yaml),
        ("setpoint", PackageResources.setpoint_yaml),
        ("history", PackageResources.history_yaml),
        ("live", PackageResources.live_yaml),
        ("energy", PackageResources.energy_yaml),
        ("temperature", PackageResources.temperature_yaml),
        ("meters", PackageResources.meters_yaml),
        ("chat", PackageResources.chat_yaml),
        ("mcp", PackageResources.mcp_yaml),
        ("graphql", PackageResources.graphql_yaml),
        ("uplink", PackageResources.uplink_yaml),
        ("desired-state", PackageResources.desired_state_yaml),
        ("operation", PackageResources.operation_yaml),
    ].map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }

    /// Merges fragments into one document.
    ///
    /// - Parameters:
    ///   - fragments: YAML texts. The first describes the document itself; the others have only `paths` and
    ///     `components`.
    ///   - version: The version of the API described.
    /// - Throws: `OpenAPIError` if the fragments do not fit together.
    package init(fragments: [(name: String, text: String)], version: String) throws(OpenAPIError) {
        var whole = JSON.object([])
        for (index, (name, text)) in fragments.enumerated() {
            let fragment: JSON
            do {
                fragment = try YAMLDocument(text).json
            } catch {
                throw OpenAPIError("\(name).yaml cannot be converted to JSON: \(error)")
            }
            guard case .object(let members) = fragment else { throw OpenAPIError("\(name).yaml must be a mapping") }
            if index > 0, let other = members.first(where: { $0.name != "paths" && $0.name != "components" }) {
                throw OpenAPIError("\(name).yaml contains \(other.name): only paths and components are allowed")
            }
            whole = try Self.merged(whole, fragment, depth: 3, at: name)
        }
        guard let info = whole["info"] else { throw OpenAPIError("info is missing") }
        let named = try Self.merged(info, ["version": .string(version)], depth: 1, at: "info")
        json = whole.replacing("info", with: named).bytes
    }

    /// Merges objects down to `depth` levels. Below, and for all other values, a name may occur only once.
    private static func merged(
        _ first: JSON, _ second: JSON, depth: Int, at place: String
    ) throws(OpenAPIError) -> JSON {
        guard depth > 0, case .object(var members) = first, case .object(let others) = second else {
            throw OpenAPIError("\(place) is defined twice")
        }
        for other in others {
            if let index = members.firstIndex(where: { $0.name == other.name }) {
                members[index].value = try merged(
                    members[index].value, other.value, depth: depth - 1, at: "\(place) › \(other.name)")
            } else {
                members.append(other)
            }
        }
        return .object(members)
    }
}

/// The reason the fragments do not form a document.
package struct OpenAPIError: Error, CustomStringConvertible {
    /// The reason, for developers.
    package var description: String

    init(_ description: String) { self.description = description }
}

extension JSON {
    fileprivate func replacing(_ name: String, with value: JSON) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == name ? .init(name, value) : $0 })
    }
}
