extension ControlReason {
    /// A number in a reason, such as a temperature: at most three decimals, and at most a million away from zero.
    package struct Number: Hashable, Sendable {
        /// The number.
        package let value: Double

        /// Creates the nearest possible number; NaN becomes 0.
        package init(_ value: Double) { self.init(value, units: 1000) }

        /// Creates the nearest number with one decimal.
        package init(tenthsOf value: Double) { self.init(value, units: 10) }

        private init(_ value: Double, units: Double) {
            let limited = value.isNaN ? 0 : min(1e6, max(-1e6, value))
            // The sum makes 0 of -0.
            self.value = (limited * units).rounded() / units + 0
        }

        /// Reads a number from text; `nil` if `text` is not one.
        init?(text: Substring) {
            guard text.utf8.count <= 16, let value = Double(text) else { return nil }
            self.init(value)
        }

        /// The number with as few decimals as possible: `22`, `1.2`, `-0.4`.
        package var text: String { ReadingValue.shortest(value) }
    }

    /// A time of day, without seconds.
    package struct ClockTime: Hashable, Sendable {
        /// The minute of the day, 0..<1440.
        package let minuteOfDay: Int

        /// Creates a time of day from the second of the day, clamped to 0..<86,400.
        package init(secondOfDay: Int) { minuteOfDay = min(1439, max(0, secondOfDay / 60)) }

        /// Reads `14:02`; `nil` if `text` is not a time of day.
        init?(text: Substring) {
            let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count == 2, let hour = Int(Substring(parts[0])), let minute = Int(Substring(parts[1])),
                (0..<24).contains(hour), (0..<60).contains(minute)
            else { return nil }
            minuteOfDay = hour * 60 + minute
        }

        /// The time of day as `14:02`.
        package var text: String {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return two(minuteOfDay / 60) + ":" + two(minuteOfDay % 60)
        }
    }

    /// A length of time in the unit that suits it: seconds below a minute, minutes below two hours, else hours.
    package struct Span: Hashable, Sendable {
        /// The unit, by its symbol.
        package enum Unit: String, CaseIterable, Sendable {
            case seconds = "s"
            case minutes = "min"
            case hours = "h"

            /// The length of the unit, in seconds.
            fileprivate var seconds: Int64 {
                switch self {
                case .seconds: 1
                case .minutes: 60
                case .hours: 3600
                }
            }
        }

        /// The number of whole units.
        package let count: Int64
        /// The unit.
        package let unit: Unit

        private static let longestSeconds: Int64 = 1_000_000_000_000

        /// Creates a span. Negative durations become 0 s, and the part of a unit that is not whole is left out.
        package init(_ duration: Duration) { self.init(seconds: duration.components.seconds) }

        private init(seconds: Int64) {
            let seconds = min(Self.longestSeconds, max(0, seconds))
            unit = seconds < 60 ? .seconds : seconds < 7200 ? .minutes : .hours
            count = seconds / unit.seconds
        }

        /// Reads `31min`; `nil` if `text` is not a span.
        init?(text: Substring) {
            let digits = text.prefix { ("0"..."9").contains($0) }
            guard (1...12).contains(digits.utf8.count), let count = Int64(digits),
                let unit = Unit(rawValue: String(text[digits.endIndex...]))
            else { return nil }
            self.init(seconds: count * unit.seconds)
        }

        /// The span as `31min`.
        package var text: String { "\(count)\(unit.rawValue)" }

        /// The span for people, in every language: `31 min`.
        var words: String { "\(count) \(unit.rawValue)" }
    }
}
