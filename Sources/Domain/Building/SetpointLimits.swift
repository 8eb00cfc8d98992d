/// The limits of set-points, the same for the gateway and the central service. A building may have narrower ones.
package enum SetpointLimits {
    /// The set-points that a room can have, °C.
    package static let celsius = 5.0...30
    /// The set-points that a guest may request, °C.
    package static let guestCelsius = 16.0...26
    /// The largest distance of a set-point's end from now, in days.
    package static let longestDays = 366
    /// The largest distance of a set-point's end from now.
    package static let longest = Duration.seconds(longestDays * 86_400)

    /// A reason that the end of a set-point is not accepted.
    package enum EndProblem: Error, Hashable, Sendable {
        /// The end has already passed.
        case over
        /// The end is more than `longestDays` away.
        case tooFar
    }

    /// Checks the end of a set-point requested at `now`.
    ///
    /// - Throws: The problem, if the end is not accepted.
    package static func check(end: Timestamp, at now: Timestamp) throws(EndProblem) {
        guard end > now else { throw .over }
        guard end <= now.advanced(by: longest) else { throw .tooFar }
    }
}
