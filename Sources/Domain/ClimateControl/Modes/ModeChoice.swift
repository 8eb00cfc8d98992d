package import Building

/// What someone wants a room to be kept for, with its history, as `Setpoint` has one: who, since when, for how long.
package struct ModeChoice: Sendable, Hashable, Codable {
    package var request: ModeRequest
    /// Who chose it.
    package var source: Setpoint.Source
    /// A name, where one is known.
    package var who: String?
    /// When it was chosen, where the calendar was trusted.
    package var since: Timestamp?
    /// When it ends and the schedule holds again; `nil`: never, but for a boost. It does not end while no calendar is
    /// trusted.
    package var until: Timestamp?

    package init(
        request: ModeRequest, source: Setpoint.Source, who: String? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.request = request
        self.source = source
        self.who = who
        self.since = since
        self.until = until
    }

    func hasEnded(at calendar: Timestamp?) -> Bool {
        guard let until, let calendar else { return false }
        return calendar >= until
    }
}
