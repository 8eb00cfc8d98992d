import Building

/// What became of one sensor reading.
package enum Observation: Sendable, Hashable {
    /// It takes part in the room's verdict.
    case accepted
    /// No room is that warm or cold, or it is no number: the sensor has no vote until it sends a plausible value.
    case implausible
    /// The sensor jumped further than air can: it has no vote until most others follow, or it has stayed there.
    case suspect
    /// The room has as many sensors as it can follow (64), and this is one more.
    case tooManySensors
}

/// The latest word of each sensor in one room, and what they say together.
struct SensorPanel: Sendable {
    /// How many sensors a room can have.
    static let capacity = 64
    /// A sensor that nobody configured is forgotten after a silence this long.
    static let memory = Duration.seconds(86_400)

    /// The room's temperature and what it rests on.
    struct Result: Sendable {
        var celsius: Double
        var quality: Quality
    }

    private let configured: Set<String>
    private let plausibleCelsius: ClosedRange<Double>
    private let stalenessLimit: Duration
    private var tracks: [String: SensorTrack] = [:]
    /// Offsets of sensors that were not heard since a restart.
    private var restored: [String: SensorOffset]
    private var lastFused: Duration?
    /// What each known sensor was worth at the last verdict, also where there was none. A sensor that was not heard since
    /// the start is given `stalenessLimit` to be heard.
    private(set) var sensors: [String: Quality] = [:]
    /// When the last plausible value arrived.
    private(set) var lastPlausible: Duration?

    init(
        configured: [String], plausibleCelsius: ClosedRange<Double>, stalenessLimit: Duration,
        offsets: [String: SensorOffset] = [:]
    ) {
        self.configured = Set(configured.prefix(Self.capacity))
        self.plausibleCelsius = plausibleCelsius
        self.stalenessLimit = stalenessLimit
        restored = offsets.count <= Self.capacity ? offsets : [:]
    }

    var offsets: [String: SensorOffset] {
        restored.merging(tracks.mapValues(\.offset)) { $1 }.mapValues(\.kept)
    }

    /// How many sensors the room should have, as far as is known.
    private var expectedCount: Int { max(configured.count, tracks.count) }

    mutating func observe(sensor: String, celsius: Double, at time: Duration) -> Observation {
        guard makeRoom(for: sensor, at: time) else { return .tooManySensors }
        let isPlausible = celsius.isFinite && plausibleCelsius.contains(celsius)
        var track =
            tracks[sensor] ?? SensorTrack(at: time, offset: restored.removeValue(forKey: sensor) ?? SensorOffset())
        track.hear(isPlausible ? celsius : nil, at: time)
        tracks[sensor] = track
        guard isPlausible, !track.isDoubted else { return .implausible }
        lastPlausible = time
        return track.isSuspect(at: time) ? .suspect : .accepted
    }

    /// Takes the vote from sensors that say what no room can be now, until they come down by `doubtMarginKelvin`.
    ///
    /// - Parameter warmestCelsius: The warmest that the room can be with its valve shut for long.
    /// - Parameter newly: Whether it has been.
    mutating func doubt(above warmestCelsius: Double, newly: Bool, at time: Duration) {
        for name in tracks.keys {
            tracks[name]?.doubt(above: warmestCelsius, until: warmestCelsius - Self.doubtMarginKelvin, newly: newly)
        }
    }

    private static let doubtMarginKelvin = 5.0

    /// What the sensors say that were heard of late and can't be right, in °C; `nil` where there are none.
    func doubtedCelsius(at time: Duration) -> Double? {
        FusedTemperature.median(
            tracks.filter { isFresh($0.key, at: time) && $0.value.isDoubted }.values.compactMap(\.celsius))
    }

    /// What the sensors say together; `nil` while none is usable.
    mutating func fused(at time: Duration) -> Result? {
        forgetTheSilent(at: time)
        acceptCommonJumps(at: time)
        let names = tracks.keys.sorted()
        let usable = names.filter {
            isFresh($0, at: time) && tracks[$0]?.celsius != nil && tracks[$0]?.isDoubted == false
        }
        let voters = usable.filter { tracks[$0]?.isSuspect(at: time) == false }
        let corrected = voters.compactMap { tracks[$0]?.corrected }
        sensors = Dictionary(uniqueKeysWithValues: names.map { ($0, Quality.failed) })
        if time >= stalenessLimit {
            for name in configured where sensors[name] == nil { sensors[name] = .failed }
        }
        for name in usable { sensors[name] = .degraded }
        guard let fused = FusedTemperature(of: corrected) else { return nil }
        for (name, isBelieved) in zip(voters, fused.isBelieved) where isBelieved { sensors[name] = .good }
        let isGood = fused.outvoted == 0 && voters.count >= expectedCount
        if isGood { learnOffsets(voters, elapsed: time - (lastFused ?? time)) }
        lastFused = time
        return Result(celsius: fused.celsius, quality: isGood ? .good : .degraded)
    }

    /// Offsets are learned against what the sensors say without them, so that they can't wander off together: against
    /// the mean of all, in which their places and errors cancel best. Only sensors that agree take part, and for days,
    /// so one that begins to fail pulls it no further than a little.
    private mutating func learnOffsets(_ voters: [String], elapsed: Duration) {
        let values = voters.compactMap { tracks[$0]?.celsius }
        guard values.count >= 3 else { return }
        let mean = values.reduce(0, +) / Double(values.count)
        for name in voters { tracks[name]?.learnOffset(from: mean, elapsed: elapsed) }
    }

    /// A jump that most of the room's fresh sensors make is no sensor's fault; neither is one that lasts.
    private mutating func acceptCommonJumps(at time: Duration) {
        let fresh = tracks.keys.filter { isFresh($0, at: time) && tracks[$0]?.celsius != nil }
        let suspects = fresh.filter { tracks[$0]?.isSuspect(at: time) == true }
        let isCommon = suspects.count * 2 > fresh.count
        for name in fresh where isCommon || !suspects.contains(name) { tracks[name]?.acceptJump(at: time) }
    }

    private func isFresh(_ sensor: String, at time: Duration) -> Bool {
        guard let track = tracks[sensor] else { return false }
        return time - track.lastHeard <= stalenessLimit
    }

    /// Forgets sensors that nobody configured and that have been silent for a day.
    private mutating func forgetTheSilent(at time: Duration) {
        let silent = tracks.filter { !configured.contains($0.key) && time - $0.value.lastHeard > Self.memory }
        for name in silent.keys { tracks[name] = nil }
    }

    /// Whether there is a place for `sensor`. Configured sensors always find one: strangers yield to them.
    private mutating func makeRoom(for sensor: String, at time: Duration) -> Bool {
        if tracks[sensor] != nil || tracks.count < Self.capacity { return true }
        forgetTheSilent(at: time)
        if tracks.count < Self.capacity { return true }
        guard configured.contains(sensor) else { return false }
        let strangers = tracks.filter { !configured.contains($0.key) }
        guard let oldest = strangers.min(by: { $0.value.lastHeard < $1.value.lastHeard }) else { return false }
        tracks[oldest.key] = nil
        return true
    }
}
