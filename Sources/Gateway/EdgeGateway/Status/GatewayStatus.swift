import Building
import ClimateControl
import Foundation
import Uplink
import WireFormat

/// What the gateway says of itself on `/gateways/<building>/status`.
package struct GatewayStatus: Codable, Sendable, Hashable {
    package enum State: String, Codable, Sendable { case online, offline }

    package struct Buffer: Codable, Sendable, Hashable {
        /// The identity of the store; `nil` while it can't be opened.
        package var store: String?
        /// Readings numbered since the store was made, waiting, and held by the central service.
        package var numbered: Int64?
        package var waiting: Int64?
        package var delivered: Int64?
        /// Readings that had to go before they were delivered.
        package var lost: Int64?
        /// Bytes that hold something, and how many there may be.
        package var usedBytes: Int64?
        package var maxBytes: Int64?
        /// How long the buffer would take what comes in at the present rate with no central service.
        package var hoursLeft: Double?
        /// Messages that could not be read, by reason.
        package var rejected: [String: Int64]?
        /// Messages that the broker says it dropped since it started.
        package var brokerDropped: Int64?
        /// Messages that the broker delivered again and that were left out, since they were stored before.
        package var redelivered: Int64?
        /// Where a damaged buffer was put.
        package var setAside: String?
        /// Why nothing can be stored at the moment, and what to do.
        package var trouble: String?
    }

    package struct UplinkState: Codable, Sendable, Hashable {
        /// `off` (none is configured), `connecting`, `working` or `failing`.
        package var state: String
        /// What to do about it.
        package var remedy: String?
        /// Seconds since the central service last took something.
        package var secondsSinceSuccess: Int?
        /// Seconds until the backlog is gone at the present pace.
        package var backlogEndsInSeconds: Int?
        /// What the central service refused for good, and what it wishes that can't be carried out: the reasons, by
        /// what they are about. `nil` where there is none.
        package var refused: [String: String]?
    }

    package struct Clock: Codable, Sendable, Hashable {
        /// Whether the calendar can be trusted.
        package var isSet: Bool
        /// How often it was stepped by more than two seconds since the gateway's start.
        package var steps: Int
        /// Readings whose device gave a time that can't be right.
        package var implausibleTimes: Int64?
        /// Readings that wait until the clock is set.
        package var waitingForClock: Int64?
    }

    /// Who wants something of a room.
    package struct Author: Codable, Sendable, Hashable {
        /// `configuration`, `local_operator`, `central`, `guest`.
        package var source: String
        package var who: String?
        /// ISO 8601.
        package var since: String?
        package var until: String?
    }

    package struct Room: Codable, Sendable, Hashable {
        /// °C; `nil` while no sensor can be used.
        package var temperature: Double?
        /// °C
        package var setpoint: Double
        /// %
        package var level: Int
        package var quality: String
        package var reason: String
        /// What is regulated for at the moment, °C.
        package var target: Double?
        /// `comfort`, `eco`, `preheat`, `boost`, `frost_protection`, `window_open`, `off`.
        package var mode: String?
        /// What people want: `auto`, `comfort`, `eco`, `boost`, `frost_protection`, `off`.
        package var request: String?
        package var setpointBy: Author?
        package var requestBy: Author?
        /// What the room's presence sensor says; `nil` where there is none, or it has been silent for an hour.
        package var occupied: Bool?
        /// °C; `nil` where nobody has said it within three hours.
        package var outdoor: Double?
        /// What became of the valve's command: `accepted` by the broker, `waiting` for its answer, `unanswered` for more than
        /// 5 s, `unconfirmed` (MQTT 3.1.1 can't tell, and the command does not come back) or `refused`.
        package var command: String?
        /// The level that the broker took last, %; `nil` while it is the present one, or none was.
        package var acceptedLevel: Int?
        /// What keeps the valve from following, and what to do.
        package var problem: String?
    }

    /// How punctual the control loop goes round. Percentiles are those of the latest 4096 cycles, milliseconds.
    package struct Control: Codable, Sendable, Hashable {
        /// Since the start.
        package var cycles: Int
        /// Cycles that were left out because the next one was due as well.
        package var missed: Int
        package var latenessP50: Double?
        package var latenessP99: Double?
        /// Since the start.
        package var latenessMaximum: Double?
    }

    package var state: State
    package var building: String?
    package var version: String?
    package var time: String?
    package var buffer: Buffer?
    package var uplink: UplinkState?
    package var clock: Clock?
    package var control: Control?
    package var rooms: [String: Room]?
    /// What people have to mend so that the broker takes what the gateway sends; `nil` where there is nothing.
    package var problems: [String]?

    /// What the broker says for a gateway that has gone.
    package static let offline = GatewayStatus(state: .offline)

    package var payload: [UInt8] { Self.bytes(self) }

    fileprivate static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(value)) } catch {
            preconditionFailure("a status can always be written as JSON: \(error)")
        }
    }
}

extension GatewayStatus.Room {
    /// As it stands alone on `/gateways/<building>/rooms/<room>`.
    var payload: [UInt8] { GatewayStatus.bytes(self) }

    init(_ roomDecision: BuildingClimate.RoomDecision, _ command: CommandReport?, in timeZone: TimeZone) {
        let decision = roomDecision.decision
        func text(_ time: Timestamp?) -> String? { time.map { CalendarTime.text($0, in: timeZone) } }
        let (setpoint, mode) = (roomDecision.setpoint, roomDecision.mode)
        self.init(
            temperature: decision.temperatureCelsius.map { ($0 * 100).rounded() / 100 },
            setpoint: decision.setpointCelsius, level: decision.level.percent,
            quality: max(decision.quality, command?.quality ?? .good).name,
            reason: decision.reason, target: decision.targetCelsius, mode: decision.mode.rawValue,
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
