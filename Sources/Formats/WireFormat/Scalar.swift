import Building
import CivilTime
import Foundation

/// A JSON value; containers are represented by `other`.
enum Scalar: Decodable, Sendable {
    case number(Double)
    case text(String)
    case flag(Bool)
    case null
    case other

    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.singleValueContainer() else {
            self = .other
            return
        }
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else {
            self = .other
        }
    }
}

extension Scalar {
    var isNull: Bool { if case .null = self { true } else { false } }

    /// The finite number, even if given as a text; `nil` for other values.
    var number: Double? {
        switch self {
        case .number(let number): number.isFinite ? number : nil
        // Double(_:) also accepts “nan”, “inf” and hexadecimal, which are never intended.
        case .text(let text) where text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }):
            Double(text).flatMap { $0.isFinite ? $0 : nil }
        case .text, .flag, .null, .other: nil
        }
    }

    /// A moment: Unix seconds or milliseconds, also as a text, or ISO 8601 (without an offset: in `calendar`).
    func time(in calendar: LocalCalendar) -> Timestamp? {
        switch self {
        case .number(let number): Self.time(number)
        case .text(let text):
            if let number = Double(text) { Self.time(number) } else { ISO8601Time(text)?.moment(in: calendar) }
        case .flag, .null, .other: nil
        }
    }

    /// Returns the moment, from Unix seconds, or from milliseconds if seconds would be a year after 5000.
    private static func time(_ number: Double) -> Timestamp? {
        guard number.isFinite, number >= 0, number < 1e14 else { return nil }
        let time =
            number >= 1e11
            ? Timestamp(millisecondsSince1970: Int64(number.rounded())) : Timestamp(secondsSince1970: number)
        return Timestamp.representable.contains(time) ? time : nil
    }
}
