public import Building
public import Foundation

/// What a message on `/readings/…` turned out to be.
public struct DecodedPayload: Hashable, Sendable {
    public var readings: [Reading] = []
    /// What was wrong; of a message with several datapoints, each bad one by itself: the good ones are kept.
    public var rejections: [RejectionReason] = []
}

/// Turns a sensor's message into readings. Whatever comes in, it neither throws nor traps.
public struct ReadingDecoder: Sendable {
    /// The longest payload that can be readings, bytes.
    public static let largestPayload = 64 << 10
    /// The most datapoints that one message may carry.
    public static let mostDatapoints = 256

    /// Where times without an offset belong.
    public var timeZone: TimeZone

    public init(timeZone: TimeZone) { self.timeZone = timeZone }

    /// - Parameters:
    ///   - payload: the message, or its first bytes where it is longer than `largestPayload`.
    ///   - size: how long the message was.
    ///   - now: the gateway's clock at receipt.
    public func decode(
        topic: String, payload: [UInt8], size: Int, receivedAt now: Timestamp, clockTrusted: Bool
    ) -> DecodedPayload {
        guard case .readings(let room, let kind)? = Topic(path: topic) else {
            return DecodedPayload(rejections: [.badTopic])
        }
        guard size <= Self.largestPayload else { return DecodedPayload(rejections: [.tooLarge]) }
        let message: SensorMessage
        do {
            message = try JSONDecoder().decode(SensorMessage.self, from: Data(payload))
        } catch {
            return DecodedPayload(rejections: [Self.reason(for: error, payload: payload)])
        }
        var decoded = decode(message, room: room, kind: kind, receivedAt: now, clockTrusted: clockTrusted)
        // The decoder looks only at what it is asked for: a value that can't be read may be no text at all.
        if decoded.rejections.contains(.badValue), String(validating: payload, as: UTF8.self) == nil {
            decoded.rejections = decoded.rejections.map { $0 == .badValue ? .notUTF8 : $0 }
        }
        return decoded
    }

    /// The same for a message that is part of a larger document.
    ///
    /// - Parameter kind: the last level of the topic that it would have been sent to.
    public func decode(
        _ message: SensorMessage, room: Slug, kind: String, receivedAt now: Timestamp, clockTrusted: Bool
    ) -> DecodedPayload {
        guard let device = message.device else { return DecodedPayload(rejections: [.noDevice]) }
        guard Self.isDevice(device) else { return DecodedPayload(rejections: [.badDevice]) }
        let event = eventTime(message.timestamp, receivedAt: now)
        let source = Source(
            room: room, device: device, kind: kind, deviceClass: DeviceClass(rawValue: kind), event: event.time,
            received: now, clockTrusted: clockTrusted, quality: event.quality)
        switch (message.datapoints, message.value) {
        case (let datapoints?, let value?) where message.type != nil:
            // Both forms at once, which nobody forbids.
            var decoded = Self.readings(datapoints, from: source)
            let single = Self.reading(of: message.type, value, from: source)
            decoded.readings += single.readings
            decoded.rejections += single.rejections
            return decoded
        case (let datapoints?, _): return Self.readings(datapoints, from: source)
        case (nil, let value?): return Self.reading(of: message.type, value, from: source)
        case (nil, nil): return DecodedPayload(rejections: [.notAReading])
        }
    }

    /// Everything that one message's readings share.
    private struct Source {
        var room: Slug
        var device: String
        /// The topic's last level.
        var kind: String
        var deviceClass: DeviceClass?
        var event: Timestamp
        var received: Timestamp
        var clockTrusted: Bool
        var quality: Quality
    }

    /// A time that can't be read is no reason to lose the value: it counts from its receipt, and is marked.
    private func eventTime(_ timestamp: Scalar?, receivedAt now: Timestamp) -> (time: Timestamp, quality: Quality) {
        guard let timestamp, !timestamp.isNull else { return (now, .good) }
        return timestamp.time(in: timeZone).map { ($0, .good) } ?? (now, .degraded)
    }

