import Building
import Synchronization

/// Where the gateway's own readings wait for the store: bounded, so that control never waits for a disk.
final class ReadingInbox: Sendable {
    static let capacity = 10_000

    private let state = Mutex(State())

    private struct State {
        var readings: [Reading] = []
        var dropped = 0
    }

    /// Takes readings; the oldest make room when the store has been away for long.
    func put(_ new: [Reading]) {
        state.withLock { state in
            state.readings.append(contentsOf: new)
            let excess = state.readings.count - Self.capacity
            if excess > 0 {
                state.readings.removeFirst(excess)
                state.dropped += excess
            }
        }
    }

    func takeAll() -> [Reading] {
        state.withLock { state in
            defer { state.readings = [] }
            return state.readings
        }
    }

    /// Puts readings back that could not be stored, before those that came meanwhile.
    func putBack(_ old: [Reading]) {
        state.withLock { state in
            let room = max(0, Self.capacity - state.readings.count)
            state.dropped += max(0, old.count - room)
            state.readings = old.suffix(room) + state.readings
        }
    }

    /// How many had to make room since the start.
    var dropped: Int { state.withLock { $0.dropped } }
}
