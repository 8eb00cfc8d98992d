import Building
import Foundation

/// A limiter of valve moves, which keeps moves that no one would feel from wearing out the motor and battery.
struct ValveMoveLimiter: Sendable {
    private let settings: RoomClimateSettings
    /// The last commanded level; `nil` before the first command.
    private(set) var commanded: PercentOpen?
    private var lastMove: Duration?
    private var budget: TravelBudget
    private var recent = RecentTravel()
    /// The recent travel by moves that could have waited.
    private var swing = RecentTravel(memorySeconds: 4 * 3600)

    init(settings: RoomClimateSettings, commanded: PercentOpen?) {
        self.settings = settings
        self.commanded = commanded
        budget = TravelBudget(percentPerDay: Double(settings.dailyTravelPercent))
    }

    /// Returns the level to command if `wanted` is right at `time`. Moves marked `mustMove` are never held back.
    ///
    /// The valve moves once `wanted` is two smallest moves away, and stops one short of it, like play in a gear: a
    /// `wanted` that swings about a mean then moves the valve less by that much at every turn.
    ///
    /// - Parameter isCalm: Whether the room is so close to its set-point that a small move is not worth it.
    /// - Parameter kelvinPerPercent: The radiator's strength. Where a percent has a large effect, moves may be smaller
    ///   and more frequent in proportion: in kelvin they are worth the same.
    mutating func level(
        wanted: PercentOpen, at time: Duration, isCalm: Bool, mustMove: Bool, kelvinPerPercent: Double
    ) -> PercentOpen {
        let weight = max(1, kelvinPerPercent / Self.usualKelvinPerPercent)
        guard let present = commanded else {
            commanded = wanted
            lastMove = time
            return wanted
        }
        guard wanted != present,
            mustMove || isWorthwhile(from: present, to: wanted, weight: weight, at: time, isCalm: isCalm)
        else {
            return present
        }
        let level = mustMove ? wanted : short(of: wanted, from: present, weight: weight)
        budget.spend(abs(level.percent - present.percent), at: time)
        recent.add(abs(level.percent - present.percent), at: time)
        if !mustMove { swing.add(abs(level.percent - present.percent), at: time) }
        commanded = level
        lastMove = time
        return level
    }

    /// Returns whether the valve has moved so little recently that it may as well hold the room more closely.
    func isRested(at time: Duration) -> Bool {
        recent.percent(at: time) < Double(settings.restedTravelPercent)
    }

    /// Returns the factor by which the valve should depart less from its mean than the model asks for: 1, but more for
    /// a valve that swings to and fro because the room responds faster than the model knows.
    func restraint(at time: Duration) -> Double { max(1, swing.percent(at: time) / Self.usualSwingPercent) }

    /// Returns whether the valve moves to and fro so much that the room may respond faster than the model knows.
    func isSwinging(at time: Duration) -> Bool { swing.percent(at: time) >= Self.usualSwingPercent / 2 }

    /// The distance that a valve travels within some hours for a new set-point, there and back, %.
    private static let usualSwingPercent = 200.0

    /// The radiator's strength up to which moves are as configured, K per %.
    private static let usualKelvinPerPercent = 0.1

    /// Returns `wanted`, less the play in the direction of the move.
    private func short(of wanted: PercentOpen, from present: PercentOpen, weight: Double) -> PercentOpen {
        guard wanted.percent > 0, wanted.percent < 100 else { return wanted }
        let play = Int(Double(settings.minimumChangePercent) / weight)
        return PercentOpen(
            clamping: wanted > present
                ? max(present.percent, wanted.percent - play) : min(present.percent, wanted.percent + play))
    }

    private mutating func isWorthwhile(
        from present: PercentOpen, to wanted: PercentOpen, weight: Double, at time: Duration, isCalm: Bool
    ) -> Bool {
        let change = abs(wanted.percent - present.percent)
        if change >= settings.largeChangePercent { return true }
        // The ends are worth a small step: a valve that is almost shut still heats, and one that is almost open still
        // throttles.
        let reachesEnd = wanted.percent == 0 || wanted.percent == 100
        // The less of the day's travel is left, the larger a move has to be. Calm rooms tolerate a larger deviation.
        let worth = 2 * settings.minimumChangePercent * (isCalm ? 2 : 1) * budget.thrift(at: time)
        let least = (Double(min(worth, settings.largeChangePercent)) / weight).rounded()
        guard Double(change) >= max(1, least) || reachesEnd else { return false }
        guard let lastMove else { return true }
        return time - lastMove >= settings.minimumInterval / weight
    }
}

/// The recent travel of a valve, exponentially weighted: moves one memory back count for about a third.
struct RecentTravel: Sendable {
    private let memorySeconds: Double
    private var sum = 0.0
    private var updated = Duration.zero

    init(memorySeconds: Double = 86_400) {
        self.memorySeconds = memorySeconds
    }

    /// Adds a move of `percent`.
    mutating func add(_ percent: Int, at time: Duration) {
        sum = self.percent(at: time) + Double(percent)
        updated = time
    }

    /// Returns the weighted travel at `time`, %.
    func percent(at time: Duration) -> Double {
        sum * exp(-(time - updated).inSeconds.limited(to: 0...1e6, else: 0) / memorySeconds)
    }
}

/// The remaining travel of a valve: a budget that refills evenly over the day.
struct TravelBudget: Sendable {
    private let percentPerDay: Double
    private var left: Double
    private var updated = Duration.zero

    init(percentPerDay: Double) {
        self.percentPerDay = percentPerDay
        left = percentPerDay
    }

    mutating func spend(_ percent: Int, at time: Duration) {
        refill(at: time)
        left = max(0, left - Double(percent))
    }

    /// Returns the factor by which a move has to be larger than usual: 1 with plenty left, 4 with nothing.
    mutating func thrift(at time: Duration) -> Int {
        refill(at: time)
        return switch left / percentPerDay {
        case 0.5...: 1
        case 0.25..<0.5: 2
        case 0.1..<0.25: 3
        default: 4
        }
    }

    private mutating func refill(at time: Duration) {
        let seconds = (time - updated).inSeconds.limited(to: 0...86_400, else: 0)
        left = min(percentPerDay, left + seconds / 86_400 * percentPerDay)
        updated = time
    }
}
