/// What became of one sensor reading.
public enum Observation: Sendable, Hashable {
    /// It takes part in the room's verdict.
    case accepted
    /// No room is that warm or cold, or it is no number: the sensor has no vote until it sends a plausible value.
    case implausible
    /// The room has as many sensors as it can follow (64), and this is one more.
    case tooManySensors
}

/// The latest word of each sensor in one room.
struct SensorPanel: Sendable {
    /// How many sensors a room can have.
    static let capacity = 64
    /// A sensor that nobody configured is forgotten after a silence this long.
    static let memory = Duration.seconds(86_400)

    struct Entry: Sendable {
        /// `nil` while what it sends is implausible.
        var celsius: Double?
        /// The room's time when it was last heard.
        var lastHeard: Duration
    }

    private let configured: Set<String>
    private let plausibleCelsius: ClosedRange<Double>
    private(set) var entries: [String: Entry] = [:]
    /// When the last plausible value arrived.
    private(set) var lastPlausible: Duration?

    init(configured: [String], plausibleCelsius: ClosedRange<Double>) {
        self.configured = Set(configured.prefix(Self.capacity))
        self.plausibleCelsius = plausibleCelsius
    }

    /// How many sensors the room should have, as far as is known.
    var expectedCount: Int {
        max(configured.count, entries.count)
    }

    mutating func observe(sensor: String, celsius: Double, at time: Duration) -> Observation {
        guard makeRoom(for: sensor, at: time) else { return .tooManySensors }
        guard celsius.isFinite, plausibleCelsius.contains(celsius) else {
            entries[sensor] = Entry(celsius: nil, lastHeard: time)
            return .implausible
        }
        entries[sensor] = Entry(celsius: celsius, lastHeard: time)
        lastPlausible = time
        return .accepted
    }

    /// The plausible values of the sensors that were heard within `limit` before `time`.
    func usable(at time: Duration, stalenessLimit limit: Duration) -> [Double] {
        entries.values.compactMap { time - $0.lastHeard <= limit ? $0.celsius : nil }
    }

    /// Forgets sensors that nobody configured and that have been silent for a day.
    mutating func forgetTheSilent(at time: Duration) {
        let silent = entries.filter { !configured.contains($0.key) && time - $0.value.lastHeard > Self.memory }
        for name in silent.keys { entries[name] = nil }
    }

    /// Whether there is a place for `sensor`. Configured sensors always find one: strangers yield to them.
    private mutating func makeRoom(for sensor: String, at time: Duration) -> Bool {
        if entries[sensor] != nil || entries.count < Self.capacity { return true }
        forgetTheSilent(at: time)
        if entries.count < Self.capacity { return true }
        guard configured.contains(sensor) else { return false }
        let strangers = entries.filter { !configured.contains($0.key) }
        guard let oldest = strangers.min(by: { $0.value.lastHeard < $1.value.lastHeard }) else { return false }
        entries[oldest.key] = nil
        return true
    }
}
