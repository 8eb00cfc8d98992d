internal import Building
import Foundation
package import HomePhysics

/// A gateway's instruction to one battery or car.
package struct StorageInstruction: Sendable, Hashable {
    /// The topic filter for the instructions to all of them.
    package static let filter = "/actuators/\(Slug.building)/+"

    /// The id of the battery or car.
    package var device: String
    /// The order; `nil` if no state is desired any more.
    package var order: StorageOrder?

    /// Decodes `/actuators/building/<device>` with a payload such as `{"mode":"charging","watts":3000}`, or an empty
    /// payload if a desired state was withdrawn. Returns `nil` for any other topic or payload, which storage ignores.
    package init?(topic: String, payload: [UInt8]) {
        struct Payload: Decodable {
            var mode: String
            var watts: Double?
        }
        let prefix = "/actuators/\(Slug.building)/"
        guard topic.hasPrefix(prefix), let device = Slug(topic.dropFirst(prefix.count)) else { return nil }
        self.device = device.text
        guard !payload.isEmpty else { return }
        guard let content = try? JSONDecoder().decode(Payload.self, from: Data(payload)) else { return nil }
        // Without a power, the storage charges or discharges as fast as it can.
        let watts = content.watts ?? .greatestFiniteMagnitude
        guard watts >= 0 else { return nil }
        switch content.mode {
        case "charging": order = .charge(watts: watts)
        case "discharging": order = .discharge(watts: watts)
        case "idle": order = .idle
        default: return nil
        }
    }
}
