package import Building
package import Foundation
internal import WireFormat

/// A reader of times as people and programs write them in requests.
package enum ISO8601Reader {
    /// Parses ISO 8601 as `CalendarTime.parse` does, where a date alone means its midnight, or whole Unix seconds.
    ///
    /// - Parameter zone: The time zone of a time without an offset.
    /// - Returns: `nil` if `text` is not a valid time, or is outside `Timestamp.representable`.
    package static func parse(_ text: String, zone: TimeZone) -> Timestamp? {
        guard let seconds = QueryParameters.integer(text) else { return CalendarTime.parse(text, in: zone) }
        let moment = Timestamp(wholeSecondsSince1970: Int64(seconds))
        return Timestamp.representable.contains(moment) ? moment : nil
    }
}
