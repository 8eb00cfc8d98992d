import Building
import ClimateControl
import Foundation
import Uplink
import WireFormat

/// What the gateway says of itself on `/gateways/<building>/status`.
public struct GatewayStatus: Codable, Sendable, Hashable {
    public enum State: String, Codable, Sendable { case online, offline }

    public struct Buffer: Codable, Sendable, Hashable {
        /// The identity of the store; `nil` while it can't be opened.
        public var store: String?
        /// Readings numbered since the store was made, waiting, and held by the central service.
        public var numbered: Int64?
        public var waiting: Int64?
        public var delivered: Int64?
        /// Readings that had to go before they were delivered.
        public var lost: Int64?
        /// Bytes that hold something, and how many there may be.
        public var usedBytes: Int64?
        public var maxBytes: Int64?
        /// How long the buffer would take what comes in at the present rate with no central service.
        public var hoursLeft: Double?
        /// Messages that could not be read, by reason.
        public var rejected: [String: Int64]?
        /// Messages that the broker says it dropped since it started.
        public var brokerDropped: Int64?
        /// Messages that the broker delivered again and that were left out, since they were stored before.
        public var redelivered: Int64?
        /// Where a damaged buffer was put.
        public var setAside: String?
        /// Why nothing can be stored at the moment, and what to do.
        public var trouble: String?
    }

    public struct UplinkState: Codable, Sendable, Hashable {
        /// `off` (none is configured), `connecting`, `working` or `failing`.
        public var state: String
        /// What to do about it.
        public var remedy: String?
        /// Seconds since the central service last took something.
        public var secondsSinceSuccess: Int?
        /// Seconds until the backlog is gone at the present pace.
        public var backlogEndsInSeconds: Int?
        /// What the central service refused for good, and what it wishes that can't be carried out: the reasons, by
        /// what they are about. `nil` where there is none.
        public var refused: [String: String]?
    }

    public struct Clock: Codable, Sendable, Hashable {
        /// Whether the calendar can be trusted.
        public var isSet: Bool
        /// How often it was stepped by more than two seconds since the gateway's start.
        public var steps: Int
        /// Readings whose device gave a time that can't be right.
        public var implausibleTimes: Int64?
        /// Readings that wait until the clock is set.
        public var waitingForClock: Int64?
    }

    /// Who wants something of a room.
    public struct Author: Codable, Sendable, Hashable {
        /// `configuration`, `local_operator`, `central`, `guest`.
        public var source: String
        public var who: String?
        /// ISO 8601.
        public var since: String?
        public var until: String?
    }

    public struct Room: Codable, Sendable, Hashable {
        /// °C; `nil` while no sensor can be used.
        public var temperature: Double?
        /// °C
        public var setpoint: Double
        /// %
        public var level: Int
        public var quality: String
        public var reason: String
        /// What is regulated for at the moment, °C.
        public var target: Double?
        /// `comfort`, `eco`, `preheat`, `boost`, `frost_protection`, `window_open`, `off`.
        public var mode: String?
        /// What people want: `auto`, `comfort`, `eco`, `boost`, `frost_protection`, `off`.
        public var request: String?
        public var setpointBy: Author?
        public var requestBy: Author?
        /// What the room's presence sensor says; `nil` where there is none, or it has been silent for an hour.
        public var occupied: Bool?
        /// °C; `nil` where nobody has said it within three hours.
        public var outdoor: Double?
        /// What became of the valve's command: `accepted` by the broker, `waiting` for its answer, `unanswered` for more than
        /// 5 s, `unconfirmed` (MQTT 3.1.1 can't tell, and the command does not come back) or `refused`.
        public var command: String?
        /// The level that the broker took last, %; `nil` while it is the present one, or none was.
        public var acceptedLevel: Int?
        /// What keeps the valve from following, and what to do.
        public var problem: String?
    }

    /// How punctual the control loop goes round. Percentiles are those of the latest 4096 cycles, milliseconds.
    public struct Control: Codable, Sendable, Hashable {
        /// Since the start.
        public var cycles: Int
        /// Cycles that were left out because the next one was due as well.
        public var missed: Int
        public var latenessP50: Double?
        public var latenessP99: Double?
        /// Since the start.
        public var latenessMaximum: Double?
    }

    public var state: State
    public var building: String?
    public var version: String?
    public var time: String?
    public var buffer: Buffer?
    public var uplink: UplinkState?
    public var clock: Clock?
    public var control: Control?
    public var rooms: [String: Room]?
    /// What people have to mend so that the broker takes what the gateway sends; `nil` where there is nothing.
    public var problems: [String]?

    /// What the broker says for a gateway that has gone.
    public static let offline = GatewayStatus(state: .offline)

    public var payload: [UInt8] { Self.bytes(self) }

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
