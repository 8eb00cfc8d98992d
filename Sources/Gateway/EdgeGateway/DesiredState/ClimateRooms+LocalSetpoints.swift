import Building
import ClimateControl
import Synchronization
import WireFormat

extension ClimateRooms {
    /// The duration of a boost for which no end was given.
    private static let usualBoost = Duration.seconds(3600)

    /// Applies a request from within the building, either completely or not at all.
    ///
    /// - Throws: the reason the request is rejected.
    func apply(_ desired: SetpointPayload, to room: Slug) throws(RejectionReason) {
        let calendar = clock.calendar()
        let now = clock.isTrusted(calendar) ? calendar : nil
        if let until = desired.until, let now {
            do throws(SetpointLimits.EndProblem) { try SetpointLimits.check(end: until, at: now) } catch {
                throw error == .over ? .setpointEnded : .setpointEndTooFar
            }
        }
        let setpoint = Self.setpoint(desired, since: now)
        if let setpoint, !setpoint.isAllowed { throw .setpointOutOfRange }
        let mode = Self.mode(desired, since: now)
        let instant = clock.monotonic()
        let isThere = climate.withLock { climate in
            guard climate.settings(of: room) != nil else { return false }
            if let setpoint { _ = climate.set(setpoint, of: room) }
            if let mode { _ = climate.choose(mode, of: room, at: instant) }
            return true
        }
        guard isThere else { throw .roomNotControlled }
    }

    /// Returns the set-point that the request contains; `nil` if it contains none.
    private static func setpoint(_ desired: SetpointPayload, since: Timestamp?) -> Setpoint? {
        switch desired.temperature {
        case .celsius(let celsius):
            Setpoint(
                celsius: celsius, source: .localOperator, who: desired.who?.text, since: since, until: desired.until)
        // The temperature is a placeholder: the room knows its configured set-point.
        case .configured:
            Setpoint(celsius: SetpointLimits.celsius.lowerBound, source: .configuration)
        case nil: nil
        }
    }

    /// Returns the mode that the request contains; `nil` if it contains none.
    private static func mode(_ desired: SetpointPayload, since now: Timestamp?) -> ModeChoice? {
        guard let mode = desired.mode else { return nil }
        let request: ModeRequest =
            switch mode {
            case .auto: .automatic
            case .comfort: .comfort
            case .eco: .eco
            case .boost: .boost(seconds: boost(until: desired.until, from: now).inSeconds)
            case .frostProtection: .frostProtection
            case .off: .off
            }
        return ModeChoice(
            request: request, source: .localOperator, who: desired.who?.text, since: now, until: desired.until)
    }

    /// Returns the duration of a boost. Without a trusted calendar the distance to `until` is unknown, so the default
    /// applies.
    private static func boost(until: Timestamp?, from now: Timestamp?) -> Duration {
        guard let until, let now else { return usualBoost }
        return .milliseconds(until.millisecondsSince1970 - now.millisecondsSince1970)
    }
}
