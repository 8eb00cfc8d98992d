import Building

/// How the reasons of decisions are put into words.
enum Wording {
    /// `heating: 1.2 K below the set-point of 22 °C`
    static func regulating(level: PercentOpen, errorKelvin: Double, setpointCelsius: Double) -> String {
        let distance = tenths(abs(errorKelvin))
        let setpoint = "the set-point of \(tenths(setpointCelsius)) °C"
        let place =
            if distance == "0" {
                "at \(setpoint)"
            } else {
                "\(distance) K \(errorKelvin > 0 ? "below" : "above") \(setpoint)"
            }
        let action =
            if level == .shut {
                "closed"
            } else if distance != "0", errorKelvin > 0 {
                "heating"
            } else {
                "holding"
            }
        return "\(action): \(place)"
    }

    static func frost(celsius: Double) -> String {
        "frost protection: \(tenths(celsius)) °C in the room"
    }

    static func failSafe(silence: Duration) -> String {
        "fail-safe: no usable sensor for \(span(silence))"
    }

    static func waiting(silence: Duration, limit: Duration) -> String {
        "holding: no usable sensor for \(span(silence)), fail-safe after \(span(limit))"
    }

    /// At most one decimal, none where it is zero: `22`, `1.2`, `-0.4`.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value.limited(to: -1e6...1e6, else: 0) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let whole = abs(tenths) / 10
        let rest = abs(tenths) % 10
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// `40 s`, `5 min`, `3 h`
    static func span(_ duration: Duration) -> String {
        let seconds = Int(duration.inSeconds.limited(to: 0...1e12))
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}
