import Building
import Foundation
package import Logging
import Synchronization
import WireFormat

/// What cannot go over the uplink however often it is sent: what the central service refused for good, and what it
/// wishes that this gateway cannot carry out. Kept for people until it is settled.
package final class UplinkRefusals: Sendable {
    /// More than anybody reads.
    package static let mostKept = 50

    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// Why, by what it is about.
        var reasons: [String: String] = [:]
        /// Those that `mostKept` leaves no room for.
        var untold = 0
    }

    package init(logger: Logger) { self.logger = logger }

    /// Reasons by what they are about: `the inventory`, `the state of room-101`. Empty if all is well.
    package var reasons: [String: String] {
        state.withLock { state in
            var reasons = state.reasons
            if state.untold > 0 { reasons["others since the start"] = "\(state.untold)" }
            return reasons
        }
    }

    /// Tells of it once, until the reason is another.
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
            "something is refused for good: sending it again does not help",
            metadata: ["subject": "\(subject)", "reason": "\(reason)"])
    }

    /// It was taken, or is no longer wanted.
    func settle(_ subject: String) {
        let subject = subject.shortened(toBytes: 100)
        state.withLock { $0.reasons[subject] = nil }
    }

    /// Notes or settles what an answer to a message of one kind says.
    ///
    /// - Parameter what: `the inventory`.
    func note(_ what: String, answer status: Int, _ body: [UInt8], wasTaken: Bool) {
        if wasTaken { return settle(what) }
        // Who is busy takes it later; what is too large goes in parts; and where no central service answers, a portal
        // for instance, nothing was refused by one.
        guard (400..<500).contains(status), ![408, 413, 425, 429].contains(status),
            let refusal = ErrorAnswer(body)
        else { return }
        note(what, "\(refusal.error.message) (\(status) \(refusal.error.code))")
    }
}

extension ErrorAnswer {
    /// `nil` if `body` is none.
    init?(_ body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Self.self, from: Data(body)) else { return nil }
        self = answer
    }
}
