import Building
import Foundation
import Outbox
import Rig
import Testing

/// Bits that flip within a file whose structure SQLite finds sound.
@Suite(.timeLimit(.minutes(3))) struct FlippedBitTests {
    let folder = TemporaryFolder()
    private var path: String { folder.file("outbox.sqlite") }

    private static let seed =
        ProcessInfo.processInfo.environment["HEARTH_CHAOS_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    private static let rounds =
        ProcessInfo.processInfo.environment["HEARTH_CHAOS_ROUNDS"].flatMap { Int($0) }.map { $0 * 100 } ?? 60

    // MARK: The file

    private static let count = 700
    /// Packed into segments of 100.
    private static let packed = 300

    /// Values, times, flags and texts of every kind.
    private static let readings: [Reading] = (1...count).map { number in
        var reading = OutboxTests.reading(
            Double(number) * 1.37 + 0.001, sensor: "sensor-\(number % 7)",
            at: 1_790_000_000_000 + Int64(number) * 1_000)
        if number % 11 == 0 { reading.value = .text("state-\(number)") }
        if number % 13 == 0 { reading.quality = .degraded }
        if number % 17 == 0 { reading.clockTrusted = false }
        if number % 5 == 0 { reading.eventTime = reading.receivedTime }
        return reading
    }

    /// A closed store with readings and segments, some of which went up or had to go.
    private func filled() throws -> Data {
        let outbox = try Outbox(path: path)
        for start in stride(from: 0, to: Self.count, by: 100) {
            try outbox.append(Array(Self.readings[start..<start + 100]))
        }
        while try outbox.packOldest(keeping: Self.count - Self.packed - 1, size: 100, encode: Self.encode) {}
        try outbox.acknowledge([Self.delivered])
        try outbox.giveUp(Self.givenUp, reason: .operator)
        try outbox.close()
        return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    private static let delivered: Range<Int64> = 250..<260
    private static let givenUp: Range<Int64> = 400..<405

    /// Stands in for the wire format, of which only Zstandard would notice a flipped bit.
    private static func encode(_ run: NumberedReadings) -> [UInt8] {
        Array(run.readings.map(line).joined(separator: "\n").utf8)
    }

    private static func line(_ reading: Reading) -> String {
        let times = "\(reading.eventTime.millisecondsSince1970) \(reading.receivedTime.millisecondsSince1970)"
        return "\(reading.series.device) \(times) \(reading.quality) \(reading.clockTrusted) \(reading.value.text)"
    }

    // MARK: What comes of it

    /// What goes up, number by number, and what is declared.
    private struct Outcome {
        var store: StoreID
        var delivered: [Int64: String] = [:]
        var twice: Set<Int64> = []
        var losses: [Loss] = []
        /// How many openings found the file beyond use.
        var setAside = 0

        /// Declared of the original store.
        func isDeclared(_ number: Int64) -> Bool {
            losses.contains { $0.store == store && $0.numbers.contains(number) }
        }
    }

    /// Opens the file and sends all that waits up, as the gateway does, across openings where that takes some.
    private func drain(of store: StoreID) throws -> Outcome {
        var outcome = Outcome(store: store)
        var openings = 0
        while true {
            openings += 1
            try #require(openings < 5, "the file does not come to rest")
            let outbox = try Outbox(path: path, isKnownDamaged: openings > 2)
            if outbox.setAside != nil { outcome.setAside += 1 }
            if try drain(outbox, &outcome) { return outcome }
            outbox.abandon()
        }
    }

    /// - Returns: whether all went up; else the file was found damaged.
    private func drain(_ outbox: Outbox, _ outcome: inout Outcome) throws -> Bool {
        do {
            // In use, intake goes on.
            try outbox.append([OutboxTests.reading(0, sensor: "later")])
            while let upload = try outbox.oldest(atMost: 64) { try send(upload, of: outbox, &outcome) }
            let tally = try outbox.tally()
            #expect(tally.numbered == tally.delivered + tally.lost + tally.waiting)
            outcome.losses = try outbox.losses()
            try outbox.close()
            return true
        } catch {
            guard (error as? OutboxError)?.kind == .damaged else { throw error }
            return false
        }
    }

    private func send(_ upload: Upload, of outbox: Outbox, _ outcome: inout Outcome) throws {
        let lines: [String]
        switch upload {
        case .damaged(let numbers): return try outbox.giveUp(numbers, reason: .corrupt)
        case .readings(let run): lines = run.readings.map(Self.line)
        case .segment(let bytes, let whole, let numbers):
            let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            guard all.count == whole.count else { return try outbox.giveUp(numbers, reason: .corrupt) }
            lines = Array(all[Int(numbers.lowerBound - whole.lowerBound)...].prefix(numbers.count))
        }
        for (number, line) in zip(upload.numbers, lines) where outbox.store == outcome.store {
            if outcome.delivered.updateValue(line, forKey: number) != nil { outcome.twice.insert(number) }
        }
        try outbox.acknowledge([upload.numbers])
    }

    /// Every reading went up as it was, or is declared.
    private func judge(_ outcome: Outcome, _ comment: Comment) {
        #expect(outcome.twice.isEmpty, comment)
        for number in 1...Int64(Self.count) {
            if let line = outcome.delivered[number] {
                #expect(line == Self.line(Self.readings[Int(number) - 1]), "number \(number), \(comment)")
            } else if !Self.delivered.contains(number) {
                #expect(outcome.isDeclared(number), "number \(number), \(comment)")
            }
        }
    }

    private func flip(_ bit: Int, in data: Data, at offset: Int) throws -> Data {
        var data = data
        data[offset] ^= 1 << UInt8(bit)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try data.write(to: URL(fileURLWithPath: path))
        return data
    }

    private func identity() throws -> (store: StoreID, notes: [String: Data]) {
        let outbox = try Outbox(path: path)
        try outbox.close()
        let notes = try [".identity", ".highest"].map { suffix in
            (suffix, try Data(contentsOf: URL(fileURLWithPath: path + suffix)))
        }
        return (outbox.store, Dictionary(uniqueKeysWithValues: notes))
    }

    /// Puts back what lies beside the file, and takes away what was set aside.
    private func restore(_ notes: [String: Data]) throws {
        for (suffix, data) in notes { try data.write(to: URL(fileURLWithPath: path + suffix)) }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.contains(".damaged-") {
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
    }

    // MARK: Tests

    @Test func `a bit of a stored value costs that reading and no other`() throws {
        _ = try filled()
        let (store, notes) = try identity()
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        var dice = SeededRandom(seed: Self.seed)
        for _ in 0..<max(20, Self.rounds / 4) {
            var number = Int.random(in: Self.packed + 1...Self.count, using: &dice)
            while Self.givenUp.contains(Int64(number)) || number % 11 == 0 { number += 1 }
            guard number <= Self.count, case .number(let value) = Self.readings[number - 1].value else { continue }
            let stored = withUnsafeBytes(of: value.bitPattern.bigEndian) { Data($0) }
            let offset = try #require(data.range(of: stored)).lowerBound + Int.random(in: 0..<8, using: &dice)
            let bit = Int.random(in: 0..<8, using: &dice)
            try restore(notes)
            _ = try flip(bit, in: data, at: offset)
            let outcome = try drain(of: store)
            let comment: Comment = "bit \(bit) of byte \(offset), HEARTH_CHAOS_SEED=\(Self.seed)"
            judge(outcome, comment)
            #expect(outcome.setAside == 0, comment)
            #expect(
                outcome.losses.filter { $0.reason == .corrupt }.map(\.numbers) == [Int64(number)..<Int64(number) + 1],
                comment)
        }
    }

    @Test func `a bit of a packed segment costs that segment and no other`() throws {
        _ = try filled()
        let (store, notes) = try identity()
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        var dice = SeededRandom(seed: Self.seed)
        for segment in 0..<3 {
            let first = segment * 100
            let start = try #require(data.range(of: Data(Self.line(Self.readings[first]).utf8))).lowerBound
            let bit = Int.random(in: 0..<8, using: &dice)
            try restore(notes)
            _ = try flip(bit, in: data, at: start + Int.random(in: 0..<900, using: &dice))
            let outcome = try drain(of: store)
            let comment: Comment = "bit \(bit) of segment \(segment), HEARTH_CHAOS_SEED=\(Self.seed)"
            judge(outcome, comment)
            #expect(outcome.setAside == 0, comment)
            // Ten of the last one had gone up.
            let lost = outcome.losses.filter { $0.reason == .corrupt }.map(\.numbers)
            let whole = Int64(first + 1)..<Int64(first + 101)
            #expect(lost.allSatisfy { whole.contains($0.lowerBound) && $0.upperBound <= whole.upperBound }, comment)
            #expect(lost.reduce(0) { $0 + $1.count } == (segment == 2 ? 90 : 100), comment)
        }
    }

    @Test func `wherever a bit of the file flips, nothing goes up that was not put in`() throws {
        _ = try filled()
        let (store, notes) = try identity()
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        var dice = SeededRandom(seed: Self.seed)
        var setAside = 0
        for _ in 0..<Self.rounds {
            let offset = Int.random(in: 0..<data.count, using: &dice)
            let bit = Int.random(in: 0..<8, using: &dice)
            try restore(notes)
            _ = try flip(bit, in: data, at: offset)
            let outcome = try drain(of: store)
            judge(outcome, "bit \(bit) of byte \(offset) of \(data.count), HEARTH_CHAOS_SEED=\(Self.seed)")
            setAside += outcome.setAside
        }
        print("\(Self.rounds) flipped bits in \(data.count) bytes: \(setAside) files set aside")
    }
}
