import ConfigurationFile

extension ConfigurationSection {
    /// Reads a list such as `[{ days: mon-fri, from: "06:30", until: "22:00" }]`; returns an empty list if the key is
    /// missing.
    func comfortPeriods(_ key: String) throws(ConfigurationError) -> [EdgeConfiguration.ComfortPeriod] {
        var periods: [EdgeConfiguration.ComfortPeriod] = []
        for section in try list(key) {
            let hasDays = try section.optionalText("days") != nil
            let days =
                hasDays
                ? try section.value("days", expected: "days such as mon-fri or sat,sun", WeekdayNames.read)
                : Set(WeekdayNames.names)
            let from = try section.timeOfDay("from")
            let until = try section.timeOfDay("until")
            guard from < 1440 else { throw section.error(at: "from", "24:00 can only end a period") }
            try section.finish()
            periods.append(EdgeConfiguration.ComfortPeriod(days: days, startMinute: from, endMinute: until))
        }
        return periods
    }

    /// Reads a time of day such as `"06:30"`, at most `"24:00"`, as minutes since midnight.
    private func timeOfDay(_ key: String) throws(ConfigurationError) -> Int {
        try value(key, expected: "a time of day such as \"06:30\", in quotes") { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
                let minute = Int(parts[1]), (0...59).contains(minute), (0...1440).contains(hour * 60 + minute)
            else { return nil }
            return hour * 60 + minute
        }
    }
}

/// The names of weekdays in a configuration.
private enum WeekdayNames {
    static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Returns the days that `mon-fri`, `sat,sun` or `fri-mon` stand for, or `nil` for anything else.
    static func read(_ text: String) -> Set<String>? {
        var days: Set<String> = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-").map { names.firstIndex(of: $0.trimmingSpaces) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else { return nil }
            let length = (last - first + names.count) % names.count
            days.formUnion((0...length).map { names[(first + $0) % names.count] })
        }
        return days.isEmpty ? nil : days
    }
}

extension Substring {
    /// The text without spaces at either end.
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
