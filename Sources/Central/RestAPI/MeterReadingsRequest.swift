internal import APISupport
internal import Building
internal import Foundation
package import Hummingbird
internal import Storage

/// The parameters of `GET /meter_readings`, read strictly.
package struct MeterReadingsRequest {
    enum Aggregation: String, CaseIterable {
        case raw, hourly, daily, weekly, monthly

        /// The bucket's unit; `nil` for single readings.
        var unit: MeterBucketUnit? {
            switch self {
            case .raw: nil
            case .hourly: .hour
            case .daily: .day
            case .weekly: .week
            case .monthly: .month
            }
        }
    }

    enum Extra: String, CaseIterable {
        case stats, patterns, heatmap, cost
    }

    /// The first day; `nil` for the day of the oldest reading.
    let start: CalendarDay?
    /// The last day, inclusive; `nil` for the day of the newest reading.
    let end: CalendarDay?
    let types: Set<MeterRegister.MeasurementType>
    let aggregation: Aggregation
    let days: MeterQuestion.Days
    let page: Int
    let perPage: Int
    let extras: Set<Extra>
    let building: Int?
    let muid: String?

    static let names: Set<String> = [
        "start", "end", "meter", "aggregation", "weekday_only", "weekend_only", "page", "per_page", "include",
        "building_id", "meter_id",
    ]
    static let defaultPerPage = 10_000
    private static let perPageRange = 100...50_000
    private static let pageRange = 1...1_000_000

    /// Reads the query of a request.
    ///
    /// - Throws: `APIError` 400.
    package init(_ request: Request) throws {
        let query = try QueryParameters(request, known: Self.names)
        start = try Self.day(query, "start")
        end = try Self.day(query, "end")
        if let start, let end {
            guard start <= end else {
                throw APIError.badRequest(
                    code: "end_before_start", "The day “end” lies before the day “start”.",
                    hint: "Both days are included: start=end is one day.")
            }
            try Self.check(start, end)
        }
        switch query.text("meter") {
        case nil, "both": types = Set(MeterRegister.MeasurementType.allCases)
        case let text?:
            guard let type = MeterRegister.MeasurementType(rawValue: text) else {
                throw Self.bad("meter", text, "one of active, reactive, both")
            }
            types = [type]
        }
        if let text = query.text("aggregation") {
            guard let aggregation = Aggregation(rawValue: text) else {
                let list = Aggregation.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.bad("aggregation", text, "one of \(list)")
            }
            self.aggregation = aggregation
        } else {
            aggregation = .raw
        }
        let weekdays = try Self.flag(query, "weekday_only")
        let weekends = try Self.flag(query, "weekend_only")
        guard !(weekdays && weekends) else {
            throw APIError.badRequest(
                code: "contradiction", "weekday_only and weekend_only leave nothing between them.",
                hint: "Give one of the two, or none for all days.")
        }
        days = weekdays ? .weekdays : weekends ? .weekends : .all
        page = try query.integer("page", in: Self.pageRange) ?? 1
        perPage = try query.integer("per_page", in: Self.perPageRange) ?? Self.defaultPerPage
        var extras: Set<Extra> = []
        for text in query.filled("include") == nil ? [] : query.list("include") {
            guard let extra = Extra(rawValue: text) else {
                let list = Extra.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.bad("include", text, "one of \(list)")
            }
            extras.insert(extra)
        }
        self.extras = extras
        building = try query.integer("building_id", in: 1...Int(Int32.max))
        muid = query.text("meter_id")
        if let muid, muid.isEmpty || muid.utf8.count > SeriesKey.longestDevice || muid.utf8.contains(0) {
            throw Self.bad("meter_id", muid, "the name of a meter")
        }
    }

    /// Checks that the range is not too long.
    ///
    /// - Throws: `APIError` 400 if it has more than `longestSpan` days.
    static func check(_ start: CalendarDay, _ end: CalendarDay) throws {
        guard end.daysSince1970 - start.daysSince1970 < longestSpan else {
            throw APIError.badRequest(
                code: "range_too_large", "There are more than \(longestSpan) days from start to end.",
                hint: "Ask for fewer days at once, with start and end.")
        }
    }

    /// The longest range in days: ten years with their leap days.
    static let longestSpan = 3653

    private static func day(_ query: QueryParameters, _ name: String) throws -> CalendarDay? {
        guard let text = query.text(name) else { return nil }
        guard let day = CalendarDay(text) else {
            throw APIError.badRequest(
                code: "bad_date", "“\(text.prefix(80))” is no day from 1970-01-02 to 2099-12-30.",
                hint: "Give \(name) as 2023-02-28. The day is in the tariff's time zone, and is included.")
        }
        return day
    }

    private static func flag(_ query: QueryParameters, _ name: String) throws -> Bool {
        switch query.text(name) {
        case nil, "", "false": false
        case "true": true
        case let text?: throw bad(name, text, "true or false")
        }
    }

    private static func bad(_ name: String, _ text: String, _ expected: String) -> APIError {
        APIError.badRequest(
            code: "bad_parameter", "“\(text.prefix(80))” is not \(expected).", hint: "Correct the parameter \(name).")
    }
}

/// A calendar day from 1970-01-02 to 2099-12-30, so that its times can be stored in every time zone.
struct CalendarDay: Comparable, Hashable {
    /// The number of days since 1970-01-01.
    let daysSince1970: Int

    /// Parses a date.
    ///
    /// - Parameter text: A date such as `2023-02-28`.
    init?(_ text: String) {
        guard text.utf8.count == 10, let moment = ISO8601Reader.parse(text + "T00:00", zone: .gmt) else { return nil }
        let days = Int(moment.millisecondsSince1970 / 86_400_000)
        guard Self.range.contains(days) else { return nil }
        daysSince1970 = days
    }

    /// Creates the local day of a moment.
    init(_ moment: Timestamp, in zone: TimeZone) {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment.secondsSince1970))
        let local = moment.millisecondsSince1970 + Int64(offset) * 1000
        daysSince1970 = min(max(Int(local / 86_400_000), Self.range.lowerBound), Self.range.upperBound)
    }

    private static let range = 1...47_480

    /// Returns the start of the day. If the clocks skip midnight, it is the first moment after.
    func start(in zone: TimeZone) -> Timestamp {
        Self.start(daysSince1970, zone)
    }

    /// Returns the start of the following day.
    func end(in zone: TimeZone) -> Timestamp {
        Self.start(daysSince1970 + 1, zone)
    }

    private static func start(_ day: Int, _ zone: TimeZone) -> Timestamp {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        // Noon lies on the right day whatever the clocks do at night.
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(day) * 86_400 + 43_200))
        let noon = Date(timeIntervalSince1970: Double(day * 86_400 + 43_200 - offset))
        return Timestamp(secondsSince1970: calendar.startOfDay(for: noon).timeIntervalSince1970)
    }

    static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.daysSince1970 < right.daysSince1970 }
}
