package import CivilTime
package import Storage
internal import Synchronization

/// The events still to be sent to one client. A newer value of a datapoint replaces one that the client has not taken
/// yet, so that a slow client costs no more memory than its room has latest readings.
package final class LiveStream: Sendable {
    /// A set of events to send.
    package struct Update: Sendable {
        /// The room's whole snapshot; `nil` if `changes` has the news.
        package var snapshot: RoomSnapshot?
        /// The desired and reported set-point, if it changed.
        package var setpoint: RoomSetpoint?
        /// The new values, with their devices.
        package var changes: [(device: String, latest: RoomSnapshot.Latest)] = []
        /// The room's calendar; `nil` while there was nothing new.
        package var calendar: LocalCalendar?
        /// The position up to which the client has everything after this update.
        package var mark: ChangeMark
    }

    /// A value whenever there may be something to send. The sequence never ends by itself.
    package let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex(State())
    /// Called once, when the client has left.
    private let onLeave: @Sendable () -> Void
    let resume: ChangeMark?
    /// The range the client has access to; nothing else is sent.
    let visible: VisibleRange

    private struct State {
        var snapshot: RoomSnapshot?
        var setpoint: RoomSetpoint?
        var changes: [LatestID: RoomSnapshot.Latest] = [:]
        var calendar: LocalCalendar?
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

    /// Wakes the sender, for instance for a sign of life.
    package func wake() { continuation.yield() }

    /// The reason the stream ended; `nil` while it is open.
    package var end: LiveEnd? { state.withLock(\.end) }

    /// Removes and returns the events to send; `nil` if there are none.
    package func take() -> Update? {
        state.withLock { state in
            guard let mark = state.mark,
                state.snapshot != nil || !state.changes.isEmpty || state.setpoint != nil
            else { return nil }
            var update = Update(mark: mark)
            update.setpoint = state.setpoint
            state.setpoint = nil
            update.snapshot = state.snapshot
            update.calendar = state.calendar
            update.changes = state.changes.map { ($0.key.deviceID, $0.value) }
                .sorted { ($0.0, $0.1.datapoint) < ($1.0, $1.1.datapoint) }
            state.snapshot = nil
            state.changes.removeAll()
            return update
        }
    }

    /// Closes the stream after the client has left. It may be called again.
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

    /// Adds changed readings.
    ///
    /// - Parameter room: The whole snapshot, for a client that has not taken its first one yet.
    func offer(_ changes: [LatestID: RoomSnapshot.Latest], of room: RoomSnapshot, at mark: ChangeMark) {
        let changes = changes.filter { visible.contains($0.value.time) }
        guard !changes.isEmpty else { return }
        state.withLock { state in
            if state.snapshot != nil {
                state.snapshot = room.seen(in: visible)
            } else {
                state.changes.merge(changes) { $1 }
            }
            state.calendar = room.calendar
            state.mark = mark
        }
        wake()
    }

    /// Ends the stream as soon as the sender looks.
    package func finish(_ end: LiveEnd) {
        state.withLock { $0.end = $0.end ?? end }
        wake()
    }
}

/// The reason a stream ended.
package enum LiveEnd: String, Sendable, CaseIterable {
    /// The client left.
    case left
    /// The client read nothing for too long.
    case slow
    /// The token was revoked or expired.
    case token
    /// The room no longer exists.
    case room
    /// The service is shutting down.
    case shutdown
}
