package import Building
package import CivilTime
internal import Foundation
internal import JSON

/// The result of decoding a message on `/readings/…`.
package struct DecodedPayload: Hashable, Sendable {
    /// The readings of the message.
    package var readings: [Reading] = []
    /// The problems of the message. In one with several datapoints, each bad one is rejected by itself, and the good
    /// ones are kept.
    package var rejections: [RejectionReason] = []
}

/// A decoder of sensors' messages. Whatever it is given, it neither throws nor traps.
package struct ReadingDecoder: Sendable {
    /// The maximum size of a payload, bytes.
    package static let largestPayload = 64 << 10
    /// The maximum number of datapoints in one message.
    package static let mostDatapoints = 256

    /// The time zone of times without an offset.
    package var calendar: LocalCalendar

    package init(calendar: LocalCalendar) { self.calendar = calendar }

    /// Decodes a message from a topic.
    ///
    /// - Parameters:
    ///   - topic: The topic to which the message was sent.
    ///   - payload: The message, or its first bytes if it is longer than `largestPayload`.
    ///   - size: The size of the whole message, bytes.
    ///   - now: The gateway's clock at receipt.
    ///   - clockTrusted: Whether that clock was trusted.
    package func decode(
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
        guard JSON.hasUniqueNames(payload) else { return DecodedPayload(rejections: [.repeatedName]) }
        var decoded = decode(message, room: room, kind: kind, receivedAt: now, clockTrusted: clockTrusted)
        // The decoder looks only at the members it is asked for: a value or unit that cannot be decoded may not even be
        // text.
        let unreadable: Set<RejectionReason> = [.badValue, .unknownUnit]
        if !unreadable.isDisjoint(with: decoded.rejections), String(validating: payload, as: UTF8.self) == nil {
            decoded.rejections = decoded.rejections.map { unreadable.contains($0) ? .notUTF8 : $0 }
        }
        return decoded
    }

    /// Decodes a message that is part of a larger document.
    ///
    /// - Parameter kind: The last level of the topic to which it would have been sent.
    package func decode(
        _ message: SensorMessage, room: Slug, kind: String, receivedAt now: Timestamp, clockTrusted: Bool
    ) -> DecodedPayload {
        guard let device = message.device else { return DecodedPayload(rejections: [.noDevice]) }
        guard Self.isDevice(device) else { return DecodedPayload(rejections: [.badDevice]) }
        let event = eventTime(message.timestamp, receivedAt: now)
        let source = Source(
            room: room, device: device, kind: kind, deviceClass: DeviceClass(rawValue: kind), units: message.units,
            event: event.time, received: now, clockTrusted: clockTrusted, quality: event.quality)
        switch (message.datapoints, message.value) {
        case (let datapoints?, let value?) where message.type != nil:
            // Both forms at once, which is allowed.
            var decoded = Self.readings(datapoints, beside: message.type, from: source)
            let single = Self.reading(of: message.type, value, from: source)
            decoded.readings += single.readings
            decoded.rejections += single.rejections
            return decoded
        case (let datapoints?, _): return Self.readings(datapoints, from: source)
        case (nil, let value?): return Self.reading(of: message.type, value, from: source)
        case (nil, nil): return DecodedPayload(rejections: [.notAReading])
        }
    }

    /// The properties that all readings of one message share.
    private struct Source {
        var room: Slug
        var device: String
        /// The topic's last level.
        var kind: String
        var deviceClass: DeviceClass?
        var units: MessageUnits
        var event: Timestamp
        var received: Timestamp
        var clockTrusted: Bool
        var quality: Quality
    }

    /// Returns the time of measurement. If it cannot be parsed, the value is not lost: it gets the time of receipt, and
    /// is marked.
    private func eventTime(_ timestamp: Scalar?, receivedAt now: Timestamp) -> (time: Timestamp, quality: Quality) {
        guard let timestamp, !timestamp.isNull else { return (now, .good) }
        return timestamp.time(in: calendar).map { ($0, .good) } ?? (now, .degraded)
    }

    /// Decodes several datapoints.
    ///
    /// - Parameter single: The datapoint of which the message has one more value, in the other form.
    private static func readings(
        _ datapoints: [String: MeasuredScalar], beside single: String? = nil, from source: Source
    ) -> DecodedPayload {
        guard !datapoints.isEmpty else { return DecodedPayload(rejections: [.notAReading]) }
        guard datapoints.count <= mostDatapoints else { return DecodedPayload(rejections: [.tooManyDatapoints]) }
        let common = commonUnit(of: datapoints.keys + [single].compactMap { $0 }, from: source.units)
        var decoded = DecodedPayload()
        // Sorted, so that the same message always gives the same numbers.
        for (name, value) in datapoints.sorted(by: { $0.key < $1.key }) {
            guard let datapoint = Datapoint(name) else {
                decoded.rejections.append(.badDatapoint)
                continue
            }
            let unit = value.unit ?? source.units.each[name] ?? common.flatMap { $0.isFor(datapoint) ? $0.unit : nil }
            append(
                datapoint, value.scalar, unit: unit, deviceClass: source.deviceClass, from: source, to: &decoded)
        }
        return decoded
    }

    /// Returns the one unit given for a message of several datapoints, with the datapoints to which it applies: those
    /// that it fits, so that `°F` applies to the temperature, not to the humidity next to it. If it fits none of them,
    /// it applies to all.
    private static func commonUnit(
        of names: [String], from units: MessageUnits
    ) -> (unit: Scalar, isFor: (Datapoint) -> Bool)? {
        guard let unit = units.common else { return nil }
        guard case .text(let text) = unit, let dimension = MeasurementUnit(text)?.dimension else {
            return (unit, { _ in true })
        }
        let fits = { (datapoint: Datapoint) in datapoint.measurementUnit?.dimension == dimension }
        return names.contains { Datapoint($0).map(fits) ?? false } ? (unit, fits) : (unit, { _ in true })
    }

    private static func reading(of type: String?, _ value: MeasuredScalar, from source: Source) -> DecodedPayload {
        guard type != nil || source.deviceClass == nil else { return DecodedPayload(rejections: [.noType]) }
        guard let datapoint = Datapoint(type ?? source.kind) else {
            return DecodedPayload(rejections: [.badDatapoint])
        }
        var decoded = DecodedPayload()
        let deviceClass = source.deviceClass ?? DeviceClass(sending: datapoint)
        append(
            datapoint, value.scalar, unit: value.unit ?? source.units.each[datapoint.name] ?? source.units.common,
            deviceClass: deviceClass, from: source, to: &decoded)
        return decoded
    }

    private static func append(
        _ datapoint: Datapoint, _ scalar: Scalar, unit: Scalar?, deviceClass: DeviceClass?, from source: Source,
        to decoded: inout DecodedPayload
    ) {
        let value: ReadingValue
        do {
            value = try self.value(scalar, unit: unit, of: datapoint)
        } catch {
            decoded.rejections.append(error)
            return
        }
        // Check values without a unit as well, since they were not converted.
        guard ReadingPlausibility.isPossible(value, of: datapoint) else {
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

    /// Returns the value in the datapoint's unit. The value of a datapoint without a unit is kept as it is, whatever
    /// unit is given, since it cannot be mistaken for anything else.
    private static func value(
        _ scalar: Scalar, unit: Scalar?, of datapoint: Datapoint
    ) throws(RejectionReason) -> ReadingValue {
        guard let value = value(scalar, of: datapoint) else { throw .badValue }
        guard let unit, let own = datapoint.measurementUnit, case .number(let number) = value else { return value }
        guard case .text(let text) = unit, let given = MeasurementUnit(text) else { throw .unknownUnit }
        guard given.dimension == own.dimension else { throw .unitMismatch }
        guard let converted = given.convert(number, to: own) else { throw .badValue }
        return .number(converted)
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

/// A message as decoded from JSON, in both forms, since either may be sent to any topic.
package struct SensorMessage: Decodable, Sendable {
    fileprivate var device: String?
    /// The datapoint, if the message names it.
    package private(set) var type: String?
    fileprivate var value: MeasuredScalar?
    fileprivate var timestamp: Scalar?
    fileprivate var datapoints: [String: MeasuredScalar]?
    fileprivate var units = MessageUnits()

    private enum CodingKeys: String, CodingKey {
        case sensorID, deviceID, type, value, timestamp, datapoints, unit, units
        case deviceIDWithUnderscore = "device_id"
        case unitOfMeasurement = "unit_of_measurement"
    }

    /// Decodes a message; missing members are `nil`, and unknown ones are ignored.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in [CodingKeys.sensorID, .deviceIDWithUnderscore, .deviceID] where device == nil {
            device = try container.decodeIfPresent(String.self, forKey: key)
        }
        type = try container.decodeIfPresent(String.self, forKey: .type)
        value = try container.decodeIfPresent(MeasuredScalar.self, forKey: .value)
        timestamp = try container.decodeIfPresent(Scalar.self, forKey: .timestamp)
        datapoints = try container.decodeIfPresent([String: MeasuredScalar].self, forKey: .datapoints)
        for key in [CodingKeys.unit, .units, .unitOfMeasurement] {
            if let more = try container.decodeIfPresent(MessageUnits.self, forKey: key) { units.add(more) }
        }
    }
}

/// A value in JSON: bare, or as an object with its unit, `{"value":70.2,"unit":"°F"}`.
private struct MeasuredScalar: Decodable, Sendable {
    var scalar: Scalar
    var unit: Scalar?

    private enum CodingKeys: String, CodingKey {
        case value, unit
        case unitOfMeasurement = "unit_of_measurement"
    }

    init(from decoder: any Decoder) throws {
        scalar = try Scalar(from: decoder)
        guard case .other = scalar, let object = try? decoder.container(keyedBy: CodingKeys.self),
            let value = try object.decodeIfPresent(Scalar.self, forKey: .value)
        else { return }
        scalar = value
        for key in [CodingKeys.unit, .unitOfMeasurement] where unit == nil {
            unit = try object.decodeIfPresent(Scalar.self, forKey: key)?.ifGiven
        }
    }
}

/// The units given in a message: one for all values, or one for each by the datapoint's name.
private struct MessageUnits: Decodable, Sendable {
    var common: Scalar?
    var each: [String: Scalar] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        if let each = try? [String: Scalar](from: decoder) {
            self.each = each.compactMapValues(\.ifGiven)
        } else {
            common = try Scalar(from: decoder).ifGiven
        }
    }

    /// Adds the units that were not given before.
    mutating func add(_ other: MessageUnits) {
        common = common ?? other.common
        each.merge(other.each) { first, _ in first }
    }
}

extension Scalar {
    /// The value; `nil` for what templates output if there is none: `null`, or a text of spaces.
    fileprivate var ifGiven: Scalar? {
        switch self {
        case .null: nil
        case .text(let text): text.allSatisfy(\.isWhitespace) ? nil : self
        case .number, .flag, .other: self
        }
    }
}
