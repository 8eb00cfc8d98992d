package import Building

/// The mode that someone chose for a room, with its history as for a `Setpoint`: by whom, since when, until when.
package struct ModeChoice: Sendable, Hashable, Codable {
    /// The requested mode.
    package var request: ModeRequest
    /// The kind of source that chose it.
    package var source: Setpoint.Source
    /// The name of the person or program that chose it, if known.
    package var who: String?
    /// The time at which it was chosen, if the calendar was trusted.
    package var since: Timestamp?
    /// The time at which it ends and the schedule applies again; `nil` for a choice that does not end, except for a
    /// boost. It does not end while no calendar is trusted.
    package var until: Timestamp?

    /// Creates a choice.
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
