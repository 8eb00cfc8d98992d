import CMosquitto
import Glibc
import WakePipe

/// The loop that a client runs on its thread: connect, then read, deliver and acknowledge, and start again after a
/// loss.
final class MQTTConnectionLoop {
    private let client: MQTTClient
    private let settings: MQTTSettings
    private var version = MQTTVersion.v5
    private var hasEverConnected = false
    private var lossesInARow = 0
    private var connectedAt: ContinuousClock.Instant?
    private let clock = ContinuousClock()
    private var acknowledgements = Acknowledgements()

    init(client: MQTTClient) {
        self.client = client
        settings = client.settings
    }

    func run() {
        while client.stopBy == nil {
            var (reason, pause) = ("", Duration.zero)
            do {
                let handle = try MosquittoHandle(settings: settings, version: version)
                defer {
                    client.note(unacknowledged: 0, lost: handle.context.unacknowledged)
                    handle.context.loseAll()
                }
                do { reason = try serve(handle) } catch { reason = error.description }
                if handle.context.farewell == Self.takenOver {
                    (reason, pause) = (rivalry, Self.takeoverPause)
                } else if noteLength() {
                    reason += ", \(lossesInARow + 1) times in a row shortly after connecting: \(rivalry)"
                }
            } catch {
                reason = error.description
            }
            client.setConnected(false)
            if client.stopBy != nil { break }
            lossesInARow += 1
            pause = max(pause, Self.pause(after: lossesInARow))
            client.onEvent(.disconnected(reason: reason, retryAfter: pause))
            wait(for: pause)
        }
    }

    /// The reason codes of a refused login in MQTT 5, section 3.2.2.2: bad user name or password, not authorized, bad
    /// authentication method.
    private static let loginRefusals: Set<Int32> = [0x86, 0x87, 0x8C]
    /// The return codes of a refused login in MQTT 3.1.1, section 3.2.2.3: bad user name or password, not authorized.
    private static let loginRefusals311: Set<Int32> = [4, 5]
    /// The reason code of a session that was taken over in MQTT 5, section 3.14.2.1.
    private static let takenOver: Int32 = 0x8E
    /// The shortest duration of a connection that did not end immediately. Mosquitto 2.0 disconnects a client whose name
    /// another client takes over, without giving a reason.
    private static let steady = Duration.seconds(5)
    /// The pause after a takeover, so that two clients with one name do not continually disconnect each other.
    private static let takeoverPause = Duration.seconds(10)

    private var rivalry: String { "another client may be using the client ID \(settings.clientID)" }

    /// Forgets earlier losses if the connection lasted for some time.
    ///
    /// - Returns: Whether connections have now ended too soon several times.
    private func noteLength() -> Bool {
        guard let start = connectedAt else { return false }
        connectedAt = nil
        if clock.now - start >= Self.steady { lossesInARow = 0 }
        return lossesInARow >= 2
    }

    /// Returns the pause before the next attempt: 0.25 s, doubling up to 8 s, since a broker on the same gateway is
    /// back soon and costs little to try.
    private static func pause(after losses: Int) -> Duration {
        .milliseconds(250 << min(losses - 1, 5))
    }

    private func wait(for pause: Duration) {
        let end = clock.now + pause
        while client.stopBy == nil, clock.now < end {
            poll(socket: nil, writing: false, for: end - clock.now)
        }
    }

    /// Connects, and serves the connection until it ends. Returns the reason for its end.
    private func serve(_ handle: MosquittoHandle) throws(MQTTFailure) -> String {
        try handle.connect(version: version)
        let giveUp = clock.now + .seconds(10)
        while handle.context.connectAnswer == nil {
            guard clock.now < giveUp, client.stopBy == nil else { return "the broker did not answer within 10 s" }
            do {
                try flush(handle)
                poll(socket: handle.socket, writing: handle.wantsToWrite, for: .milliseconds(250))
                while handle.context.connectAnswer == nil, try handle.readPacket() {}
            } catch {
                if let answer = handle.context.connectAnswer, answer.reason != 0 { break }
                fallBack()
                throw error
            }
        }
        guard let answer = handle.context.connectAnswer, answer.reason == 0 else {
            let reason = handle.context.connectAnswer!.reason
            if reason == Int32(MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue) || reason == 1 { fallBack() }
            let words = MosquittoHandle.reason(reason, version: version)
            let isLogin = (version == .v5 ? Self.loginRefusals : Self.loginRefusals311).contains(reason)
            return isLogin ? "\(MQTTEvent.loginRefusal) (\(words))" : "the broker refused: \(words)"
        }
        connectedAt = clock.now
        hasEverConnected = true
        acknowledgements = Acknowledgements()
        try handle.subscribe(version: version)
        client.setConnected(true)
        client.onEvent(.connected(version: version, sessionPresent: answer.flags & 1 != 0))
        return try exchange(handle)
    }

