import Building

import struct Foundation.TimeZone

/// The wording of the reasons of decisions.
enum Wording {
    /// Returns `heating: 1.2 K below the set-point of 22 °C`; with a cause, `holding: at 19 °C (eco by the schedule)`.
    static func regulating(
        level: PercentOpen, errorKelvin: Double, targetCelsius: Double, isSetpoint: Bool, cause: String?,
        isEstimated: Bool
    ) -> String {
        let distance = tenths(abs(errorKelvin))
        let goal = isSetpoint ? "the set-point of \(tenths(targetCelsius)) °C" : "\(tenths(targetCelsius)) °C"
        let place =
            if distance == "0" {
                "at \(goal)"
            } else {
                "\(distance) K \(errorKelvin > 0 ? "below" : "above") \(goal)"
            }
        let action =
            if level == .shut {
                "closed"
            } else if distance != "0", errorKelvin > 0 {
                "heating"
            } else {
                "holding"
            }
        let notes = [cause, isEstimated ? "no usable sensor, estimated" : nil].compactMap { $0 }
        return "\(action): \(place)" + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }

    static let exercise = "exercise: the valve goes from end to end once a week"

    /// Returns `closed: window open since 14:02`; without a trusted calendar, `closed: window open for 3 min`.
    static func windowOpen(since moment: Timestamp?, span open: Duration, zone: TimeZone) -> String {
        guard let moment else { return "closed: window open for \(span(open))" }
        return "closed: window open since \(LocalTime(of: moment, in: zone).text)"
    }

    static func frost(celsius: Double) -> String {
        "frost protection: \(tenths(celsius)) °C in the room"
    }

    static func failSafe(silence: Duration) -> String {
        "fail-safe: no usable sensor for \(span(silence))"
    }

    /// Returns `fail-safe: no room is 41 °C warm, 19 K above its set-point, with the valve shut for an hour and -12 °C
    /// outside (a sensor in °F has to send its unit)`.
    static func impossible(celsius: Double, setpointCelsius: Double, outdoorCelsius: Double?) -> String {
        let outside = outdoorCelsius.map { " and \(tenths($0)) °C outside" } ?? ""
        return "fail-safe: no room is \(tenths(celsius)) °C warm, \(tenths(celsius - setpointCelsius)) K above its "
            + "set-point, with the valve shut for an hour\(outside) (a sensor in °F has to send its unit)"
    }

    /// Returns the number with at most one decimal, none if it is zero: `22`, `1.2`, `-0.4`.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value.limited(to: -1e6...1e6, else: 0) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let whole = abs(tenths) / 10
        let rest = abs(tenths) % 10
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// Returns the duration as `40 s`, `5 min`, `3 h`.
    static func span(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds.limited(to: 0...1e12))
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}
