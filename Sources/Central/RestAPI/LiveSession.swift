internal import APISupport
internal import Building
internal import CivilTime
internal import Hummingbird
internal import JSON
internal import LiveUpdates
internal import Storage
internal import Synchronization

/// One client's stream of a room, from its first event to its end.
struct LiveSession: Sendable {
    let stream: LiveStream
    let hub: LiveSubscriptions
    let standing: Standing
    let heartbeat: Duration

    /// The time after which a client that reads nothing is dropped.
    private static let patience: Duration = .seconds(30)
    /// The pause after each write: at most four updates a second.
    private static let pause: Duration = .milliseconds(250)
    /// The delay before a browser reconnects after a stream broke off, in milliseconds.
    private static let retry = 2000

    /// The client does not read what is sent.
    private struct TooSlow: Error {}

    /// Sends events until the stream ends.
    ///
    /// - Throws: An error if the client left or is dropped; the connection is then closed.
    func run(_ writer: EventWriter) async throws {
        let pulse = Pulse()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await send(writer, pulse) }
                group.addTask { try await keepAlive(pulse) }
                group.addTask { try await watch(pulse) }
                defer { group.cancelAll() }
                // The first task to end stops the others.
                try await group.next()
            }
            hub.noteEnd(stream.end ?? .left)
        } catch {
            hub.noteEnd(error is TooSlow ? .slow : .left)
            throw error
        }
    }

    private func send(_ writer: EventWriter, _ pulse: Pulse) async throws {
        try await write("retry: \(Self.retry)\n\n", writer, pulse)
        for await _ in stream.signals {
            if stream.end != nil { return }
            var text = ""
            if let update = stream.take() { text = events(of: update) }
            if pulse.takeBeat(), text.isEmpty { text = ": alive\n\n" }
            guard !text.isEmpty else { continue }
            try await write(text, writer, pulse)
            try await Task.sleep(for: Self.pause)
        }
    }

    private func write(_ text: String, _ writer: EventWriter, _ pulse: Pulse) async throws {
        pulse.begin()
        try await writer.write(text)
        pulse.end()
    }

    private func events(of update: LiveStream.Update) -> String {
        var text = ""
        if let snapshot = update.snapshot {
            hub.noteSent(1)
            let data = snapshot.json(ISO8601Writer(snapshot.calendar))
            text = Self.event("snapshot", id: update.mark, data)
        }
        if let setpoint = update.setpoint {
            hub.noteSent(1)
            // The set-point is sent with every new stream, and so needs no mark.
            text += Self.event("setpoint", id: nil, .object(setpoint.members()))
        }
        hub.noteSent(update.changes.count)
        guard let zone = update.calendar.map(ISO8601Writer.init) else { return text }
        for (index, change) in update.changes.enumerated() {
            // A client has everything up to the mark only once it has the last change.
            let isLast = index == update.changes.count - 1
            text += Self.event(
                "reading", id: isLast ? update.mark : nil, change.latest.json(device: change.device, zone))
        }
        return text
    }

    private static func event(_ name: String, id: ChangeMark?, _ data: JSON) -> String {
        let text = String(decoding: data.bytes, as: UTF8.self)
        return "event: \(name)\n" + (id.map { "id: \($0)\n" } ?? "") + "data: \(text)\n\n"
    }

    /// Sends signs of life, and checks that the caller still has access.
    private func keepAlive(_ pulse: Pulse) async throws {
        while true {
            try await Task.sleep(for: heartbeat)
            // If the database is down, there is nothing new to send and the token can't be checked: the stream stays
            // open.
            if let isGood = try? await standing.isGood(), !isGood { stream.finish(.token) }
            pulse.beat()
            stream.wake()
        }
    }

    private func watch(_ pulse: Pulse) async throws {
        while true {
            try await Task.sleep(for: Self.patience / 6)
            if let since = pulse.writingSince, ContinuousClock.now - since > Self.patience { throw TooSlow() }
        }
    }
}

/// The state that the tasks of a session share.
private final class Pulse: Sendable {
    private let state = Mutex((writingSince: ContinuousClock.Instant?.none, beat: false))

    func begin() { state.withLock { $0.writingSince = .now } }
    func end() { state.withLock { $0.writingSince = nil } }
    var writingSince: ContinuousClock.Instant? { state.withLock(\.writingSince) }

    /// Makes a sign of life due.
    func beat() { state.withLock { $0.beat = true } }

    /// Returns whether a sign of life was due, and clears it.
    func takeBeat() -> Bool {
        state.withLock { state in
            defer { state.beat = false }
            return state.beat
        }
    }
}
