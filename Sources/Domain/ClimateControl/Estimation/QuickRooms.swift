/// The kinds of quick rooms, each followed as if the room were one, and whether it is one at all.
///
/// The kind that has predicted best is believed (multiple models: Magill, "Optimal adaptive estimation of sampled
/// stochastic processes", IEEE Trans. AC 10, 1965). Ordinary rooms, in which a percent of opening is worth a tenth of what
/// makes a room a quick one, are left to the room model.
struct QuickRooms: Sendable {
    private static let kinds = [1.0, 15].flatMap { emitter in
        [0.5, 4.5].map { QuickRoom.Kind(emitterMinutes: emitter, sensorMinutes: $0) }
    }
    /// A room is a quick one from this strength on, in K per minute and %…
    private static let quick = 0.003
    /// …until it turns out to be weaker than this.
    private static let ordinary = 0.0018
    /// By so much another kind has to have predicted better, as minus twice the logarithm of its likelihood…
    private static let advantage = 4.0
    /// …and no kind is ever so bad that it could not come back.
    private static let worst = 300.0
    /// Minutes in which the kinds predict the same to within this say nothing, in K: what a quiet day adds up to is noise.
    private static let tellingKelvin = 0.05

    private var rooms: [QuickRoom]
    private var badness = [Double](repeating: 0, count: kinds.count)
    /// At first the one with the longest lags.
    private var best = kinds.count - 1
    /// Whether the room is a quick one.
    private(set) var isQuick = false

    /// - Parameter strength: As for `QuickRoom`.
    init(celsius: Double, openPercent: Double, strength: Double?) {
        rooms = Self.kinds.map {
            QuickRoom(kind: $0, celsius: celsius, openPercent: openPercent, strength: strength)
        }
    }

    /// The one that has predicted best.
    var believed: QuickRoom { rooms[best] }

    /// One minute, as in `QuickRoom`.
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

    /// The whole room has become this much warmer at once.
    mutating func shift(by kelvin: Double) {
        for index in rooms.indices { rooms[index].shift(by: kelvin) }
    }

    /// Takes the air to be as the sensors say, and leaves the rest as it is: for what passes without a trace.
    mutating func align(to celsius: Double) {
        for index in rooms.indices { rooms[index].shift(by: celsius - rooms[index].sensedCelsius) }
    }
}
