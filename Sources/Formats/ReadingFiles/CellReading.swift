internal import Building
internal import CivilTime

/// The parsing of a file's fields.
struct CellReading {
    /// The reason a field cannot be parsed.
    struct Problem: Error {
        var reason: String
        var detail: String?
    }

    private var clock: LocalClock
    private let zone: String
    /// A Boolean value that indicates whether `4,83` means 4.83, as in files that separate fields by semicolons.
    private let decimalComma: Bool

    init(calendar: LocalCalendar, zone: String, delimiter: UInt8) {
        clock = LocalClock(calendar)
        self.zone = zone
        decimalComma = delimiter == UInt8(ascii: ";")
    }

    /// Parses a time.
    ///
    /// - Parameter field: ISO 8601, or Unix seconds or milliseconds.
    mutating func time(_ field: ArraySlice<UInt8>) throws(Problem) -> Timestamp {
        let field = Self.trimmed(field)
        let time: Timestamp?
        if let digits = Self.unixMilliseconds(field) {
            time = Timestamp(representableMilliseconds: digits)
        } else if let written = ISO8601Time(utf8: field) {
            if written.offsetMinutes != nil {
                time = written.moment(in: .utc)
            } else if let moment = clock.moment(written.wall, millisecond: written.millisecond) {
                time = Timestamp(representableMilliseconds: moment.millisecondsSince1970)
            } else {
                throw Problem(reason: "a local time skipped by daylight saving", detail: "it does not exist in \(zone)")
            }
        } else {
            throw Problem(reason: field.isEmpty ? "a missing time" : "not a valid time", detail: nil)
        }
        guard let time else {
            throw Problem(reason: "a time that is not between 1970 and 2100", detail: nil)
        }
        return time
    }

    /// Returns milliseconds, from whole or decimal seconds, or from milliseconds if the number is too large for
    /// seconds.
    private static func unixMilliseconds(_ field: ArraySlice<UInt8>) -> Int64? {
        guard (6...17).contains(field.count),
            field.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }),
            let number = Double(String(decoding: field, as: UTF8.self))
        else { return nil }
        return Int64((number < 1e11 ? number * 1000 : number).rounded())
    }

    /// Parses a value of `datapoint`.
    ///
    /// - Returns: `nil` for an empty field.
    func value(_ field: ArraySlice<UInt8>, of datapoint: Datapoint) throws(Problem) -> ReadingValue? {
        let field = Self.trimmed(field)
        if field.isEmpty { return nil }
        if !Self.states.contains(datapoint), let number = number(field) { return .number(number) }
        guard !datapoint.isNumeric else { throw Problem(reason: "not a number", detail: nil) }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw Problem(reason: "text that is not valid UTF-8", detail: nil)
        }
        guard field.count <= ReadingValue.longestText, !field.contains(0) else {
            throw Problem(reason: "text that is too long or contains NUL", detail: nil)
        }
        return .text(text)
    }

    /// The datapoints whose values are text, even if it looks like a number.
    private static let states: Set<Datapoint> = [.presenceState, .onlineStatus, .quality]

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    func number(_ field: ArraySlice<UInt8>) -> Double? {
        var mantissa: Int64 = 0
        var digits = 0
        var decimals: Int?
        var isPlain = true
        for (index, byte) in field.enumerated() {
            switch byte {
            case 0x30...0x39:
                digits += 1
                guard digits <= 15 else {
                    isPlain = false
                    break
                }
                mantissa = mantissa * 10 + Int64(byte - 0x30)
                if let count = decimals { decimals = count + 1 }
            case UInt8(ascii: "-") where index == 0: break
            case UInt8(ascii: ".") where decimals == nil: decimals = 0
            case UInt8(ascii: ",") where decimalComma && decimals == nil: decimals = 0
            default: isPlain = false
            }
        }
        if isPlain {
            // Exact: both numbers are exact, and one division rounds once.
            guard digits > 0 else { return nil }
            let number = Double(mantissa) / Self.powersOfTen[decimals ?? 0]
            return field.first == UInt8(ascii: "-") ? -number : number
        }
        // Numbers with exponents or many digits, but not hexadecimal or “nan”.
        let allowed = field.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || "+-.,eE".utf8.contains(byte)
        }
        guard allowed else { return nil }
        var text = String(decoding: field, as: UTF8.self)
        if decimalComma { text = text.replacing(",", with: ".") }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var field = field
        while let first = field.first, first == 0x20 || first == 0x09 { field = field.dropFirst() }
        while let last = field.last, last == 0x20 || last == 0x09 { field = field.dropLast() }
        return field
    }
}
