package import Building
package import CivilTime

/// The times that people and programs write in requests.
package enum TimeParameter {
    /// Returns the moment that `text` means: ISO 8601 as `ISO8601Time` reads it, or whole Unix seconds.
    ///
    /// - Parameter calendar: where a time without an offset is meant; a date alone is its midnight there.
    /// - Returns: `nil` if `text` is neither, or not within `Timestamp.representable`.
    package static func moment(_ text: String, in calendar: LocalCalendar) -> Timestamp? {
        guard let seconds = QueryParameters.integer(text) else { return ISO8601Time(text)?.moment(in: calendar) }
        let moment = Timestamp(wholeSecondsSince1970: Int64(seconds))
        return Timestamp.representable.contains(moment) ? moment : nil
    }
}
