/// Tells a message that the broker has kept, and sends again at each connection, from something new.
///
/// Who publishes a set-point with the retain flag means it once, not at each reconnection: between two of them others may
/// have set the room otherwise.
package struct RetainedMessageFilter: Sendable {
    /// Which messages of a topic are remembered.
    package static let capacity = 16

    /// Fingerprints, the latest last.
    package private(set) var heard: [UInt64]

    package init(heard: [UInt64] = []) { self.heard = heard.suffix(Self.capacity) }

    /// - Returns: whether the message is new.
    package mutating func takes(_ fingerprint: UInt64, isRetainedCopy: Bool) -> Bool {
        let isKnown = isRetainedCopy && heard.contains(fingerprint)
        // What comes again is moved to the end, so that it is not forgotten before what came once.
        heard.removeAll { $0 == fingerprint }
        heard.append(fingerprint)
        if heard.count > Self.capacity { heard.removeFirst() }
        return !isKnown
    }
}
