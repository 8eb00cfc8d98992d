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
        do throws(SetpointRefusal) {
            guard case .setpoint(let room)? = Topic(path: message.topic) else { throw SetpointRefusal(.badTopic) }
            let desired = try SetpointPayload.read(message.payload, size: message.payloadSize, in: calendar)
            do throws(RejectionReason) { try rooms.apply(desired, to: room) } catch {
                throw refusal(of: desired, error)
            }
            tell(desired, room)
            return room
        } catch {
            refuse(message, error)
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
    private func refusal(of desired: SetpointPayload, _ reason: RejectionReason) -> SetpointRefusal {
        switch (reason, desired.temperature, desired.until) {
        case (.setpointOutOfRange, .celsius(let celsius)?, _):
            let range = SetpointLimits.celsius
            return SetpointRefusal(
                reason, member: "celsius", value: ReadingValue.shortest(celsius),
                allowed: "\(ReadingValue.shortest(range.lowerBound))…\(ReadingValue.shortest(range.upperBound))")
        case (.setpointEnded, _, let until?):
            return SetpointRefusal(
                reason, member: "until", value: ISO8601Writer(calendar).text(until), allowed: "a time in the future")
        case (.setpointEndTooFar, _, let until?):
            return SetpointRefusal(
                reason, member: "until", value: ISO8601Writer(calendar).text(until),
                allowed: "a time within \(SetpointLimits.longestDays) days")
        case (.roomNotControlled, _, _): return SetpointRefusal(reason, allowed: "a room under control")
        default: return SetpointRefusal(reason)
        }
    }

    /// Stores a rejected message as a dead letter and logs the reason.
    private func refuse(_ message: MQTTMessage, _ refusal: SetpointRefusal) {
        inbox.put(
            DeadLetter(
                receivedTime: clock.calendar(), topic: message.topic, reason: refusal.reason.rawValue,
                size: message.payloadSize, payload: message.payload))
        var metadata: Logger.Metadata = [
            "topic": "\(message.topic.shortened(toBytes: 200))", "reason": "\(refusal.reason.rawValue)",
        ]
        metadata["member"] = refusal.member.map { "\($0)" }
        metadata["value"] = refusal.value.map { "\($0)" }
        metadata["allowed"] = refusal.allowed.map { "\($0)" }
        logger.warning(
            "a set-point was refused: expected {\"celsius\":22.5}, 5…30, or {\"mode\":\"off\"}, for a room under control",
            metadata: metadata)
    }
}
