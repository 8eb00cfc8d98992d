package import Building
import Outbox

/// The link to the central service as a state machine: it takes events and returns the next action. It sends nothing
/// and has no clock.
package struct Link: Sendable {
    /// The next thing to do.
    package enum Action: Hashable, Sendable {
        /// Registration of the building's rooms and devices with the central service.
        case register
        /// Delivery of waiting readings, at most the given number.
        case send(Priority, atMost: Int)
        /// A pause until the given instant.
        case wait(until: MonotonicInstant)
    }

    /// The priority of readings. After an outage the newest go first, and the backlog follows beside them.
    package enum Priority: Hashable, Sendable {
        /// The newest readings, once per `Settings.sendInterval` while there is a backlog.
        case newest
        /// The oldest readings: all requests in between.
        case oldest
    }

    /// The outcome of a request.
    package enum Outcome: Hashable, Sendable {
        /// The central service has accepted it.
        case accepted
        /// The server refused it.
        ///
        /// - Parameters:
        ///   - status: the HTTP status; below 300 if the response is not that of a central service.
        ///   - retryAfter: the pause that the server asks for.
        case refused(status: Int, retryAfter: Duration?)
        /// No complete response came: the request may or may not have been accepted.
        case unanswered
        /// The request could not be made, for example because there is no token.
        case unready(why: String)
    }

    /// The settings of the link.
    package struct Settings: Sendable {
        /// The shortest interval from a batch that took everything waiting to the next.
        package var sendInterval: Duration = .seconds(1)
        /// The interval at which an empty store is checked.
        package var idlePause: Duration = .milliseconds(100)
        /// The initial limit of a batch, in readings: the size of a packed segment, so that segments are sent as they
        /// are.
        package var firstBatch = Outbox.segmentSize
        /// The maximum size of a batch, in readings.
        package var largestBatch = WireLimits.batchRowsAtOnce
        /// The pause after the store could not be read.
        package var troublePause: Duration = .seconds(5)

        /// Creates the default settings.
        package init() {}
    }

    /// The health of the link.
    package enum Health: Hashable, Sendable {
        /// Nothing has been sent yet.
        case untried
        /// The central service accepts requests.
        case working
        /// Requests fail.
        ///
        /// - Parameter why: the reason and the remedy, for operators.
        case failing(why: String)
    }

    /// The health of the link, from the latest requests.
    package private(set) var health = Health.untried
    private let settings: Settings
    private var isRegistered = false
    /// A Boolean value that indicates whether more readings wait than the last batch took.
    private var hasBacklog = true
    private var newestSent: MonotonicInstant?
    private var largestBatch: Int
    /// The largest batch, in readings, that the server or a proxy before it accepts, as far as is known.
    private var ceiling: Int
    private var pauses = RetryPause()
    private var notBefore: MonotonicInstant?

    /// Creates a link that has not been registered yet.
    package init(settings: Settings = .init()) {
        self.settings = settings
        largestBatch = settings.firstBatch
        ceiling = settings.largestBatch
    }

    /// Returns the next action.
    package func next(now: MonotonicInstant) -> Action {
        if let notBefore, now < notBefore { return .wait(until: notBefore) }
        guard isRegistered else { return .register }
        let isNewestDue = newestSent.map { now - $0 >= settings.sendInterval } ?? true
        return .send(hasBacklog && isNewestDue ? .newest : .oldest, atMost: largestBatch)
    }

    /// Notes the outcome of a registration.
    ///
    /// - Parameter jitter: 0…1, drawn for each call, so that a fleet does not return all at once.
    package mutating func introduced(_ outcome: Outcome, now: MonotonicInstant, jitter: Double) {
        if case .accepted = outcome {
            isRegistered = true
            // Another server may respond now.
            ceiling = settings.largestBatch
            hasBacklog = true
            newestSent = nil
            succeed()
            notBefore = nil
        } else {
            fail(outcome, now: now, jitter: jitter)
        }
    }

    /// Notes the outcome of a batch.
    ///
    /// - Parameters:
    ///   - rows: the number of readings in the batch.
    ///   - left: the number of readings that still wait.
    ///   - jitter: 0…1, as above.
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

    /// A Boolean value that indicates whether everything that waited has been delivered, as far as is known.
    package var isIdle: Bool { isRegistered && !hasBacklog }

    /// Notes the outcome of a report. If it was accepted, the link works again, whatever was refused before; if there
    /// was no response, there would be none to a batch either. A refused report says nothing about batches.
    package mutating func reported(_ outcome: Outcome, now: MonotonicInstant, jitter: Double) {
        switch outcome {
        case .accepted: succeed()
        case .unanswered: fail(outcome, now: now, jitter: jitter)
        case .refused, .unready: break
        }
    }

    /// Notes that no readings wait at this priority.
    package mutating func foundNothing(in priority: Priority, now: MonotonicInstant) {
        switch priority {
        case .newest: newestSent = now
        case .oldest:
            hasBacklog = false
            notBefore = now + settings.idlePause
        }
    }

    /// Notes that the store can't be read.
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
            health = .failing(why: "The central service does not respond.")
            // The next request is a small one, to find out whether the service responds at all.
            isRegistered = false
        case .unready(let why): health = .failing(why: why)
        case .accepted: break
        }
    }

    /// Returns the remedy for a refusal.
    private static func remedy(for status: Int) -> String {
        switch status {
        case 401:
            "The central service does not know our token. Create one with `hearth-central gateway add` and put it in the "
                + "file named by central.tokenFile. Readings are kept meanwhile."
        case 403:
            "Our token is not for this building. Compare building.slug with `hearth-central gateway list`. Readings "
                + "are kept meanwhile."
        case 404: "There is no central service at central.url. Readings are kept meanwhile."
        case 409:
            "The central service refuses our store: its file was copied, restored from a backup, or belongs to another "
                + "building. Stop the gateway and move the file at buffer.path away; a new one is created. Readings are "
                + "kept meanwhile."
        case 413: "The central service rejects even the smallest batch as too large. Raise its size limit."
        case 429, 503: "The central service is busy."
        case 500...: "The central service has an internal error (\(status)); see its log."
        case ..<300: "The server at central.url is not a Hearth central service. Is there a portal or proxy in between?"
        default: "The central service refuses our requests (\(status)). Are the two versions compatible?"
        }
    }
}
