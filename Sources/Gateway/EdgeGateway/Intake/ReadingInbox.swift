package import Building
package import Outbox
import Synchronization

/// The inbox in which the gateway's own readings wait for the store: bounded, so that control never waits for a disk.
package final class ReadingInbox: Sendable {
    /// The maximum number of waiting readings.
    package static let capacity = 10_000

    /// A reading that gets its time when it is stored: the calendar may be set while it waits.
    package struct Entry: Sendable {
        var reading: Reading
        var takenAt: MonotonicInstant
    }

    /// The maximum number of waiting dead letters; beyond it, new ones are counted as dropped.
    package static let letterCapacity = 100

    private let state = Mutex(State())

    private struct State {
        var entries: [Entry] = []
        var letters: [DeadLetter] = []
        var dropped = 0
    }

    /// Creates an empty inbox.
    package init() {}

    /// Adds readings; the times in them are ignored. If the store is away for long, the oldest readings are dropped.
    package func put(_ new: [Reading], at now: MonotonicInstant) {
        state.withLock { state in
            state.entries += new.map { Entry(reading: $0, takenAt: now) }
            let excess = state.entries.count - Self.capacity
            if excess > 0 {
                state.entries.removeFirst(excess)
                state.dropped += excess
            }
        }
    }

    /// Adds a payload that can't be used, to be counted and stored.
    package func put(_ letter: DeadLetter) {
        state.withLock { state in
            guard state.letters.count < Self.letterCapacity else {
                state.dropped += 1
                return
            }
            state.letters.append(letter)
        }
    }

    /// Removes and returns all dead letters.
    package func takeLetters() -> [DeadLetter] {
        state.withLock { state in
            defer { state.letters = [] }
            return state.letters
        }
    }

    /// Removes and returns all readings.
    package func takeAll() -> [Entry] {
        state.withLock { state in
            defer { state.entries = [] }
            return state.entries
        }
    }

    /// Puts back readings that could not be stored, before those added meanwhile.
    package func putBack(_ old: [Entry]) {
        state.withLock { state in
            let room = max(0, Self.capacity - state.entries.count)
            state.dropped += max(0, old.count - room)
            state.entries = old.suffix(room) + state.entries
        }
    }

    /// Puts back dead letters that could not be stored.
    package func putBack(_ letters: [DeadLetter]) {
        state.withLock { state in
            let all = letters + state.letters
            state.letters = Array(all.prefix(Self.letterCapacity))
            state.dropped += all.count - state.letters.count
        }
    }

    /// The number of readings and dead letters dropped since the start.
    var dropped: Int { state.withLock { $0.dropped } }
}

extension GatewayClock {
    /// Stamps the gateway's own readings with the calendar times at which they were taken.
    ///
    /// - Returns: the readings, and the clock offset if the calendar can't be trusted, else `nil`.
    package func stamp(_ entries: [ReadingInbox.Entry]) -> ([Reading], unset: ClockOffset?) {
        let present = read()
        let readings = entries.map { entry in
            var reading = entry.reading
            reading.receivedTime = Timestamp(
                millisecondsSince1970: entry.takenAt.sinceOrigin.inMilliseconds + present.offset.milliseconds)
            reading.eventTime = reading.receivedTime
            reading.clockTrusted = present.isTrusted
            return reading
        }
        return (readings, present.unset)
    }
}
