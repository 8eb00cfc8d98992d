import Building
import CivilTime
import ClimateControl
import Foundation
import Uplink
import WireFormat

/// The status that the gateway publishes on `/gateways/<building>/status`.
package struct GatewayStatus: Codable, Sendable, Hashable {
    /// The state of the gateway's connection to the broker, which publishes `offline` as the last will.
    package enum State: String, Codable, Sendable { case online, offline }

    /// The state of the buffer.
    package struct Buffer: Codable, Sendable, Hashable {
        /// The identity of the store; `nil` while it can't be opened.
        package var store: String?
        /// The number of readings numbered since the store was created.
        package var numbered: Int64?
        /// The number of readings that wait for delivery.
        package var waiting: Int64?
        /// The number of readings that the central service has stored.
        package var delivered: Int64?
        /// The number of readings that were dropped before they were delivered.
        package var lost: Int64?
        /// The used size of the buffer, in bytes.
        package var usedBytes: Int64?
        /// The maximum size of the buffer, in bytes.
        package var maxBytes: Int64?
        /// The number of hours for which the buffer can take readings at the present rate without a central service.
        package var hoursLeft: Double?
        /// The number of messages that could not be read, by reason.
        package var rejected: [String: Int64]?
        /// The number of messages that the broker reports as dropped since it started.
        package var brokerDropped: Int64?
        /// The number of redelivered messages that were left out because they had already been stored.
        package var redelivered: Int64?
        /// The path to which a damaged buffer was moved.
        package var setAside: String?
        /// The reason nothing can be stored at the moment, and the remedy.
        package var trouble: String?
    }

    /// The state of the uplink.
    package struct UplinkState: Codable, Sendable, Hashable {
        /// The state: `off` (no uplink is configured), `connecting`, `working` or `failing`.
        package var state: String
        /// The remedy for a failing uplink.
        package var remedy: String?
        /// The number of seconds since the central service last accepted anything.
        package var secondsSinceSuccess: Int?
        /// The estimated number of seconds until the backlog is delivered, at the present pace.
        package var backlogEndsInSeconds: Int?
        /// The reasons for uploads that the central service refused for good and for desired states that can't be
        /// carried out, by subject; `nil` if there are none.
        package var refused: [String: String]?
    }

    /// The state of the calendar clock.
    package struct Clock: Codable, Sendable, Hashable {
        /// A Boolean value that indicates whether the calendar can be trusted.
        package var isSet: Bool
        /// The number of times it was stepped by more than two seconds since the gateway's start.
        package var steps: Int
        /// The number of readings whose device gave an implausible time.
        package var implausibleTimes: Int64?
        /// The number of readings that are held back until the clock is set.
        package var waitingForClock: Int64?
    }

    /// The author of a set-point or a mode.
    package struct Author: Codable, Sendable, Hashable {
        /// The source: `configuration`, `local_operator`, `central` or `guest`.
        package var source: String
        /// The name of the person or program, if one was given.
        package var who: String?
        /// The time from which it applies, ISO 8601.
        package var since: String?
        /// The time at which it ends, ISO 8601; `nil` if it has no end.
        package var until: String?
    }

    /// The state of one room under control.
    package struct Room: Codable, Sendable, Hashable {
        /// The temperature, °C; `nil` while no sensor can be used.
        package var temperature: Double?
        /// The set-point, °C.
        package var setpoint: Double
        /// The valve level, %.
        package var level: Int
        /// The quality of the room's control: `good`, `degraded`, `estimated` or `failed`.
        package var quality: String
        /// The reason for the valve level, as `ControlReason.text`.
        package var reason: String
        /// The reason in English, for Home Assistant and operators.
        package var reasonText: String?
        /// The temperature that is controlled for at the moment, °C.
        package var target: Double?
        /// The mode in force: `comfort`, `eco`, `preheat`, `boost`, `frost_protection`, `window_open` or `off`.
        package var mode: String?
        /// The requested mode: `auto`, `comfort`, `eco`, `boost`, `frost_protection` or `off`.
        package var request: String?
        /// The author of the set-point.
        package var setpointBy: Author?
        /// The author of the requested mode.
        package var requestBy: Author?
        /// A Boolean value that indicates whether the room's presence sensor reports somebody; `nil` if there is none,
        /// or it has been silent for an hour.
        package var occupied: Bool?
        /// The outdoor temperature, °C; `nil` if none was reported within three hours.
        package var outdoor: Double?
        /// The progress of the valve's command: `accepted` by the broker, `waiting` for its response, `unanswered` for
        /// more than 5 s, `unconfirmed` (MQTT 3.1.1 can't tell, and the command does not come back) or `refused`.
        package var command: String?
        /// The level that the broker accepted last, %; `nil` while it is the present one, or if there was none.
        package var acceptedLevel: Int?
        /// The problem that keeps the valve from following, and its remedy.
        package var problem: String?
    }

    /// The punctuality of the control loop. Percentiles cover the latest 4096 cycles.
    package struct Control: Codable, Sendable, Hashable {
        /// The number of cycles since the start.
        package var cycles: Int
        /// The number of cycles that were skipped because the next one was already due.
        package var missed: Int
        /// The median lateness, in milliseconds.
        package var latenessP50: Double?
        /// The 99th percentile of the lateness, in milliseconds.
        package var latenessP99: Double?
        /// The maximum lateness since the start, in milliseconds.
        package var latenessMaximum: Double?
    }

    /// The state of the gateway's connection to the broker.
    package var state: State
    /// The slug of the building.
    package var building: String?
    /// The version of the gateway's software.
    package var version: String?
    /// The time of the status, ISO 8601.
    package var time: String?
    /// The state of the buffer.
    package var buffer: Buffer?
    /// The state of the uplink.
    package var uplink: UplinkState?
    /// The state of the calendar clock.
    package var clock: Clock?
    /// The punctuality of the control loop.
    package var control: Control?
    /// The state of each room under control, by slug.
    package var rooms: [String: Room]?
    /// The problems that must be solved before the broker accepts everything that the gateway sends; `nil` if there are
    /// none.
    package var problems: [String]?

    /// The status of a gateway that has gone, published by the broker as the last will.
    package static let offline = GatewayStatus(state: .offline)

    /// The status as JSON.
    package var payload: [UInt8] { Self.bytes(self) }

    /// Returns a value as JSON with sorted keys.
    fileprivate static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(value)) } catch {
            preconditionFailure("a status can always be encoded as JSON: \(error)")
        }
    }
}

