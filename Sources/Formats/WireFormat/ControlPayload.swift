package import Building
import Foundation
import JSON

/// The payloads that the control loop sends and takes.
package enum ControlPayload {
    /// `{"level":14}`
    package static func actuator(_ level: PercentOpen) -> [UInt8] {
        Array(#"{"level":\#(level.percent)}"#.utf8)
    }

    /// The level of `{"level":14}`; `nil` where the payload is something else.
    package static func level(_ payload: [UInt8]) -> PercentOpen? {
        struct Level: Decodable { var level: Double }
        guard let level = try? JSONDecoder().decode(Level.self, from: Data(payload)).level, level.isFinite,
            JSON.hasUniqueNames(payload)
        else { return nil }
        return PercentOpen(clamping: level)
    }

    /// `{"mode":"charging","watts":3000}`
    package static func storage(_ command: StorageCommand) -> [UInt8] {
        Array(#"{"mode":"\#(command.mode.rawValue)","watts":\#(ReadingValue.shortest(command.watts))}"#.utf8)
    }

    /// The command of `{"mode":"charging","watts":3000}`; `nil` where the payload is something else. Nothing at all says
    /// that nobody wishes for anything any more.
    package static func storage(_ payload: [UInt8]) -> StorageCommand? {
        guard payload.count <= 4096,
            let command = try? JSONDecoder().decode(StorageCommand.self, from: Data(payload)),
            command.watts.isFinite, command.watts >= 0, JSON.hasUniqueNames(payload)
        else { return nil }
        return command
    }
}
