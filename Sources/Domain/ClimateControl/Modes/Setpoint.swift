package import Building

/// A set-point with its history: who wants it, since when, and for how long.
package struct Setpoint: Sendable, Hashable, Codable {
    /// Who set it.
    package enum Source: String, Sendable, Hashable, Codable, CaseIterable {
        /// The gateway's configuration.
        case configuration
        /// Someone in the building, by `/setpoints/<room>`.
        case localOperator = "local_operator"
        /// The central service, for an operator.
        case central
        /// A guest, from wherever.
        case guest

        /// The set-points that it may ask for, in °C.
        package var range: ClosedRange<Double> {
            self == .guest ? 16.0...26.0 : RoomClimateSettings.setpointRange
        }
    }

    /// In °C.
    package var celsius: Double
    package var source: Source
    /// A name, where one is known: `ops`, `room 101's guest`.
    package var who: String?
    /// When it was set, where the calendar was trusted.
    package var since: Timestamp?
    /// When it ends and the configuration's holds again; `nil`: never. It does not end while no calendar is trusted.
    package var until: Timestamp?

    package init(
        celsius: Double, source: Source, who: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.celsius = celsius
        self.source = source
        self.who = who
        self.since = since
        self.until = until
    }

    /// Whether its source may ask for it.
    package var isAllowed: Bool { source.range.contains(celsius) }

    func hasEnded(at calendar: Timestamp?) -> Bool {
        guard let until, let calendar else { return false }
        return calendar >= until
    }
}