extension GatewayStatus.Room {
    /// The payload of the room's own topic, `/gateways/<building>/rooms/<room>`.
    var payload: [UInt8] { GatewayStatus.bytes(self) }

    init(_ roomDecision: BuildingClimate.RoomDecision, _ command: CommandReport?, in calendar: LocalCalendar) {
        let decision = roomDecision.decision
        let writer = ISO8601Writer(calendar)
        func text(_ time: Timestamp?) -> String? { time.map(writer.text) }
        let (setpoint, mode) = (roomDecision.setpoint, roomDecision.mode)
        self.init(
            temperature: decision.temperatureCelsius.map { ($0 * 100).rounded() / 100 },
            setpoint: decision.setpointCelsius, level: decision.level.percent,
            quality: max(decision.quality, command?.quality ?? .good).name,
            reason: decision.reason.text,
            reasonText: ControlReasonWording.english.words(for: decision.reason), target: decision.targetCelsius,
            mode: decision.mode.rawValue,
            request: mode.request.name,
            setpointBy: GatewayStatus.Author(
                source: setpoint.source.rawValue, who: setpoint.who, since: text(setpoint.since),
                until: text(setpoint.until)),
            requestBy: GatewayStatus.Author(
                source: mode.source.rawValue, who: mode.who, since: text(mode.since), until: text(mode.until)),
            occupied: roomDecision.isOccupied, outdoor: roomDecision.outdoorCelsius, command: command?.state.rawValue,
            acceptedLevel: command?.confirmed.flatMap { ControlPayload.level($0)?.percent }.flatMap {
                $0 == decision.level.percent ? nil : $0
            },
            problem: command?.problem)
    }
}

extension GatewayStatus.Control {
    /// Creates the state from a report, with lateness rounded to 0.01 ms.
    init(_ report: LoopJitter.Report) {
        func milliseconds(_ duration: Duration?) -> Double? {
            duration.map { ($0 / .microseconds(10)).rounded() / 100 }
        }
        self.init(
            cycles: report.cycles, missed: report.missed, latenessP50: milliseconds(report.median),
            latenessP99: milliseconds(report.percentile99), latenessMaximum: milliseconds(report.longest))
    }
}

extension GatewayStatus.UplinkState {
    /// Creates the state from the uplink's report, which is `nil` until the uplink runs.
    init(
        _ report: UplinkService.Report?, isConfigured: Bool, now: MonotonicInstant, refused: [String: String] = [:]
    ) {
        defer { self.refused = refused.isEmpty ? nil : refused }
        guard isConfigured else {
            self.init(state: "off")
            return
        }
        let seconds = report?.lastSuccess.map { Int((now - $0).inSeconds) }
        switch report?.health {
        case .working:
            self.init(
                state: "working", secondsSinceSuccess: seconds,
                backlogEndsInSeconds: report?.backlogEnds.map { Int($0.inSeconds) })
        case .failing(let why): self.init(state: "failing", remedy: why, secondsSinceSuccess: seconds)
        case .untried, nil: self.init(state: "connecting")
        }
    }
}