    /// Switches between MQTT 5 and 3.1.1 for the next attempt, until one of them has worked: a broker may refuse MQTT
    /// 5, or close the connection without a reason.
    private func fallBack() {
        guard !hasEverConnected else { return }
        version = version == .v5 ? .v311 : .v5
    }

    private func exchange(_ handle: MosquittoHandle) throws(MQTTFailure) -> String {
        var nextMisc = clock.now + .seconds(1)
        while client.stopBy == nil {
            try publishOutgoing(handle)
            let lost = readGroup(handle)
            handle.settleRedelivery()
            client.note(unacknowledged: handle.context.unacknowledged)
            for filter in handle.context.refusedSubscriptions { client.onEvent(.subscriptionRefused(filter: filter)) }
            handle.context.refusedSubscriptions = []
            guard handOver(handle) else { return "stopped, or lost while a group of messages could not be handed over" }
            if let lost { throw lost }
            try trackAcknowledgements(handle)
            try flush(handle)
            if clock.now >= nextMisc {
                try handle.keepAlive()
                nextMisc = clock.now + .seconds(1)
                try flush(handle)
            }
            pause(handle, atMost: nextMisc - clock.now)
        }
        try finish(handle)
        return "stopped"
    }

    /// Collects the messages that the socket holds, and those that arrive within the linger, up to the largest group. A
    /// failure is returned, not thrown, so that messages read before it are still delivered.
    private func readGroup(_ handle: MosquittoHandle) -> MQTTFailure? {
        do {
            var end: ContinuousClock.Instant?
            while true {
                while !isFull(handle), try handle.readPacket() {}
                guard !handle.context.group.isEmpty, !isFull(handle) else { return nil }
                let now = clock.now
                end = end ?? now + settings.groupLinger
                guard let end, now < end, client.stopBy == nil else { return nil }
                poll(socket: handle.socket, writing: false, for: end - now)
            }
        } catch {
            return error
        }
    }

    private func isFull(_ handle: MosquittoHandle) -> Bool {
        handle.context.group.count >= settings.largestGroup || handle.context.groupBytes >= settings.largestGroupBytes
    }

    /// Calls the handler until it accepts the group. Returns `false` if the client is stopped, or the broker has gone,
    /// before that: the group stays unacknowledged and is redelivered with the session.
    private func handOver(_ handle: MosquittoHandle) -> Bool {
        let group = handle.context.group
        guard !group.isEmpty else { return true }
        handle.context.beginGroup()
        while !client.onGroup(group) {
            if client.stopBy != nil || Self.isClosedByPeer(handle.socket) { return false }
            poll(socket: nil, writing: false, for: .milliseconds(500))
        }
        if settings.tracksAcknowledgements {
            acknowledgements.queue(group.count { $0.qualityOfService != .atMostOnce })
        }
        return true
    }

    private static func isClosedByPeer(_ socket: Int32) -> Bool {
        guard socket >= 0 else { return true }
        // POLLRDHUP, which Glibc's module does not export: the peer has closed its side.
        var descriptor = pollfd(fd: socket, events: 0x2000, revents: 0)
        return Glibc.poll(&descriptor, 1, 0) > 0
    }

    /// Passes messages to libmosquitto, which queues without a limit, only as fast as the broker acknowledges them.
    private func publishOutgoing(_ handle: MosquittoHandle) throws(MQTTFailure) {
        let room = room(handle)
        guard room > 0 else { return }
        for outgoing in client.takeOutgoing(atMost: room) {
            try handle.publish(outgoing.message, version: version, onOutcome: outgoing.onOutcome)
        }
    }

