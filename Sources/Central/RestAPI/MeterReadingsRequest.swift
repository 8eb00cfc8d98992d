internal import APISupport
internal import Building
internal import CivilTime
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
    let start: CivilDate?
    /// The last day, inclusive; `nil` for the day of the newest reading.
    let end: CivilDate?
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
                    code: "end_before_start", "The day “end” is before the day “start”.",
                    hint: "Both days are included: start=end means one day.")
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
                code: "contradiction", "weekday_only and weekend_only are mutually exclusive.",
                hint: "Set at most one of them; without either, all days are included.")
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
            throw Self.bad("meter_id", muid, "a valid meter name")
        }
    }

    /// Checks that the range is not too long.
    ///
    /// - Throws: `APIError` 400 if it has more than `longestSpan` days.
    static func check(_ start: CivilDate, _ end: CivilDate) throws {
        guard end.number - start.number < longestSpan else {
            throw APIError.badRequest(
                code: "range_too_large", "The range from start to end has more than \(longestSpan) days.",
                hint: "Set start and end to request fewer days at once.")
        }
    }

    /// The days of the oldest and the newest reading.
    static func days(of extent: ClosedRange<Timestamp>, in calendar: LocalCalendar) -> ClosedRange<CivilDate> {
        func day(_ moment: Timestamp) -> CivilDate {
            min(max(calendar.wall(moment).date, dates.lowerBound), dates.upperBound)
        }
        // Clocks that are set back over midnight show an earlier day at a later moment.
        let first = day(extent.lowerBound)
        return first...max(first, day(extent.upperBound))
    }

    /// 1970-01-02…2099-12-30, so that a day lies within what can be stored in every time zone.
    private static let dates = CivilDate(number: 1)...CivilDate(number: 47_480)

    /// The longest range in days: ten years with their leap days.
    static let longestSpan = 3653

    private static func day(_ query: QueryParameters, _ name: String) throws -> CivilDate? {
        guard let text = query.text(name) else { return nil }
        guard text.utf8.count == 10, let day = ISO8601Time(text)?.wall.date, dates.contains(day) else {
            throw APIError.badRequest(
                code: "bad_date", "“\(text.prefix(80))” is not a valid day from 1970-01-02 to 2099-12-30.",
                hint: "Write \(name) as 2023-02-28. The day is in the tariff's time zone and is included.")
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
