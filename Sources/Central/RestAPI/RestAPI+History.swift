internal import APISupport
package import Building
package import CivilTime
internal import Foundation
internal import HTTPTypes
package import Hummingbird
internal import JSON
internal import Storage

extension RestAPI {
    @Sendable
    func history(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let room = try context.room(visibleTo: caller)
        let question = try HistoryParameters(request)
        let series = try await store.series(
            of: question.datapoint, inRoom: room, device: question.device, visible: caller.visible)
        guard let series else { throw APIError.unknownRoom(room) }
        guard series.isKnown else { throw question.noSeries(in: room, series) }
        let answer = HistoryWriter(question: question, calendar: series.calendar)
        let range = try question.range(in: answer.calendar, now: store.currentTime)
        if question.interval == .raw { return try await raw(series, range, answer, request) }
        return try await buckets(series, range, answer, request)
    }

    private func raw(
        _ series: RoomSeries, _ range: Range<Timestamp>, _ answer: HistoryWriter, _ request: Request
    ) async throws -> Response {
        let limit = answer.question.limit
        let cursor = try answer.question.rawCursor ?? .init(time: ReadingTime(range.lowerBound), skip: 0)
        let readings = try await store.readings(
            of: series, from: cursor.time, skip: cursor.skip, before: ReadingTime(range.upperBound), limit: limit + 1)
        let entries = readings.prefix(limit).map { answer.entry($0) }
        guard readings.count > limit else { return answer.response(entries, range, next: nil, request) }
        // The number of readings with the last reading's time that have been sent.
        let last = readings[limit - 1].time
        var given = readings.prefix(limit).count { $0.time == last }
        if cursor.time == last { given += cursor.skip }
        return answer.response(entries, range, next: HistoryCursor(time: last, skip: given).text, request)
    }

    private func buckets(
        _ series: RoomSeries, _ range: Range<Timestamp>, _ answer: HistoryWriter, _ request: Request
    ) async throws -> Response {
        guard let unit = answer.question.interval.unit else { preconditionFailure("raw is answered separately") }
        let limit = answer.question.limit
        let calendar = CalendarBuckets(unit, calendar: answer.calendar)
        let first = try answer.question.bucketCursor ?? range.lowerBound.secondDownwards
        let end = range.upperBound.secondUpwards
        let entries: [(start: Int64, json: JSON)]
        if series.isText {
            try answer.question.requireLast(of: range)
            entries = try await store.textHistory(of: series, in: calendar, from: first, before: end, limit: limit + 1)
                .map { ($0.start, answer.entry($0.start, .string($0.last), count: $0.count)) }
        } else {
            entries = try await store.history(of: series, in: calendar, from: first, before: end, limit: limit + 1)
                .map { ($0.start, answer.entry($0)) }
        }
        let next = entries.count > limit ? String(entries[limit].start) : nil
        return answer.response(entries.prefix(limit).map(\.json), range, next: next, request)
    }
}

/// The step of a history.
enum HistoryInterval: String, CaseIterable {
    case raw
    case minute = "1min"
    case quarter = "15min"
    case hour = "1hour"
    case day = "1day"

    var unit: CalendarBuckets.Unit? {
        switch self {
        case .raw: nil
        case .minute: .minute
        case .quarter, .hour, .day: energy?.unit
        }
    }

    /// The longest range that is answered at once, in days.
    var longestRange: Int {
        switch self {
        case .raw: 7
        case .minute: 31
        case .quarter, .hour, .day: energy?.longestDays ?? 0
        }
    }

    /// The step of the same name in which energy is known.
    private var energy: EnergyResolution? { EnergyResolution(rawValue: rawValue) }
}

/// The statistic of a step's readings that is its value.
enum HistoryStatistic: String, CaseIterable {
    case average, minimum, maximum, last
}

