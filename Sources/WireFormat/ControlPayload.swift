public import Building
import Foundation

/// The payloads that the control loop sends and takes.
public enum ControlPayload {
    /// `{"level":14}`
    public static func actuator(_ level: PercentOpen) -> [UInt8] {
        Array(#"{"level":\#(level.percent)}"#.utf8)
    }

    /// The level of `{"level":14}`; `nil` where the payload is something else.
    public static func level(_ payload: [UInt8]) -> PercentOpen? {
        struct Level: Decodable { var level: Double }
        guard let level = try? JSONDecoder().decode(Level.self, from: Data(payload)).level, level.isFinite else {
            return nil
        }
        return PercentOpen(clamping: level)
    }
}
