internal import Building
internal import JSON

/// What all results have in common.
extension LocalCalendar {
    /// `start` and `end` of a result, local.
    func members(_ range: Range<Timestamp>) -> [JSON.Member] {
        [
            .init("start", .string(iso8601(range.lowerBound))), .init("end", .string(iso8601(range.upperBound))),
            .init("time_zone", .string(zoneName)),
        ]
    }

    func json(_ moment: Timestamp?) -> JSON { moment.map { .string(iso8601($0)) } ?? .null }

    /// Since when there may be anything to tell of the room; nothing for those who may hear everything.
    func known(_ room: any RoomService) -> [JSON.Member] {
        room.knownSince.map { [.init("known_since", json($0))] } ?? []
    }

    func json(_ desired: DesiredTemperature?) -> JSON {
        guard let desired else { return .null }
        return ["celsius": JSON(desired.celsius), "until": json(desired.until)]
    }
}

extension JSON {
    init(_ value: ReadingValue?) {
        switch value {
        case .number(let number)?: self.init(number)
        case .text(let text)?: self = .string(text)
        case nil: self = .null
        }
    }

    /// How much of the time has data and how far it can be trusted.
    static func trust(_ coveragePercent: Double, _ quality: Quality) -> [Member] {
        [
            .init("coverage_percent", .number(coveragePercent.limited.rounded())),
            .init("quality", .string(quality.name)),
        ]
    }
}

extension Double {
    /// A percentage, whatever the source said.
    fileprivate var limited: Double { isFinite ? Swift.min(Swift.max(self, 0), 100) : 0 }
}
