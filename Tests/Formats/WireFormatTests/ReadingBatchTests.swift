import Building
import Rig
import Testing
import WireFormat

@Suite struct ReadingBatchTests {
    static func batch(seed: UInt64, rows count: Int) -> ReadingBatch {
        var dice = SeededRandom(seed: seed)
        let datapoints = [Datapoint.temperature, .humidity, .co2, .presenceState, .powerKilowatts]
        let series = (0..<Int.random(in: 1...40, using: &dice)).map { index in
            SeriesKey(
                room: Slug("room-\(index % 7)")!, device: "sensor-\(index)",
                deviceClass: [nil, .iaq, .temperatureSensor].randomElement(using: &dice)!,
                datapoint: datapoints[index % datapoints.count])
        }
        var received: Int64 = 1_790_000_000_000
        let rows = (0..<count).map { _ in
            received += Int64.random(in: -5...2000, using: &dice)
            let event =
                Bool.random(using: &dice) ? received : received - Int64.random(in: -9_999...9_999_999, using: &dice)
            let value: ReadingValue =
                switch Int.random(in: 0..<6, using: &dice) {
                case 0: .text(["occupied", "unoccupied", "", "überall"].randomElement(using: &dice)!)
                case 1: .number(Double(bitPattern: UInt64.random(in: 0..<0x7FF0_0000_0000_0000, using: &dice)))
                case 2: .number(-0.0)
                default: .number(Double(Int.random(in: -400...4000, using: &dice)) / 10)
                }
            return ReadingBatch.Row(
                seriesIndex: Int.random(in: 0..<series.count, using: &dice),
                eventTime: Timestamp(millisecondsSince1970: event),
                receivedTime: Timestamp(millisecondsSince1970: received), clockTrusted: Bool.random(using: &dice),
                quality: Quality.allCases.randomElement(using: &dice)!, value: value)
        }
        return ReadingBatch(
            store: StoreID(), firstNumber: Int64.random(in: 1...(1 << 50), using: &dice), series: series, rows: rows)
    }

    @Test(arguments: 1...60)
    func `gives back what was put in, bit by bit`(seed: Int) throws {
        let batch = Self.batch(seed: UInt64(seed), rows: seed * 7)
        let decoded = try ReadingBatch.decode(batch.encode())
        #expect(decoded == batch, "seed \(seed)")
        for (one, other) in zip(batch.rows, decoded.rows) {
            if case .number(let one) = one.value, case .number(let other) = other.value {
                #expect(one.bitPattern == other.bitPattern, "seed \(seed)")
            }
        }
    }

    @Test(arguments: 1...300)
    func `answers damaged bytes with an error, and never traps`(seed: Int) {
        var dice = SeededRandom(seed: UInt64(seed))
        var bytes = Self.batch(seed: UInt64(seed), rows: 50).encode()
        switch seed % 3 {
        case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &dice))
        case 1: for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^= 1 << UInt8(seed % 8) }
        default: bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &dice) }
        }
        // Random bytes may by chance be a batch that can be read; all that counts is that nothing traps.
        _ = try? ReadingBatch.decode(bytes)
    }

    @Test func `notices every flipped bit`() {
        let batch = Self.batch(seed: 3, rows: 40)
        let bytes = batch.encode()
        for position in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[position / 8] ^= 1 << UInt8(position % 8)
            guard let decoded = try? ReadingBatch.decode(damaged) else { continue }
            // One bit of a frame's head means nothing.
            #expect(decoded == batch, "bit \(position)")
        }
    }

    @Test func `refuses a batch above its limits`() {
        let bytes = Self.batch(seed: 1, rows: 100).encode()
        var limits = BatchLimits()
        limits.rows = 99
        #expect(throws: BatchDecodingError.self) { try ReadingBatch.decode(bytes, limits: limits) }
        limits = BatchLimits()
        limits.unpackedBytes = 100
        #expect(throws: BatchDecodingError.self) { try ReadingBatch.decode(bytes, limits: limits) }
        limits = BatchLimits()
        limits.compressedBytes = bytes.count - 1
        #expect(throws: BatchDecodingError.self) { try ReadingBatch.decode(bytes, limits: limits) }
    }

    @Test func `takes few bytes for what a hotel sends`() throws {
        var rows: [ReadingBatch.Row] = []
        let series = (0..<50).map { index in
            SeriesKey(
                room: Slug("room-\(index / 8)")!, device: "sensor-\(index)", deviceClass: .temperatureSensor,
                datapoint: .temperature)
        }
        var dice = SeededRandom(seed: 5)
        var celsius = [Int](repeating: 220, count: series.count)
        for step in 0..<100 {
            for index in series.indices {
                celsius[index] += Int.random(in: -1...1, using: &dice)
                let time = Timestamp(millisecondsSince1970: 1_790_000_000_000 + Int64(step * 5000 + index * 97))
                rows.append(
                    ReadingBatch.Row(
                        seriesIndex: index, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                        value: .number(Double(celsius[index]) / 10)))
            }
        }
        let bytes = ReadingBatch(store: StoreID(), firstNumber: 1, series: series, rows: rows).encode()
        #expect(Double(bytes.count) / Double(rows.count) < 2)
    }

    static let numbersBeyond: [Int64] = [(1 << 53) - 1, 1 << 53, 1 << 60, 9_223_372_036_854_775_806]

    @Test(arguments: numbersBeyond)
    func `takes no numbers beyond those that every program can write`(first: Int64) throws {
        var batch = Self.batch(seed: 7, rows: 2)
        batch.firstNumber = first
        #expect(throws: BatchDecodingError.self) { try ReadingBatch.decode(batch.encode()) }
        batch.firstNumber = (1 << 53) - 2
        #expect(try ReadingBatch.decode(batch.encode()).numbers.upperBound == 1 << 53)
    }

    /// What a header announces is anybody's number.
    static let announcedSizes: [UInt64] = [0, 1, 1 << 40, (1 << 63) - 1, 1 << 63, .max - 2, .max - 1, .max]

    @Test(arguments: announcedSizes)
    func `reckons with no announced size that is beyond its limits`(size: UInt64) throws {
        let head: [UInt8] = Array("HRB1".utf8) + [0x28, 0xB5, 0x2F, 0xFD, 0xE0]
        let bytes = head + withUnsafeBytes(of: size.littleEndian, Array.init)
        #expect(throws: BatchDecodingError.self) { try ReadingBatch.decode(bytes) }
        if size <= 1 {
            #expect(try ReadingBatch.memory(of: bytes)?.unpackedBytes == Int(size))
        } else if size < .max - 1 {
            #expect(throws: ReadingBatch.TooLarge(unpackedBytes: size, limit: 64 << 20)) {
                try ReadingBatch.memory(of: bytes)
            }
        }
    }
}
