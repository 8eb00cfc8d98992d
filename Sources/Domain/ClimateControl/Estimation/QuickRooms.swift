/// The kinds of quick rooms, each followed as if the room were of that kind, with the judgement whether it is a quick
/// room at all.
///
/// The kind with the best predictions is believed (multiple models: Magill, "Optimal adaptive estimation of sampled
/// stochastic processes", IEEE Trans. AC 10, 1965). Ordinary rooms, in which a percent of opening has a tenth of the
/// effect that makes a room a quick one, are left to the room model.
struct QuickRooms: Sendable {
    private static let kinds = [1.0, 15].flatMap { emitter in
        [0.5, 4.5].map { QuickRoom.Kind(emitterMinutes: emitter, sensorMinutes: $0) }
    }
    /// The strength from which a room counts as quick, K per minute and %.
    private static let quick = 0.003
    /// The strength below which a quick room counts as ordinary again, K per minute and %.
    private static let ordinary = 0.0018
    /// The advantage in prediction that another kind needs to be believed instead, as minus twice the logarithm of its
    /// likelihood.
    private static let advantage = 4.0
    /// The limit of the evidence against a kind, so that every kind can come back.
    private static let worst = 300.0
    /// The least difference between the kinds' predictions for a minute to count as evidence, K: what a quiet day adds
    /// up to is noise.
    private static let tellingKelvin = 0.05

    private var rooms: [QuickRoom]
    private var badness = [Double](repeating: 0, count: kinds.count)
    /// The index of the believed kind, initially the one with the longest lags.
    private var best = kinds.count - 1
    /// A Boolean value that indicates whether the room is a quick one.
    private(set) var isQuick = false

    /// Creates all kinds of a room as it is first met.
    ///
    /// - Parameter strength: The effect of a percent of opening learned before, as for `QuickRoom`.
    init(celsius: Double, openPercent: Double, strength: Double?) {
        rooms = Self.kinds.map {
            QuickRoom(kind: $0, celsius: celsius, openPercent: openPercent, strength: strength)
        }
    }

    /// The kind with the best predictions.
    var believed: QuickRoom { rooms[best] }

    /// Advances one minute, as in `QuickRoom`.
    mutating func step(openPercent: Double, measuring celsius: Double?, learns: Bool) {
        for index in rooms.indices {
            rooms[index].step(openPercent: openPercent, measuring: celsius, learns: learns)
        }
        if celsius != nil { judge() }
        isQuick = isQuick ? believed.strength > Self.ordinary : believed.leastStrength > Self.quick
    }

    private mutating func judge() {
        let errors = rooms.map(\.error)
        guard let least = errors.min(), let most = errors.max(), most - least > Self.tellingKelvin else { return }
        for index in rooms.indices { badness[index] += rooms[index].surprise }
        let leastBad = badness.min() ?? 0
        badness = badness.map { min($0 - leastBad, Self.worst) }
        for index in rooms.indices where badness[index] < badness[best] - Self.advantage { best = index }
    }

    /// Raises the temperature of the whole room at once.
    mutating func shift(by kelvin: Double) {
        for index in rooms.indices { rooms[index].shift(by: kelvin) }
    }

    /// Sets the air to the sensors' value and leaves all other states as they are, for events that pass without a
    /// trace.
    mutating func align(to celsius: Double) {
        for index in rooms.indices { rooms[index].shift(by: celsius - rooms[index].sensedCelsius) }
    }
}
