import CMosquitto
import Glibc
import WakePipe

/// The life of a client on its thread: connect, read – hand over – acknowledge, and again after a loss.
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
                    reason += ", \(lossesInARow + 1) times in a row soon after it began: \(rivalry)"
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

    /// MQTT 5, section 3.2.2.2: bad user name or password, not authorized, bad authentication method.
    private static let loginRefusals: Set<Int32> = [0x86, 0x87, 0x8C]
    /// MQTT 3.1.1, section 3.2.2.3: bad user name or password, not authorized.
    private static let loginRefusals311: Set<Int32> = [4, 5]
    /// MQTT 5, section 3.14.2.1: session taken over.
    private static let takenOver: Int32 = 0x8E
    /// A connection that held so long was none that ends at once. Mosquitto 2.0 ends those of a rival without a word.
    private static let steady = Duration.seconds(5)
    /// So that two with one name do not throw each other out all the time.
    private static let takeoverPause = Duration.seconds(10)

    private var rivalry: String { "another client may have the name \(settings.clientID) (client ID) as well" }

    /// Forgets earlier losses where the connection held for some time.
    ///
    /// - Returns: whether it has now ended too soon for several times.
    private func noteLength() -> Bool {
        guard let start = connectedAt else { return false }
        connectedAt = nil
        if clock.now - start >= Self.steady { lossesInARow = 0 }
        return lossesInARow >= 2
    }

    /// 0.25 s, doubling up to 8 s: a broker on the same gateway is back soon, and costs little to ask.
    private static func pause(after losses: Int) -> Duration {
        .milliseconds(250 << min(losses - 1, 5))
    }

    private func wait(for pause: Duration) {
        let end = clock.now + pause
        while client.stopBy == nil, clock.now < end {
            poll(socket: nil, writing: false, for: end - clock.now)
        }
    }

    /// Returns why the connection ended.
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

    /// A broker that refuses MQTT 5, or closes on it without a word, is asked in 3.1.1 the next time, and the other way
    /// round until one of them has worked.
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
            guard handOver(handle) else { return "stopped, or lost while a group could not be taken" }
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

    /// Collects what the socket holds, and what comes within the linger, up to the largest group. A failure is
    /// returned, not thrown, so that what was read before it is still handed over.
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

    /// Asks the handler until it takes the group. `false` where the client is to stop, or the broker has gone, first:
    /// the group stays unacknowledged and comes again with the session.
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
        // POLLRDHUP, which Glibc's module does not show: the peer has ended its side.
        var descriptor = pollfd(fd: socket, events: 0x2000, revents: 0)
        return Glibc.poll(&descriptor, 1, 0) > 0
    }

    /// Hands messages to libmosquitto, which queues without a limit, only as fast as the broker acknowledges them.
    private func publishOutgoing(_ handle: MosquittoHandle) throws(MQTTFailure) {
        let room = room(handle)
        guard room > 0 else { return }
        for outgoing in client.takeOutgoing(atMost: room) {
            try handle.publish(outgoing.message, version: version, onOutcome: outgoing.onOutcome)
        }
    }

    /// Asks the broker how far it has heard our acknowledgements, and passes its answer on.
    private func trackAcknowledgements(_ handle: MosquittoHandle) throws(MQTTFailure) {
        if handle.context.question == nil, let heard = acknowledgements.takeAnswer() {
            client.onEvent(.acknowledgementsHeard(messages: heard))
        }
        if acknowledgements.ask(at: clock.now) { try handle.askWhetherHeard() }
    }

    /// Waits for something to do. Where more may go out at once, and the socket takes it, there is.
    private func pause(_ handle: MosquittoHandle, atMost duration: Duration) {
        let mayGoOn = client.hasOutgoing && room(handle) > 0 && !handle.wantsToWrite
        poll(socket: handle.socket, writing: handle.wantsToWrite, for: mayGoOn ? .zero : duration)
    }

    /// How many more messages the library may be given.
    private func room(_ handle: MosquittoHandle) -> Int {
        2 * Int(settings.sendMaximum) - handle.context.unacknowledged
    }

    private func flush(_ handle: MosquittoHandle) throws(MQTTFailure) {
        guard handle.wantsToWrite else { return }
        try handle.write()
    }

    /// Sends what is queued, waits for the broker's acknowledgements, then says goodbye.
    private func finish(_ handle: MosquittoHandle) throws(MQTTFailure) {
        let end = client.stopBy ?? clock.now
        while client.hasOutgoing || handle.context.unacknowledged > 0 || handle.wantsToWrite, clock.now < end {
            try publishOutgoing(handle)
            try flush(handle)
            pause(handle, atMost: .milliseconds(50))
            // Only the answers to our own messages are of interest; what else comes in is handed over all the same. Where
            // it is not taken, nothing goes out any more: its acknowledgement would be among it.
            guard try readAnswers(handle) else { return }
        }
        handle.disconnect()
        try flush(handle)
    }

    /// `false` where messages came in that the handler did not take.
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

/// How far the broker is known to have heard what was acknowledged on a connection.
struct Acknowledgements {
    static let interval = Duration.seconds(1)

    /// QoS 1 and 2 messages that were handed over, and whose acknowledgements are queued.
    private var queued = 0
    /// How many of them the question covers that is on its way.
    private var asked: Int?
    private var lastAsked: ContinuousClock.Instant?
    /// How many more questions are worth asking. The last messages get two, since one answer alone may overtake what
    /// the broker writes to its file.
    private var questionsLeft = 0

    mutating func queue(_ count: Int) {
        guard count > 0 else { return }
        queued += count
        questionsLeft = 2
    }

    /// Returns whether to ask now; then an answer is awaited.
    mutating func ask(at now: ContinuousClock.Instant) -> Bool {
        guard questionsLeft > 0, asked == nil, lastAsked.map({ now - $0 >= Self.interval }) ?? true else {
            return false
        }
        (asked, lastAsked) = (queued, now)
        questionsLeft -= 1
        return true
    }

    /// The question was answered: how many acknowledgements it covers; `nil` where none was asked.
    mutating func takeAnswer() -> Int? {
        defer { asked = nil }
        return asked
    }
}
