package import Building
internal import CivilTime
internal import Foundation
internal import JSON
package import Storage
internal import WireFormat

/// A record of a meter's source: the energies counted by one meter's registers in one interval.
///
/// `{"measurement":"energy","timestamp":"2023-02-28T23:45:00.000Z","tags":{"muid":"…","quality":"measured"},
/// "0100011D00FF":0.0117}`
package struct MeterRecord: Hashable, Sendable {
    /// The meter's name at its source.
    package var muid: String
    /// The time that the meter gave to the interval.
    package var time: Timestamp
    /// The reading of each register.
    package var readings: [MeterReading]
}

/// The reason a record is not valid.
package struct MeterRecordProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the wrong member; `nil` if it is the whole record.
    package var member: String?
    /// The value of the member.
    package var text: String?
    /// The reason as a phrase: `not a valid time`.
    package var reason: String

    /// The member, its value and the reason, for the log.
    package var description: String {
        (member.map { "\($0): " } ?? "") + (text.map { "“\($0.prefix(80))” is " } ?? "") + reason
    }
}

extension MeterRecord {
    /// The largest energy in one interval, kWh: a terawatt-hour.
    private static let mostKilowattHours = 1e9

    /// Decodes a record.
    ///
    /// - Parameters:
    ///   - json: An object of the list `data`.
    ///   - now: The current time. A time further ahead than clocks differ is refused.
    /// - Throws: `MeterRecordProblem`.
    init(json: [UInt8], now: Timestamp) throws(MeterRecordProblem) {
        let raw: RawRecord
        do {
            raw = try JSONDecoder().decode(RawRecord.self, from: Data(json))
        } catch {
            throw MeterRecordProblem(
                text: String(decoding: json.prefix(80), as: UTF8.self), reason: "not a JSON object")
        }
        guard JSON.hasUniqueNames(json) else {
            throw MeterRecordProblem(
                text: String(decoding: json.prefix(80), as: UTF8.self), reason: "ambiguous: it has a duplicate name")
        }
        if let measurement = raw.measurement, measurement != "energy" {
            throw MeterRecordProblem(member: "measurement", text: measurement, reason: "not energy")
        }
        guard let timestamp = raw.timestamp else { throw MeterRecordProblem(member: "timestamp", reason: "missing") }
        guard let time = ISO8601Time(timestamp)?.moment(in: .utc) else {
            throw MeterRecordProblem(member: "timestamp", text: timestamp, reason: "not a valid time")
        }
        guard time <= now.advanced(by: ReadingPlausibility.longestAhead) else {
            throw MeterRecordProblem(member: "timestamp", text: timestamp, reason: "in the future")
        }
        guard let muid = raw.muid else { throw MeterRecordProblem(member: "tags.muid", reason: "missing") }
        guard !muid.isEmpty, muid.utf8.count <= SeriesKey.longestDevice, !muid.utf8.contains(0) else {
            throw MeterRecordProblem(member: "tags.muid", text: muid, reason: "not a valid meter name")
        }
        let quality = raw.quality ?? MeterReading.measured
        guard quality.utf8.count <= MeterReading.longestQuality else {
            throw MeterRecordProblem(member: "tags.quality", text: quality, reason: "too long")
        }
        readings = []
        for (code, value) in raw.registers {
            guard let register = MeterRegister(hexadecimal: code) else {
                throw MeterRecordProblem(member: code, reason: "an unknown register")
            }
            guard let value, value.isFinite else { throw MeterRecordProblem(member: code, reason: "not a number") }
            guard value >= 0 else {
                throw MeterRecordProblem(member: code, text: String(value), reason: "below 0")
            }
            guard value <= Self.mostKilowattHours else {
                throw MeterRecordProblem(member: code, text: String(value), reason: "more than any meter can count")
            }
            readings.append(MeterReading(time: time, register: register, kilowattHours: value, quality: quality))
        }
        guard !readings.isEmpty else { throw MeterRecordProblem(reason: "it has no register") }
        self.muid = muid
        self.time = time
    }
}

/// The record as decoded from JSON. Members that are missing or of another type are `nil`.
private struct RawRecord: Decodable {
    var measurement: String?
    var timestamp: String?
    var muid: String?
    var quality: String?
    var registers: [(code: String, value: Double?)] = []

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        measurement = try? members.decode(String.self, forKey: Name(stringValue: "measurement"))
        timestamp = try? members.decode(String.self, forKey: Name(stringValue: "timestamp"))
        if let tags = try? members.nestedContainer(keyedBy: Name.self, forKey: Name(stringValue: "tags")) {
            muid = try? tags.decode(String.self, forKey: Name(stringValue: "muid"))
            quality = try? tags.decode(String.self, forKey: Name(stringValue: "quality"))
        }
        for key in members.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            guard Self.isCode(key.stringValue) else { continue }
            registers.append((key.stringValue, try? members.decode(Double.self, forKey: key)))
        }
    }

    /// Returns whether a name consists of twelve hexadecimal digits.
    private static func isCode(_ name: String) -> Bool {
        name.utf8.count == 12 && name.allSatisfy(\.isHexDigit)
    }
}
