package import Building
import Foundation

/// A report on the quality of each temperature sensor in a room: a reading `sensor_quality` of the room's `climate`
/// device whenever it changes, and from time to time while it does not. It tells readers of the last value about a
/// sensor that has fallen silent.
package struct SensorQualityReport {
    /// The interval after which unchanged qualities are reported again. Readers treat a report that is much older as
    /// outdated.
    package static let repeatInterval = Duration.seconds(600)

    private var told: [Slug: String] = [:]
    private var nextRepeat: MonotonicInstant?

    /// Creates a report that has not reported anything yet.
    package init() {}

    /// Returns the rooms that have something to report now, with the values.
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

    /// Returns the sensors that are not good as JSON, for example `{"sensor-2":"failed"}`. If a reading can't hold them
    /// all, the first are kept.
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