/// The parameters of a history, validated as far as possible without knowing the room.
package struct HistoryParameters {
    let datapoint: String
    let device: String?
    let interval: HistoryInterval
    let statistic: HistoryStatistic
    let limit: Int
    private let cursor: String?
    private let asked: TimeRangeQuery

    private static let defaultRange: Duration = .seconds(86_400)
    /// The longest history of states, in days. It is shorter because every reading must be read.
    private static let longestTextRange = 31

    /// Reads the query of a request.
    ///
    /// - Throws: `APIError` 400.
    package init(_ request: Request) throws {
        let query = try QueryParameters(
            request,
            known: PagedAnswer.parameters.union(TimeRangeQuery.parameters)
                .union(["datapoint", "interval", "statistic", "device_id"]))
        guard let name = query.text("datapoint") else {
            throw APIError.badRequest(
                code: "missing_parameter", "The parameter datapoint is missing.",
                hint:
                    "Set it, as in datapoint=temperature. GET /rooms/<room_id>/data/ lists the datapoints of a room."
            )
        }
        guard let datapoint = Datapoint(name) else {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(name.prefix(80))” is not a valid datapoint name.",
                hint: "A name has 1 to 64 letters, digits and _ - . :, for example temperature.")
        }
        self.datapoint = datapoint.name
        device = query.text("device_id")
        if let device, device.isEmpty || device.utf8.contains(0) || device.utf8.count > 512 {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(device.prefix(80))” is not a valid device_id.",
                hint: "GET /rooms/<room_id>/data/ lists the devices: <building>/<room>/<sensor>.")
        }
        interval = try query.choice("interval", of: HistoryInterval.allCases) ?? .quarter
        statistic = try query.choice("statistic", of: HistoryStatistic.allCases) ?? .average
        limit = try query.integer("limit", in: 1...PagedAnswer.greatestLimit) ?? PagedAnswer.defaultLimit
        cursor = query.text("cursor")
        asked = TimeRangeQuery(query)
    }

    package func range(in calendar: LocalCalendar, now: Timestamp) throws -> Range<Timestamp> {
        let bounds = try asked.bounds(in: calendar)
        let end = bounds.end ?? bounds.start.map { max(now, $0.advanced(by: .milliseconds(1))) } ?? now
        let start = bounds.start ?? end.advanced(by: .zero - Self.defaultRange)
        try TimeRangeQuery.requireOrder(start, end)
        try TimeRangeQuery.requireLength(
            start, end, atMostDays: interval.longestRange, for: "interval=\(interval.rawValue)")
        return start..<end
    }

    var rawCursor: HistoryCursor? {
        get throws {
            guard let cursor else { return nil }
            guard let place = HistoryCursor(cursor) else { throw Self.badCursor(cursor) }
            return place
        }
    }

    var bucketCursor: Int64? {
        get throws {
            guard let cursor else { return nil }
            guard let seconds = QueryParameters.integer(cursor), seconds < 1 << 40 else { throw Self.badCursor(cursor) }
            return Int64(seconds)
        }
    }

    private static func badCursor(_ text: String) -> APIError {
        .badRequest(
            code: "bad_parameter", "“\(text.prefix(80))” is not a valid cursor.",
            hint: "Use the Link header of the previous page, with all its other parameters.")
    }

    /// Checks that the last value is requested: states have no mean.
    func requireLast(of range: Range<Timestamp>) throws {
        guard statistic == .last else {
            throw APIError.badRequest(
                code: "not_numeric",
                "The values of \(datapoint) are text, which has no \(statistic.rawValue).",
                hint: "Use statistic=last or interval=raw.")
        }
        try TimeRangeQuery.requireLength(
            range.lowerBound, range.upperBound, atMostDays: Self.longestTextRange,
            for: "statistic=last of text values")
    }

    func noSeries(in room: Int, _ series: RoomSeries) -> APIError {
        let list = series.datapoints.isEmpty ? "nothing yet" : series.datapoints.prefix(20).joined(separator: ", ")
        if let device {
            return .notFound(
                code: "unknown_device",
                "Room \(room) has no device “\(device.prefix(200))” that reported \(datapoint).",
                hint: "GET /rooms/\(room)/data/ shows its devices and what they report.")
        }
        return .notFound(
            code: "unknown_datapoint", "No device in room \(room) has reported “\(datapoint)”.",
            hint: "They reported: \(list).")
    }
}

