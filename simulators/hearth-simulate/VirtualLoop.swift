import Building
import CivilTime
import ClimateControl
import Foundation
import JSON
import WireFormat

/// The control of a building's rooms in virtual time, driven by lines of input.
struct VirtualLoop {
    /// The outcome of a line.
    struct Outcome {
        /// The response, one line; `nil` if the line could not be used.
        var answer: String?
        /// The problems of the line, or of single readings in it.
        var problems: [String] = []
    }

    /// The largest time, in s: about 30 years.
    private static let longestSeconds = 1e9

    private var climate: BuildingClimate
    private let decoder: ReadingDecoder
    /// The calendar time at time 0; `nil` if it is not known.
    private let start: Timestamp?
    /// The latest time of each room, in s.
    private var reached: [Slug: Double] = [:]

    init(climate: BuildingClimate, calendar: LocalCalendar, start: Timestamp?) {
        self.climate = climate
        self.start = start
        decoder = ReadingDecoder(calendar: calendar)
    }

    static func instant(seconds: Double) -> MonotonicInstant {
        MonotonicInstant(sinceOrigin: .milliseconds(Int64((seconds * 1000).rounded())))
    }

    /// Takes one line of input, without its end, and returns the outcome.
    mutating func answer(_ line: LineReader.Line) -> Outcome {
        switch line {
        case .tooLong: Outcome(problems: ["longer than \(LineReader.longestLine) bytes"])
        case .bytes(let bytes) where bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }): Outcome()
        case .bytes(let bytes): answer(bytes)
        }
    }

    /// Decodes a line and passes it on.
    private mutating func answer(_ bytes: [UInt8]) -> Outcome {
        do {
            let step = try JSONDecoder().decode(Step.self, from: Data(bytes))
            return try take(step)
        } catch let problem as UnusableLine {
            return Outcome(problems: [problem.description])
        } catch {
            return Outcome(problems: [UnusableLine(error).description])
        }
    }

    /// Passes the measurements of a line to the control and returns its decision.
    private mutating func take(_ step: Step) throws(UnusableLine) -> Outcome {
        let room = try room(of: step)
        let now = Self.instant(seconds: step.time)
        let calendar = start?.advanced(by: now.sinceOrigin)
        var outcome = Outcome()
        for (index, part) in (step.readings ?? []).enumerated() {
            guard let message = part.message else {
                outcome.problems.append("readings[\(index)] is skipped: it is not a reading")
                continue
            }
            let decoded = decoder.decode(
                message, room: room, kind: message.type ?? "", receivedAt: calendar ?? Timestamp(secondsSince1970: 0),
                clockTrusted: calendar != nil)
            for reading in decoded.readings { climate.observe(reading, at: now) }
            outcome.problems += decoded.rejections.map { "readings[\(index)] is skipped: \($0.rawValue)" }
        }
        if let outdoor = step.outdoor { climate.observe(outdoorCelsius: outdoor, of: room, at: now) }
        outcome.answer = answer(
            at: step.time, room, climate.decide(room, at: now, calendar: calendar))
        return outcome
    }

    /// Returns the room of a line, or throws if the room or the time can't be used.
    private mutating func room(of step: Step) throws(UnusableLine) -> Slug {
        guard (0...Self.longestSeconds).contains(step.time) else {
            throw UnusableLine("time \(step.time) is out of range: 0…\(Int(Self.longestSeconds)) s")
        }
        guard let room = Slug(step.room), room != .building else {
            throw UnusableLine(
                "“\(step.room.prefix(80))” is not a valid room: letters, digits, _ and -, at most 64, starting with a letter or "
                    + "digit")
        }
        if let reached = reached[room], step.time < reached {
            throw UnusableLine("time \(step.time) is before \(reached), which \(room) has already reached")
        }
        guard climate.adopt(room, at: Self.instant(seconds: step.time)) else {
            throw UnusableLine("the configuration has no room “\(room)” with sensors, and adoptUnlistedRooms is false")
        }
        reached[room] = step.time
        return room
    }

    private func answer(at time: Double, _ room: Slug, _ decision: Decision?) -> String {
        guard let decision else {
            // The gateway does not command the valve yet; this is the level it assumes.
            let level = PercentOpen(clamping: climate.settings(of: room)?.initialPercent ?? 0).percent
            return Self.line(
                time, room, level, "waiting for a first usable sensor; the valve is left unchanged", nil, .failed)
        }
        return Self.line(
            time, room, decision.level.percent, ControlReasonWording.english.words(for: decision.reason),
            decision.temperatureCelsius, decision.quality)
    }

    /// Returns a line of output.
    private static func line(
        _ time: Double, _ room: Slug, _ level: Int, _ reason: String, _ celsius: Double?, _ quality: Quality
    ) -> String {
        let answer: JSON = [
            "time": .number(time), "room": .string(room.text), "level": .integer(level), "reason": .string(reason),
            "temperature": celsius.map { .number(($0 * 100).rounded() / 100) } ?? .null,
            "quality": .string(quality.name),
        ]
        return answer.description
    }
}

/// One line of input.
private struct Step: Decodable {
    var time: Double
    var room: String
    var readings: [Part]?
    var outdoor: Double?

    /// A reading that may be unreadable: a bad one does not affect the others.
    struct Part: Decodable {
        var message: SensorMessage?

        init(from decoder: any Decoder) {
            message = try? SensorMessage(from: decoder)
        }
    }
}

/// The reason a line can't be used.
private struct UnusableLine: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: any Error) {
        description =
            switch error as? DecodingError {
            case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                if let key = context.codingPath.first {
                    "“\(key.stringValue)” has the wrong type"
                } else {
                    "not a JSON object with “time”, “room” and “readings”"
                }
            default: "not JSON"
            }
    }
}
