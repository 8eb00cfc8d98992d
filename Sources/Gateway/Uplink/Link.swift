package import Building
import Outbox

/// The link to the central service as a state machine: it is told what happened, and says what to do next. It sends
/// nothing and has no clock.
package struct Link: Sendable {
    package enum Action: Hashable, Sendable {
        /// Tell the central service what the building consists of.
        case register
        /// Send readings that wait, at most so many.
        case send(Priority, atMost: Int)
        case wait(until: MonotonicInstant)
    }

    /// After an outage the present goes first, and the backlog goes beside it.
    package enum Priority: Hashable, Sendable {
        /// The newest readings, once in `Settings.sendInterval` while there is a backlog.
        case newest
        /// The oldest ones: all requests in between.
        case oldest
    }

    /// How a request ended.
    package enum Outcome: Hashable, Sendable {
        case accepted
        /// - Parameters:
        ///   - status: of HTTP; below 300 where the answer was not the one that a central service gives.
        ///   - retryAfter: what the server asked for.
        case refused(status: Int, retryAfter: Duration?)
        /// No whole answer came: it may have been taken, or not.
        case unanswered
        /// The request could not be made, for want of a token for instance.
        case unready(why: String)
    }

    package struct Settings: Sendable {
        /// The shortest time from one batch that took all that waited to the next.
        package var sendInterval: Duration = .seconds(1)
        /// How often an empty store is looked at.
        package var idlePause: Duration = .milliseconds(100)
        /// As many as a packed segment holds, so that segments go up as they lie.
        package var firstBatch = Outbox.segmentSize
        package var largestBatch = WireLimits.batchRowsAtOnce
        /// How long a store that can't be read is left alone.
        package var troublePause: Duration = .seconds(5)

        package init() {}
    }

    package enum Health: Hashable, Sendable {
        case untried
        case working
        /// - Parameter why: for people, with what to do.
        case failing(why: String)
    }

    package private(set) var health = Health.untried
    private let settings: Settings
    private var isRegistered = false
    /// Whether more waits than the last batch took.
    private var hasBacklog = true
    private var newestSent: MonotonicInstant?
    private var largestBatch: Int
    /// What the server, or a proxy before it, takes as far as is known.
    private var ceiling: Int
    private var pauses = RetryPause()
    private var notBefore: MonotonicInstant?

    package init(settings: Settings = .init()) {
        self.settings = settings
        largestBatch = settings.firstBatch
        ceiling = settings.largestBatch
    }

    package func next(now: MonotonicInstant) -> Action {
        if let notBefore, now < notBefore { return .wait(until: notBefore) }
        guard isRegistered else { return .register }
        let isNewestDue = newestSent.map { now - $0 >= settings.sendInterval } ?? true
        return .send(hasBacklog && isNewestDue ? .newest : .oldest, atMost: largestBatch)
    }

    /// The building's description was sent.
    ///
    /// - Parameter jitter: 0…1, drawn anew each time, so that a fleet does not come back at one moment.
    package mutating func introduced(_ outcome: Outcome, now: MonotonicInstant, jitter: Double) {
        if case .accepted = outcome {
            isRegistered = true
            // Another server may answer now.
            ceiling = settings.largestBatch
            hasBacklog = true
            newestSent = nil
            succeed()
            notBefore = nil
        } else {
            fail(outcome, now: now, jitter: jitter)
        }
    }

    /// A batch was sent.
    ///
    /// - Parameters:
    ///   - rows: how many readings it held.
    ///   - left: how many waited beside them.
    package mutating func delivered(
        _ priority: Priority, rows: Int, left: Int, _ outcome: Outcome, now: MonotonicInstant, jitter: Double
    ) {
        switch outcome {
        case .accepted:
            if priority == .newest { newestSent = now }
            hasBacklog = left > 0
            notBefore = hasBacklog ? nil : now + settings.sendInterval
            largestBatch = min(ceiling, largestBatch * 2)
            succeed()
        case .refused(413, _) where rows > 1:
            ceiling = min(ceiling, rows / 2)
            largestBatch = ceiling
            notBefore = nil
        default: fail(outcome, now: now, jitter: jitter)
        }
    }

    /// Whether all that waited has gone up, as far as is known.
    package var isIdle: Bool { isRegistered && !hasBacklog }

    /// A report was sent. Where it was taken, whatever was refused before, something is taken now; where nobody answered,
    /// nobody would answer a batch either. One that was refused says nothing of batches.
    package mutating func reported(_ outcome: Outcome, now: MonotonicInstant, jitter: Double) {
        switch outcome {
        case .accepted: succeed()
        case .unanswered: fail(outcome, now: now, jitter: jitter)
        case .refused, .unready: break
        }
    }

    /// Nothing waits in this lane.
    package mutating func foundNothing(in priority: Priority, now: MonotonicInstant) {
        switch priority {
        case .newest: newestSent = now
        case .oldest:
            hasBacklog = false
            notBefore = now + settings.idlePause
        }
    }

    /// The store can't be read.
    package mutating func foundTrouble(now: MonotonicInstant) { notBefore = now + settings.troublePause }

    private mutating func succeed() {
        pauses.succeed()
        health = .working
    }

    private mutating func fail(_ outcome: Outcome, now: MonotonicInstant, jitter: Double) {
        notBefore = now + pauses.next(after: outcome, jitter: jitter)
        switch outcome {
        case .refused(let status, _):
            health = .failing(why: Self.remedy(for: status))
            if status == 409 { isRegistered = false }
        case .unanswered:
            health = .failing(why: "The central service does not answer.")
            // The next request is a small one, to see whether anybody is there.
            isRegistered = false
        case .unready(let why): health = .failing(why: why)
        case .accepted: break
        }
    }

    private static func remedy(for status: Int) -> String {
        switch status {
        case 401:
            "The central service does not know our token. Make one with `hearth-central gateway add` and put it where "
                + "central.tokenFile points. The readings are kept meanwhile."
        case 403:
            "Our token is not for this building. Compare building.slug with `hearth-central gateway list`. The readings "
                + "are kept meanwhile."
        case 404: "There is no central service at central.url. The readings are kept meanwhile."
        case 409:
            "The central service refuses our store: its file was copied, restored from a backup, or belongs to another "
                + "building. Stop the gateway and move the file at buffer.path away; a new one is made. The readings are "
                + "kept meanwhile."
        case 413: "The central service takes no batch, however small. Raise its size limit."
        case 429, 503: "The central service is busy."
        case 500...: "The central service has an error of its own (\(status)); its log says which."
        case ..<300: "What answers at central.url is no Hearth central service. Is there a portal or proxy in between?"
        default: "The central service refuses what we send (\(status)). Are both of fitting versions?"
        }
    }
}
