import Building
import Foundation
package import Logging
import Synchronization
import WireFormat

/// A record of what can't pass over the uplink however often it is sent: requests that the central service refused for
/// good, and desired states that this gateway can't carry out. Entries are kept for operators until they are settled.
package final class UplinkRefusals: Sendable {
    /// The maximum number of entries; more than anybody reads.
    package static let mostKept = 50

    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// The reasons, by subject.
        var reasons: [String: String] = [:]
        /// The number of refusals for which `mostKept` left no room.
        var untold = 0
    }

    /// Creates an empty record.
    package init(logger: Logger) { self.logger = logger }

    /// The reasons by subject, for example `the inventory` or `the state of room-101`. Empty if all is well.
    package var reasons: [String: String] {
        state.withLock { state in
            var reasons = state.reasons
            if state.untold > 0 { reasons["others since the start"] = "\(state.untold)" }
            return reasons
        }
    }

    /// Notes a refusal and logs it, unless the same reason was noted before.
    func note(_ subject: String, _ reason: String) {
        let (subject, reason) = (subject.shortened(toBytes: 100), reason.shortened(toBytes: 400))
        let isNews = state.withLock { state in
            if state.reasons[subject] == nil, state.reasons.count >= Self.mostKept {
                state.untold += 1
                return false
            }
            return state.reasons.updateValue(reason, forKey: subject) != reason
        }
        guard isNews else { return }
        logger.warning(
            "permanently refused by the central service: retrying does not help",
            metadata: ["subject": "\(subject)", "reason": "\(reason)"])
    }

    /// Removes a subject that was accepted or is no longer wanted.
    func settle(_ subject: String) {
        let subject = subject.shortened(toBytes: 100)
        state.withLock { $0.reasons[subject] = nil }
    }

    /// Notes or settles a subject according to the response to a message.
    ///
    /// - Parameter what: the subject, for example `the inventory`.
    func note(_ what: String, answer status: Int, _ body: [UInt8], wasTaken: Bool) {
        if wasTaken { return settle(what) }
        // A busy server accepts it later, and a message that is too large is sent in parts. If the response is not from
        // a central service but from a portal, for instance, nothing was refused.
        guard (400..<500).contains(status), ![408, 413, 425, 429].contains(status),
            let refusal = ErrorAnswer(body)
        else { return }
        note(what, "\(refusal.error.message) (\(status) \(refusal.error.code))")
    }
}

extension ErrorAnswer {
    /// Decodes an error response; returns `nil` if `body` is not one.
    init?(_ body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Self.self, from: Data(body)) else { return nil }
        self = answer
    }
}
