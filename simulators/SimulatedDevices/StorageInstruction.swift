internal import Building
import Foundation
package import HomePhysics

/// What a gateway tells one battery or car.
package struct StorageInstruction: Sendable, Hashable {
    /// The subscription that brings the commands for all of them.
    package static let filter = "/actuators/\(Slug.building)/+"

    package var device: String
    /// `nil`: nobody wants anything of it any more.
    package var order: StorageOrder?

    /// Reads `/actuators/building/<device>` with `{"mode":"charging","watts":3000}`, or with nothing where a wish was
    /// taken back. `nil` where the topic is another, or it can't be read: storage does nothing on what it can't read.
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
        // As fast as it can where no power is said.
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
