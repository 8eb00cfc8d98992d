package import Building
package import Foundation
internal import JSON

/// What a message on `/readings/…` turned out to be.
package struct DecodedPayload: Hashable, Sendable {
    package var readings: [Reading] = []
    /// What was wrong; of a message with several datapoints, each bad one by itself: the good ones are kept.
    package var rejections: [RejectionReason] = []
}

/// Turns a sensor's message into readings. Whatever comes in, it neither throws nor traps.
package struct ReadingDecoder: Sendable {
    /// The longest payload that can be readings, bytes.
    package static let largestPayload = 64 << 10
    /// The most datapoints that one message may carry.
    package static let mostDatapoints = 256

    /// Where times without an offset belong.
    package var timeZone: TimeZone

    package init(timeZone: TimeZone) { self.timeZone = timeZone }

    /// - Parameters:
    ///   - payload: the message, or its first bytes where it is longer than `largestPayload`.
    ///   - size: how long the message was.
    ///   - now: the gateway's clock at receipt.
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
        // The decoder looks only at what it is asked for: a value or unit that can't be read may be no text at all.
        let unreadable: Set<RejectionReason> = [.badValue, .unknownUnit]
        if !unreadable.isDisjoint(with: decoded.rejections), String(validating: payload, as: UTF8.self) == nil {
            decoded.rejections = decoded.rejections.map { unreadable.contains($0) ? .notUTF8 : $0 }
        }
        return decoded
    }

    /// The same for a message that is part of a larger document.
    ///
    /// - Parameter kind: the last level of the topic that it would have been sent to.
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
            // Both forms at once, which nobody forbids.
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

    /// Everything that one message's readings share.
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

    /// A time that can't be read is no reason to lose the value: it counts from its receipt, and is marked.
    private func eventTime(_ timestamp: Scalar?, receivedAt now: Timestamp) -> (time: Timestamp, quality: Quality) {
        guard let timestamp, !timestamp.isNull else { return (now, .good) }
        return timestamp.time(in: timeZone).map { ($0, .good) } ?? (now, .degraded)
    }

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

    /// One unit for a message of several datapoints speaks of those that it fits: `°F` of the temperature, not of the
    /// humidity beside it. Where it fits none of them, nobody knows what it speaks of, and it holds for all.
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
        // Also where no unit had it converted.
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

    /// The value in the datapoint's unit. Of a datapoint that Hearth has no unit for it is kept as it came, whatever
    /// unit it is said to be in: there is nothing that it could be taken for by mistake.
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

/// A message as JSON has it: both forms at once, since either may come on any topic.
package struct SensorMessage: Decodable, Sendable {
    fileprivate var device: String?
    /// What is measured, where the message says so.
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

/// A value as JSON has it: bare, or as an object that brings its unit along, `{"value":70.2,"unit":"°F"}`.
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

/// What a message says about the units of its values: one for all, or one for each by the datapoint's name.
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

    /// Takes what was not said before.
    mutating func add(_ other: MessageUnits) {
        common = common ?? other.common
        each.merge(other.each) { first, _ in first }
    }
}

extension Scalar {
    /// `nil` for what templates write where there is nothing: `null`, or a text of spaces.
    fileprivate var ifGiven: Scalar? {
        switch self {
        case .null: nil
        case .text(let text): text.allSatisfy(\.isWhitespace) ? nil : self
        case .number, .flag, .other: self
        }
    }
}
