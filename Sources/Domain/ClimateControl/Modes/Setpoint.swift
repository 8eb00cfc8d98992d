package import Building

/// A set-point with its history: by whom, since when, until when.
package struct Setpoint: Sendable, Hashable, Codable {
    /// A kind of source that can set a set-point.
    package enum Source: String, Sendable, Hashable, Codable, CaseIterable {
        /// The gateway's configuration.
        case configuration
        /// A person in the building, by `/setpoints/<room>`.
        case localOperator = "local_operator"
        /// The central service, on behalf of an operator.
        case central
        /// A guest, by any route.
        case guest

        /// The set-points that this source may ask for, °C.
        package var range: ClosedRange<Double> {
            self == .guest ? SetpointLimits.guestCelsius : SetpointLimits.celsius
        }
    }

    /// The temperature, °C.
    package var celsius: Double
    /// The kind of source that set it.
    package var source: Source
    /// The name of the person or program that set it, if known: `ops`, `room 101's guest`.
    package var who: String?
    /// The time at which it was set, if the calendar was trusted.
    package var since: Timestamp?
    /// The time at which it ends and the configured one applies again; `nil` if it does not end. It does not end while
    /// no calendar is trusted.
    package var until: Timestamp?

    /// Creates a set-point, without checking its range; see `isAllowed`.
    package init(
        celsius: Double, source: Source, who: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.celsius = celsius
        self.source = source
        self.who = who
        self.since = since
        self.until = until
    }

    /// A Boolean value that indicates whether the source may ask for this temperature.
    package var isAllowed: Bool { source.range.contains(celsius) }

    func hasEnded(at calendar: Timestamp?) -> Bool {
        guard let until, let calendar else { return false }
        return calendar >= until
    }
}
