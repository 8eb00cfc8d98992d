package import Storage
internal import Synchronization

/// What one listener of a room is still to be sent. What it has not taken yet is replaced by what is newer, so that a
/// slow listener costs no more memory than its room has newest readings.
package final class LiveStream: Sendable {
    package struct Update: Sendable {
        /// Everything; `nil` where `changes` says what is new.
        package var snapshot: RoomSnapshot?
        /// What is wanted of the room's set-point, and what its gateway says, where that is new.
        package var setpoint: RoomSetpoint?
        /// What is new, with the time zone of the room.
        package var changes: [(device: String, latest: RoomSnapshot.Latest)] = []
        package var timeZone = "UTC"
        /// With this update the listener has everything up to here.
        package var mark: ChangeMark
    }

    /// A value for each time that there is something to look at. Ends never by itself.
    package let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    /// Called once, when the listener has left.
    private let onLeave: @Sendable () -> Void
    let resume: ChangeMark?
    /// What the listener may see: nothing else is sent, whatever is offered.
    let visible: VisibleRange

    private struct State {
        var snapshot: RoomSnapshot?
        var setpoint: RoomSetpoint?
        var changes: [LatestID: RoomSnapshot.Latest] = [:]
        var timeZone = "UTC"
        var mark: ChangeMark?
        var end: LiveEnd?
        var hasLeft = false
    }

    init(resume: ChangeMark?, visible: VisibleRange, onLeave: @escaping @Sendable () -> Void) {
        self.resume = resume
        self.visible = visible
        self.onLeave = onLeave
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    deinit { leave() }

    /// Has the listener look again, for instance whether it is time for a sign of life.
    package func wake() { continuation.yield() }

    /// Why the stream is over; `nil` while it is not.
    package var end: LiveEnd? { state.withLock(\.end) }

    /// Takes what is to be sent; `nil` where that is nothing.
    package func take() -> Update? {
        state.withLock { state in
            guard let mark = state.mark,
                state.snapshot != nil || !state.changes.isEmpty || state.setpoint != nil
            else { return nil }
            var update = Update(mark: mark)
            update.setpoint = state.setpoint
            state.setpoint = nil
            update.snapshot = state.snapshot
            update.timeZone = state.timeZone
            update.changes = state.changes.map { ($0.key.deviceID, $0.value) }
                .sorted { ($0.0, $0.1.datapoint) < ($1.0, $1.1.datapoint) }
            state.snapshot = nil
            state.changes.removeAll()
            return update
        }
    }

    /// The listener is gone. May be called again.
    package func leave() {
        let isFirst = state.withLock { state in
            defer { state.hasLeft = true }
            return !state.hasLeft
        }
        if isFirst { onLeave() }
    }

    func offer(_ setpoint: RoomSetpoint, at mark: ChangeMark) {
        state.withLock { state in
            state.setpoint = setpoint.seen(in: visible)
            state.mark = mark
        }
        wake()
    }

    func offer(_ snapshot: RoomSnapshot, at mark: ChangeMark) {
        state.withLock { state in
            state.snapshot = snapshot.seen(in: visible)
            state.changes.removeAll()
            state.mark = mark
        }
        wake()
    }

    /// - Parameter room: everything, for a listener that has not taken its snapshot yet.
    func offer(_ changes: [LatestID: RoomSnapshot.Latest], of room: RoomSnapshot, at mark: ChangeMark) {
        let changes = changes.filter { visible.contains($0.value.time) }
        guard !changes.isEmpty else { return }
        state.withLock { state in
            if state.snapshot != nil {
                state.snapshot = room.seen(in: visible)
            } else {
                state.changes.merge(changes) { $1 }
            }
            state.timeZone = room.timeZone
            state.mark = mark
        }
        wake()
    }

    /// Ends the stream once the listener looks.
    package func finish(_ end: LiveEnd) {
        state.withLock { $0.end = $0.end ?? end }
        wake()
    }
}

/// Why a stream is over.
package enum LiveEnd: String, Sendable, CaseIterable {
    /// The listener left.
    case left
    /// The listener took nothing for too long.
    case slow
    /// The token ended.
    case token
    /// The room is no more.
    case room
    /// The service ends.
    case shutdown
}