/// The position at which a list of readings continues.
struct HistoryCursor {
    var time: ReadingTime
    /// The number of readings at this time that have been sent.
    var skip: Int

    init(time: ReadingTime, skip: Int) {
        self.time = time
        self.skip = skip
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = QueryParameters.integer(String(parts[0])),
            let skip = QueryParameters.integer(String(parts[1])), microseconds < 1 << 60, skip < 1_000_000
        else { return nil }
        self.init(time: ReadingTime(microsecondsSince1970: Int64(microseconds)), skip: skip)
    }

    var text: String { "\(time.microsecondsSince1970).\(skip)" }
}

/// A writer of history entries and of their page.
private struct HistoryWriter {
    let question: HistoryParameters
    let calendar: LocalCalendar
    private let time: ISO8601Writer

    init(question: HistoryParameters, calendar: LocalCalendar) {
        self.question = question
        self.calendar = calendar
        time = ISO8601Writer(calendar)
    }

    func entry(_ bucket: HistoryBucket) -> JSON {
        let value =
            switch question.statistic {
            case .average: bucket.average
            case .minimum: bucket.minimum
            case .maximum: bucket.maximum
            case .last: bucket.last
            }
        return entry(
            bucket.start, .number(value.withoutNoise), least: .number(bucket.minimum),
            greatest: .number(bucket.maximum),
            count: bucket.count)
    }

    func entry(
        _ start: Int64, _ value: JSON, least: JSON = .null, greatest: JSON = .null, count: Int
    ) -> JSON {
        entry(Timestamp(wholeSecondsSince1970: start), value, least, greatest, count)
    }

    func entry(_ reading: RawReading) -> JSON {
        let value = JSON(reading.value)
        guard case .number = reading.value else { return entry(reading.time.timestamp, value, .null, .null, 1) }
        return entry(reading.time.timestamp, value, value, value, 1)
    }

    private func entry(
        _ moment: Timestamp, _ value: JSON, _ least: JSON, _ greatest: JSON, _ count: Int
    ) -> JSON {
        [
            "timestamp": .string(time.text(moment)), "value": value, "minimum": least, "maximum": greatest,
            "count": .integer(count),
        ]
    }

    /// Returns a page of entries.
    ///
    /// - Parameter next: The cursor of the next page. Its address also fixes every parameter that the request left
    ///   open.
    func response(
        _ entries: [JSON], _ range: Range<Timestamp>, next: String?, _ request: Request
    ) -> Response {
        var response = Response.json(.array(entries))
        guard let next else { return response }
        let utc = ISO8601Writer(.utc)
        var parts = [
            ("datapoint", question.datapoint), ("interval", question.interval.rawValue),
            ("statistic", question.statistic.rawValue),
            ("start_time", utc.text(range.lowerBound).replacing("+00:00", with: "Z")),
            ("end_time", utc.text(range.upperBound).replacing("+00:00", with: "Z")),
            ("limit", String(question.limit)), ("cursor", next),
        ]
        if let device = question.device { parts.append(("device_id", device)) }
        let query = parts.map { "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? "")" }
        response.headers[PagedAnswer.link] = "<\(request.uri.path)?\(query.joined(separator: "&"))>; rel=\"next\""
        return response
    }

    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/")
}

extension Timestamp {
    /// The time in whole seconds since 1970, rounded down.
    fileprivate var secondDownwards: Int64 { millisecondsSince1970 / 1000 }
    /// The time in whole seconds since 1970, rounded up.
    fileprivate var secondUpwards: Int64 { (millisecondsSince1970 + 999) / 1000 }
}
