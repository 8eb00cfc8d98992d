package import Building
package import Foundation
internal import WireFormat

/// Times as people and programs write them in requests.
package enum ISO8601Reader {
    /// Reads ISO 8601 as `CalendarTime.parse` does, where a date alone is its midnight, or whole Unix seconds.
    ///
    /// - Parameter zone: where a time without an offset is meant.
    /// - Returns: `nil` where `text` is no such thing, or outside of `Timestamp.representable`.
    package static func parse(_ text: String, zone: TimeZone) -> Timestamp? {
        guard let seconds = QueryParameters.integer(text) else { return CalendarTime.parse(text, in: zone) }
        let moment = Timestamp(wholeSecondsSince1970: Int64(seconds))
        return Timestamp.representable.contains(moment) ? moment : nil
    }
}
