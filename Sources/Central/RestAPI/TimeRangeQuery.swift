internal import APISupport
internal import Building
internal import CivilTime

/// The range of time of a request, from the parameters `start_time` (inclusive) and `end_time` (exclusive).
struct TimeRangeQuery: Sendable {
    static let parameters: Set<String> = ["start_time", "end_time"]

    private let start: String?
    private let end: String?

    init(_ query: QueryParameters) {
        start = query.filled("start_time")
        end = query.filled("end_time")
    }

    /// - Parameter calendar: where a time without an offset is meant.
    /// - Throws: `APIError` 400 where one of them is no time, or the end is not after the start.
    func bounds(in calendar: LocalCalendar) throws -> (start: Timestamp?, end: Timestamp?) {
        let bounds = (
            start: try start.map { try Self.time($0, "start_time", calendar) },
            end: try end.map { try Self.time($0, "end_time", calendar) }
        )
        if let start = bounds.start, let end = bounds.end { try Self.requireOrder(start, end) }
        return bounds
    }

    /// Checks that the end is after the start.
    ///
    /// - Throws: `APIError` 400.
    static func requireOrder(_ start: Timestamp, _ end: Timestamp) throws {
        guard start < end else {
            throw APIError.badRequest(
                code: "bad_range", "end_time must be after start_time.",
                hint: "start_time is inclusive, end_time is exclusive.")
        }
    }

    /// Checks that the range has at most `days` days.
    ///
    /// - Throws: `APIError` 400.
    static func requireLength(_ start: Timestamp, _ end: Timestamp, atMostDays days: Int, for what: String) throws {
        guard end.millisecondsSince1970 - start.millisecondsSince1970 <= Int64(days) * 86_400_000 else {
            throw APIError.badRequest(
                code: "range_too_large", "\(what) is limited to \(days) days per request.",
                hint: "Request a shorter range or longer steps.")
        }
    }

    private static func time(_ text: String, _ name: String, _ calendar: LocalCalendar) throws -> Timestamp {
        guard let time = TimeParameter.moment(text, in: calendar) else {
            throw APIError.badRequest(
                code: "bad_time", "\(name) “\(text.prefix(80))” is not a valid time from 1970 to 2099.",
                hint:
                    "Use ISO 8601, such as 2024-12-24T18:00:00+01:00 (without an offset, the building's time), or "
                    + "Unix seconds.")
        }
        return time
    }
}
