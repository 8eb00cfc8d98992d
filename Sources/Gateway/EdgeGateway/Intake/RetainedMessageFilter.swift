/// A filter that tells a retained message, which the broker sends again at each connection, from a new one.
///
/// A set-point published with the retain flag is meant once, not at each reconnection: between two of them the room may
/// have been set otherwise.
package struct RetainedMessageFilter: Sendable {
    /// The number of messages of a topic that are remembered.
    package static let capacity = 16

    /// The fingerprints of remembered messages, oldest first.
    package private(set) var heard: [UInt64]

    /// Creates a filter that continues from saved fingerprints.
    package init(heard: [UInt64] = []) { self.heard = heard.suffix(Self.capacity) }

    /// Notes a message.
    ///
    /// - Returns: whether the message is new.
    package mutating func takes(_ fingerprint: UInt64, isRetainedCopy: Bool) -> Bool {
        let isKnown = isRetainedCopy && heard.contains(fingerprint)
        // A repeated message moves to the end, so that it is not forgotten before messages that came only once.
        heard.removeAll { $0 == fingerprint }
        heard.append(fingerprint)
        if heard.count > Self.capacity { heard.removeFirst() }
        return !isKnown
    }
}
