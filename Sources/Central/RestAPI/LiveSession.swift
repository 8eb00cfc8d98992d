internal import APISupport
internal import Building
internal import Hummingbird
internal import JSON
internal import LiveUpdates
internal import Storage
internal import Synchronization

/// One listener of a room, from its first event to its end.
struct LiveSession: Sendable {
    let stream: LiveStream
    let hub: LiveSubscriptions
    let standing: Standing
    let heartbeat: Duration

    /// So long a listener may take nothing before it is dropped.
    private static let patience: Duration = .seconds(30)
    /// At most four updates a second.
    private static let pause: Duration = .milliseconds(250)
    /// How soon a browser comes back after a stream broke off, milliseconds.
    private static let retry = 2000

    /// A listener takes nothing.
    private struct TooSlow: Error {}

    /// Sends until the stream ends.
    ///
    /// - Throws: where the listener left or is dropped; then the connection is closed.
    func run(_ writer: EventWriter) async throws {
        let pulse = Pulse()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await send(writer, pulse) }
                group.addTask { try await keepAlive(pulse) }
                group.addTask { try await watch(pulse) }
                defer { group.cancelAll() }
                // The first to end ends it for all.
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
            let data = snapshot.json(ISO8601Writer(zone: snapshot.timeZone))
            text = Self.event("snapshot", id: update.mark, data)
        }
        if let setpoint = update.setpoint {
            hub.noteSent(1)
            // It comes with every stream anew, and so needs no mark.
            text += Self.event("setpoint", id: nil, .object(setpoint.members()))
        }
        hub.noteSent(update.changes.count)
        let zone = ISO8601Writer(zone: update.timeZone)
        for (index, change) in update.changes.enumerated() {
            // Only with the last of them a listener has everything up to the mark.
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

    /// Signs of life, and a look at whether the caller may still listen.
    private func keepAlive(_ pulse: Pulse) async throws {
        while true {
            try await Task.sleep(for: heartbeat)
            // Without a database there is nothing new to be heard, and nobody to ask.
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

/// What the tasks of a session know of each other.
private final class Pulse: Sendable {
    private let state = Mutex((writingSince: ContinuousClock.Instant?.none, beat: false))

    func begin() { state.withLock { $0.writingSince = .now } }
    func end() { state.withLock { $0.writingSince = nil } }
    var writingSince: ContinuousClock.Instant? { state.withLock(\.writingSince) }

    /// A sign of life is due.
    func beat() { state.withLock { $0.beat = true } }

    /// Whether a sign of life was due; now it is no longer.
    func takeBeat() -> Bool {
        state.withLock { state in
            defer { state.beat = false }
            return state.beat
        }
    }
}
