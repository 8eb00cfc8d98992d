package import Building
import Foundation

/// Tells what each temperature sensor of a room is worth: a reading `sensor_quality` of the room's `climate` device
/// whenever that changes, and now and then while it does not. So what is known of a sensor that has fallen silent
/// reaches those who look at its last value.
package struct SensorQualityReport {
    /// What was told longer ago is told again. Who reads it takes what is much older for forgotten.
    package static let repeatInterval = Duration.seconds(600)

    private var told: [Slug: String] = [:]
    private var nextRepeat: MonotonicInstant?

    package init() {}

    /// The rooms of which there is something to tell now, with the values.
    package mutating func news(
        _ rooms: some Sequence<(room: Slug, sensors: [String: Quality])>, at instant: MonotonicInstant
    ) -> [(room: Slug, value: String)] {
        if nextRepeat.map({ instant >= $0 }) ?? true {
            nextRepeat = instant + Self.repeatInterval
            told = [:]
        }
        return rooms.compactMap { room, sensors in
            let value = Self.text(sensors)
            return told.updateValue(value, forKey: room) == value ? nil : (room, value)
        }
    }

    /// The sensors that are not good, as JSON: `{"sensor-2":"failed"}`. Of more than a reading can hold, the first.
    package static func text(_ sensors: [String: Quality]) -> String {
        var bad = sensors.filter { $0.value != .good }.sorted { $0.key < $1.key }
        while true {
            let names = Dictionary(bad.map { ($0.key, $0.value.name) }) { first, _ in first }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let text = (try? encoder.encode(names)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
            if text.utf8.count <= ReadingValue.longestText { return text }
            bad.removeLast()
        }
    }
}
