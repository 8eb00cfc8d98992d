import Building
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

    public struct Room: Codable, Sendable, Hashable {
        /// °C; `nil` while no sensor can be used.
        public var temperature: Double?
        /// °C
        public var setpoint: Double
        /// %
        public var level: Int
        public var quality: String
        public var reason: String
    }

    public var state: State
    public var building: String?
    public var version: String?
    public var time: String?
    public var buffer: Buffer?
    public var uplink: UplinkState?
    public var clock: Clock?
    public var rooms: [String: Room]?

    /// What the broker says for a gateway that has gone.
    public static let offline = GatewayStatus(state: .offline)

    public var payload: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(self)) } catch {
            preconditionFailure("a status can always be written as JSON: \(error)")
        }
    }
}

extension GatewayStatus.UplinkState {
    init(_ report: UplinkService.Report?, isConfigured: Bool, now: MonotonicInstant) {
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
