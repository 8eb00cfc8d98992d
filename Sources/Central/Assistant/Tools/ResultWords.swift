package import Building
internal import CivilTime
internal import JSON

/// The members that all results share.
extension LocalCalendar {
    /// To the second, `2026-03-29T22:00:00+02:00`: what people and models are told needs no milliseconds.
    package func iso8601(_ moment: Timestamp) -> String {
        ISO8601Writer(self).text(Timestamp(wholeSecondsSince1970: moment.wholeSecondsSince1970))
    }

    /// Returns a range's `start` and `end` in local time.
    func members(_ range: Range<Timestamp>) -> [JSON.Member] {
        [
            .init("start", .string(iso8601(range.lowerBound))), .init("end", .string(iso8601(range.upperBound))),
            .init("time_zone", .string(zoneName)),
        ]
    }

    func json(_ moment: Timestamp?) -> JSON { moment.map { .string(iso8601($0)) } ?? .null }

    /// Returns the start of the range the caller has access to; no member if it is unlimited.
    func known(_ room: any RoomService) -> [JSON.Member] {
        room.knownSince.map { [.init("known_since", json($0))] } ?? []
    }

    func json(_ desired: DesiredTemperature?) -> JSON {
        guard let desired else { return .null }
        return ["celsius": JSON(desired.celsius), "until": json(desired.until)]
    }
}

extension JSON {
    /// Creates a number rounded to three decimals, which is enough for a model, a string, or `null` if there is no
    /// value.
    init(rounding value: ReadingValue?) {
        switch value {
        case .number(let number)?: self.init(number)
        case .text(let text)?: self = .string(text)
        case nil: self = .null
        }
    }

    /// Returns the covered share of the time, and the quality.
    static func trust(_ coveragePercent: Double, _ quality: Quality) -> [Member] {
        [
            .init("coverage_percent", .number(coveragePercent.limited.rounded())),
            .init("quality", .string(quality.name)),
        ]
    }
}

extension Double {
    /// The value limited to 0…100 %; 0 if it is not finite.
    fileprivate var limited: Double { isFinite ? Swift.min(Swift.max(self, 0), 100) : 0 }
}
