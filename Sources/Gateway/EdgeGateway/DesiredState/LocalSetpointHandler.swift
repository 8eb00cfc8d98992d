import Building
import CivilTime
import Foundation
import Logging
import MQTT
import Outbox
import Synchronization
import WireFormat

/// A handler for set-points that people in the building publish on `/setpoints/<room>`. A request that can't be carried
/// out is counted, stored as a dead letter and logged.
final class LocalSetpointHandler: Sendable {
    private let rooms: ClimateRooms
    private let inbox: ReadingInbox
    private let calendar: LocalCalendar
    private let clock: GatewayClock
    private let logger: Logger

    init(rooms: ClimateRooms, inbox: ReadingInbox, calendar: LocalCalendar, clock: GatewayClock, logger: Logger) {
        self.rooms = rooms
        self.inbox = inbox
        self.calendar = calendar
        self.clock = clock
        self.logger = logger
    }

    /// Takes a message from the broker.
    ///
    /// - Returns: the room that was changed; `nil` if none was.
    @discardableResult
    func take(_ message: MQTTMessage) -> Slug? {
        // An empty payload removes a retained message from the broker. It is not a request.
        guard message.payloadSize > 0 else { return nil }
        guard rooms.isNew(message) else { return nil }
        do throws(SetpointRejection) {
            guard case .setpoint(let room)? = Topic(path: message.topic) else { throw SetpointRejection(.badTopic) }
            let desired = try SetpointPayload.read(message.payload, size: message.payloadSize, in: calendar)
            do throws(RejectionReason) { try rooms.apply(desired, to: room) } catch {
                throw rejection(of: desired, error)
            }
            tell(desired, room)
            return room
        } catch {
            reject(message, error)
            return nil
        }
    }

    /// Logs the new set-point or mode.
    private func tell(_ desired: SetpointPayload, _ room: Slug) {
        let celsius: String? =
            switch desired.temperature {
            case .celsius(let celsius): "\(celsius)"
            case .configured: "as configured"
            case nil: nil
            }
        var metadata: Logger.Metadata = ["room": "\(room)"]
        metadata["celsius"] = celsius.map { "\($0)" }
        metadata["mode"] = desired.mode.map { "\($0.rawValue)" }
        metadata["until"] = desired.until.map { "\(ISO8601Writer(calendar).text($0))" }
        metadata["who"] = desired.who.map { "\($0.text)" }
        logger.info("a set-point was set", metadata: metadata)
    }

    /// Returns the rejection of a readable request, naming the member at fault.
    private func rejection(of desired: SetpointPayload, _ reason: RejectionReason) -> SetpointRejection {
        switch (reason, desired.temperature, desired.until) {
        case (.setpointOutOfRange, .celsius(let celsius)?, _):
            let range = SetpointLimits.celsius
            return SetpointRejection(
                reason, member: "celsius", value: ReadingValue.shortest(celsius),
                allowed: "\(ReadingValue.shortest(range.lowerBound))…\(ReadingValue.shortest(range.upperBound))")
        case (.setpointEnded, _, let until?):
            return SetpointRejection(
                reason, member: "until", value: ISO8601Writer(calendar).text(until), allowed: "a time in the future")
        case (.setpointEndTooFar, _, let until?):
            return SetpointRejection(
                reason, member: "until", value: ISO8601Writer(calendar).text(until),
                allowed: "a time within \(SetpointLimits.longestDays) days")
        case (.roomNotControlled, _, _): return SetpointRejection(reason, allowed: "a room under control")
        default: return SetpointRejection(reason)
        }
    }

    /// Stores a rejected message as a dead letter and logs the reason.
    private func reject(_ message: MQTTMessage, _ rejection: SetpointRejection) {
        inbox.put(
            DeadLetter(
                receivedTime: clock.calendar(), topic: message.topic, reason: rejection.reason.rawValue,
                size: message.payloadSize, payload: message.payload))
        var metadata: Logger.Metadata = [
            "topic": "\(message.topic.shortened(toBytes: 200))", "reason": "\(rejection.reason.rawValue)",
        ]
        metadata["member"] = rejection.member.map { "\($0)" }
        metadata["value"] = rejection.value.map { "\($0)" }
        metadata["allowed"] = rejection.allowed.map { "\($0)" }
        logger.warning(
            "a set-point was refused: expected {\"celsius\":22.5}, 5…30, or {\"mode\":\"off\"}, for a room under control",
            metadata: metadata)
    }
}
