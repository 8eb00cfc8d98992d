import Building
import Rig
import Synchronization

/// What time it is in a scene. It moves only when the scene says so.
final class SimulatedTime: Sendable {
    private struct State {
        var monotonic: Duration = .seconds(1_000)
        /// How far the gateway's calendar is from the monotonic clock, milliseconds.
        var offset: Int64
    }

    private let state: Mutex<State>
    /// Where the right calendar stands.
    private let rightOffset: Int64

    init() {
        // 2026-11-02 10:00 UTC less the clock's start: within one week for as long as a scene lasts.
        rightOffset = 1_793_613_600_000 - 1_000_000
        state = Mutex(State(offset: rightOffset))
    }

    var monotonic: MonotonicInstant { MonotonicInstant(sinceOrigin: state.withLock { $0.monotonic }) }

    /// As the gateway sees it.
    var calendar: Timestamp {
        state.withLock { Timestamp(millisecondsSince1970: Self.milliseconds($0.monotonic) + $0.offset) }
    }

    /// As it is.
    var rightCalendar: Timestamp {
        state.withLock { Timestamp(millisecondsSince1970: Self.milliseconds($0.monotonic) + rightOffset) }
    }

    var isSet: Bool { state.withLock { $0.offset == rightOffset } }

    /// Calendar less monotonic time of the gateway, milliseconds.
    var offset: Int64 { state.withLock { $0.offset } }

    func advance(by duration: Duration) { state.withLock { $0.monotonic += max(duration, .zero) } }

    func advance(to instant: MonotonicInstant) {
        state.withLock { $0.monotonic = max($0.monotonic, instant.sinceOrigin) }
    }

    /// The gateway has booted without knowing the time: it is 1970.
    func forget() { state.withLock { $0.offset = -Self.milliseconds($0.monotonic) + 60_000 } }

    func set() { state.withLock { $0.offset = rightOffset } }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

/// Dice that closures may share.
final class SharedDice: Sendable {
    private let dice: Mutex<SeededRandom>

    init(_ dice: SeededRandom) { self.dice = Mutex(dice) }

    func roll<Value: Sendable>(_ body: (inout SeededRandom) -> Value) -> Value {
        dice.withLock { dice in body(&dice) }
    }
}

/// What happened, for whoever has to find out why a seed fails.
final class EventLog: Sendable {
    private let lines = Mutex<[String]>([])
    private let time: SimulatedTime

    init(time: SimulatedTime) { self.time = time }

    func note(_ event: @autoclosure () -> String) {
        let seconds = time.monotonic.sinceOrigin.components.seconds - 1_000
        let line = "\(seconds) s  \(event())"
        lines.withLock { $0.append(line) }
    }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
