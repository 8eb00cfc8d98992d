import Building

/// The outcome of one sensor reading.
package enum Observation: Sendable, Hashable {
    /// The reading contributes to the room's temperature.
    case accepted
    /// The value is not finite, or not a possible room temperature: the sensor has no vote until it sends a plausible
    /// value.
    case implausible
    /// The sensor jumped further than air can: it has no vote until most others follow, or until it has stayed there.
    case suspect
    /// The room already has as many sensors as it can follow (64).
    case tooManySensors
}

/// The sensors of one room: the latest value of each, and their fusion.
struct SensorPanel: Sendable {
    /// The maximum number of sensors in a room.
    static let capacity = 64
    /// The silence after which a sensor that is not configured is forgotten.
    static let memory = Duration.seconds(86_400)

    /// The room's temperature and its quality.
    struct Result: Sendable {
        var celsius: Double
        var quality: Quality
    }

    private let configured: Set<String>
    private let plausibleCelsius: ClosedRange<Double>
    private let stalenessLimit: Duration
    private var tracks: [String: SensorTrack] = [:]
    /// The offsets of sensors that have not been heard since a restart.
    private var restored: [String: SensorOffset]
    private var lastFused: Duration?
    /// The quality of each known sensor at the last fusion, even if that gave no temperature. A sensor not heard since
    /// the start has `stalenessLimit` to be heard.
    private(set) var sensors: [String: Quality] = [:]
    /// The time of the last plausible value.
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

    /// The offset of each sensor's place, as kept over a restart.
    var offsets: [String: SensorOffset] {
        restored.merging(tracks.mapValues(\.offset)) { $1 }.mapValues(\.kept)
    }

    /// The number of sensors that the room should have, as far as known.
    private var expectedCount: Int { max(configured.count, tracks.count) }

    /// Takes one value, °C, and returns its outcome.
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

    /// Removes the vote of sensors that report an impossible temperature, until they come down by `doubtMarginKelvin`.
    ///
    /// - Parameter warmestCelsius: The highest possible temperature of the room with its valve shut for long, °C.
    /// - Parameter newly: Whether the valve has been shut for long, so that sensors may newly be doubted.
    mutating func doubt(above warmestCelsius: Double, newly: Bool, at time: Duration) {
        for name in tracks.keys {
            tracks[name]?.doubt(above: warmestCelsius, until: warmestCelsius - Self.doubtMarginKelvin, newly: newly)
        }
    }

    private static let doubtMarginKelvin = 5.0

    /// Returns the impossible temperature that recently heard sensors report, °C; `nil` if there is none.
    func doubtedCelsius(at time: Duration) -> Double? {
        FusedTemperature.median(
            tracks.filter { isFresh($0.key, at: time) && $0.value.isDoubted }.values.compactMap(\.celsius))
    }

    /// Returns the fused temperature; `nil` while no sensor is usable.
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

    /// Learns the sensors' offsets against the mean of all, in which their places and errors cancel best, from
    /// uncorrected values, so that the offsets cannot drift together. Only sensors that agree take part, and learning
    /// takes days, so one that begins to fail shifts the mean only a little.
    private mutating func learnOffsets(_ voters: [String], elapsed: Duration) {
        let values = voters.compactMap { tracks[$0]?.celsius }
        guard values.count >= 3 else { return }
        let mean = values.reduce(0, +) / Double(values.count)
        for name in voters { tracks[name]?.learnOffset(from: mean, elapsed: elapsed) }
    }

    /// Accepts a jump that most of the room's fresh sensors make, or that lasts: neither is a sensor's fault.
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

    /// Forgets sensors that are not configured and have been silent for a day.
    private mutating func forgetTheSilent(at time: Duration) {
        let silent = tracks.filter { !configured.contains($0.key) && time - $0.value.lastHeard > Self.memory }
        for name in silent.keys { tracks[name] = nil }
    }

    /// Returns whether there is a place for `sensor`. Configured sensors always get one, at the expense of others.
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