    /// Asks the broker how many of our acknowledgements it has received, and reports its answer.
    private func trackAcknowledgements(_ handle: MosquittoHandle) throws(MQTTFailure) {
        if handle.context.question == nil, let heard = acknowledgements.takeAnswer() {
            client.onEvent(.acknowledgementsHeard(messages: heard))
        }
        if acknowledgements.ask(at: clock.now) { try handle.askWhetherHeard() }
    }

    /// Waits for something to do. Returns at once if more messages may be sent and the socket accepts them.
    private func pause(_ handle: MosquittoHandle, atMost duration: Duration) {
        let mayGoOn = client.hasOutgoing && room(handle) > 0 && !handle.wantsToWrite
        poll(socket: handle.socket, writing: handle.wantsToWrite, for: mayGoOn ? .zero : duration)
    }

    /// Returns the number of further messages that the library may be given.
    private func room(_ handle: MosquittoHandle) -> Int {
        2 * Int(settings.sendMaximum) - handle.context.unacknowledged
    }

    private func flush(_ handle: MosquittoHandle) throws(MQTTFailure) {
        guard handle.wantsToWrite else { return }
        try handle.write()
    }

    /// Sends the queued messages, waits for the broker's acknowledgements, then disconnects.
    private func finish(_ handle: MosquittoHandle) throws(MQTTFailure) {
        let end = client.stopBy ?? clock.now
        while client.hasOutgoing || handle.context.unacknowledged > 0 || handle.wantsToWrite, clock.now < end {
            try publishOutgoing(handle)
            try flush(handle)
            pause(handle, atMost: .milliseconds(50))
            // Only the answers to our own messages matter, but other messages are delivered all the same. If they are
            // not accepted, nothing more is sent, since that would include their acknowledgements.
            guard try readAnswers(handle) else { return }
        }
        handle.disconnect()
        try flush(handle)
    }

    /// Returns `false` if messages arrived that the handler did not accept.
    private func readAnswers(_ handle: MosquittoHandle) throws(MQTTFailure) -> Bool {
        while !isFull(handle), try handle.readPacket() {}
        return handOver(handle)
    }

    private func poll(socket: Int32?, writing: Bool, for duration: Duration) {
        var descriptors = [pollfd(fd: client.wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
        if let socket, socket >= 0 {
            descriptors.append(pollfd(fd: socket, events: Int16(POLLIN) | (writing ? Int16(POLLOUT) : 0), revents: 0))
        }
        let rounded = Int32(max(0, min(1000, (duration / .milliseconds(1)).rounded(.up))))
        _ = Glibc.poll(&descriptors, nfds_t(descriptors.count), rounded)
        client.wakeUp.clear()
    }
}

/// The acknowledgements of one connection, with the number of them that the broker is known to have received.
struct Acknowledgements {
    static let interval = Duration.seconds(1)

    /// The number of delivered QoS 1 and 2 messages whose acknowledgements are queued.
    private var queued = 0
    /// The number of them that the pending question covers.
    private var asked: Int?
    private var lastAsked: ContinuousClock.Instant?
    /// The number of further questions worth asking. The last messages get two, since one answer alone may overtake the
    /// broker's write to its file.
    private var questionsLeft = 0

    mutating func queue(_ count: Int) {
        guard count > 0 else { return }
        queued += count
        questionsLeft = 2
    }

    /// Returns whether to ask now. If so, an answer is expected.
    mutating func ask(at now: ContinuousClock.Instant) -> Bool {
        guard questionsLeft > 0, asked == nil, lastAsked.map({ now - $0 >= Self.interval }) ?? true else {
            return false
        }
        (asked, lastAsked) = (queued, now)
        questionsLeft -= 1
        return true
    }

    /// Takes the answer to the pending question, and returns the number of acknowledgements it covers; `nil` if none
    /// was pending.
    mutating func takeAnswer() -> Int? {
        defer { asked = nil }
        return asked
    }
}