    private static func readings(_ datapoints: [String: Scalar], from source: Source) -> DecodedPayload {
        guard !datapoints.isEmpty else { return DecodedPayload(rejections: [.notAReading]) }
        guard datapoints.count <= mostDatapoints else { return DecodedPayload(rejections: [.tooManyDatapoints]) }
        var decoded = DecodedPayload()
        // Sorted, so that the same message always gives the same numbers.
        for (name, scalar) in datapoints.sorted(by: { $0.key < $1.key }) {
            guard let datapoint = Datapoint(name) else {
                decoded.rejections.append(.badDatapoint)
                continue
            }
            append(datapoint, scalar, deviceClass: source.deviceClass, from: source, to: &decoded)
        }
        return decoded
    }

    private static func reading(of type: String?, _ scalar: Scalar, from source: Source) -> DecodedPayload {
        guard type != nil || source.deviceClass == nil else { return DecodedPayload(rejections: [.noType]) }
        guard let datapoint = Datapoint(type ?? source.kind) else {
            return DecodedPayload(rejections: [.badDatapoint])
        }
        var decoded = DecodedPayload()
        let deviceClass = source.deviceClass ?? DeviceClass(sending: datapoint)
        append(datapoint, scalar, deviceClass: deviceClass, from: source, to: &decoded)
        return decoded
    }

    private static func append(
        _ datapoint: Datapoint, _ scalar: Scalar, deviceClass: DeviceClass?, from source: Source,
        to decoded: inout DecodedPayload
    ) {
        guard let value = value(scalar, of: datapoint) else {
            decoded.rejections.append(.badValue)
            return
        }
        let series = SeriesKey(
            room: source.room, device: source.device, deviceClass: deviceClass, datapoint: datapoint)
        decoded.readings.append(
            Reading(
                series: series, value: value, eventTime: source.event, receivedTime: source.received,
                clockTrusted: source.clockTrusted, quality: source.quality))
    }

    private static func value(_ scalar: Scalar, of datapoint: Datapoint) -> ReadingValue? {
        switch scalar {
        case .number(let number): return number.isFinite ? .number(number) : nil
        case .text(let text):
            if datapoint.isNumeric {
                return scalar.number.map { .number($0) }
            }
            let bytes = text.utf8
            return bytes.count <= ReadingValue.longestText && !bytes.contains(0) ? .text(text) : nil
        case .flag(let flag): return datapoint.isNumeric ? nil : .text(flag ? "true" : "false")
        case .null, .other: return nil
        }
    }

    private static func isDevice(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= SeriesKey.longestDevice && id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func reason(for error: any Error, payload: [UInt8]) -> RejectionReason {
        guard String(validating: payload, as: UTF8.self) != nil else { return .notUTF8 }
        if case DecodingError.dataCorrupted? = error as? DecodingError { return .notJSON }
        return .notAReading
    }
}

/// A message as JSON has it: both forms at once, since either may come on any topic.
public struct SensorMessage: Decodable, Sendable {
    fileprivate var device: String?
    /// What is measured, where the message says so.
    public private(set) var type: String?
    fileprivate var value: Scalar?
    fileprivate var timestamp: Scalar?
    fileprivate var datapoints: [String: Scalar]?

    private enum CodingKeys: String, CodingKey {
        case sensorID, deviceID, type, value, timestamp, datapoints
        case deviceIDWithUnderscore = "device_id"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in [CodingKeys.sensorID, .deviceIDWithUnderscore, .deviceID] where device == nil {
            device = try container.decodeIfPresent(String.self, forKey: key)
        }
        type = try container.decodeIfPresent(String.self, forKey: .type)
        value = try container.decodeIfPresent(Scalar.self, forKey: .value)
        timestamp = try container.decodeIfPresent(Scalar.self, forKey: .timestamp)
        datapoints = try container.decodeIfPresent([String: Scalar].self, forKey: .datapoints)
    }
}
