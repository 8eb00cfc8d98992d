import Building
package import Outbox
import WireFormat

/// The bytes of a parcel, as they go up.
package enum UploadBody {
    /// Packs readings for the backlog: smaller than what goes up at once, and worth the time.
    package static func segment(_ run: NumberedReadings) -> [UInt8] { ReadingBatch(run).encode(level: segmentLevel) }

    private static let segmentLevel: Int32 = 7

    /// A packed segment with the times of `numbers` put right that the gateway's own clock gave; what the devices said
    /// stays, and is marked where it then shows as implausible.
    ///
    /// - Parameters:
    ///   - shift: milliseconds.
    ///   - plausible: how far a device's time may be from its receipt, milliseconds.
    /// - Returns: `nil` where the segment can't be read.
    package static func shifting(
        _ segment: [UInt8], _ numbers: Range<Int64>, by shift: Int64, plausible: Int64
    ) -> Outbox.ShiftedSegment? {
        guard var batch = try? decode(segment) else { return nil }
        var implausible = 0
        for number in numbers.clamped(to: batch.numbers) {
            let index = Int(number - batch.firstNumber)
            batch.rows[index].setReceipt(by: shift)
            if batch.rows[index].markImplausible(beyond: plausible) { implausible += 1 }
        }
        return Outbox.ShiftedSegment(bytes: batch.encode(level: segmentLevel), implausible: implausible)
    }

    /// - Parameter limit: readings that one request may hold; a larger segment goes up in parts.
    /// - Returns: the numbers that the bytes hold.
    /// - Throws: `BatchDecodingError` where a segment or a reading is damaged.
    static func encode(_ upload: Upload, atMost limit: Int) throws(BatchDecodingError) -> (Range<Int64>, [UInt8]) {
        switch upload {
        case .readings(let run): return (run.numbers, ReadingBatch(run).encode())
        case .segment(let bytes, let whole, let numbers):
            if numbers == whole, numbers.count <= limit { return (numbers, bytes) }
            let part = numbers.prefix(limit)
            return (part, try decode(bytes).slice(part).encode())
        case .damaged(let numbers):
            throw BatchDecodingError("the readings \(numbers.lowerBound)..<\(numbers.upperBound) can't be read")
        }
    }

    /// Whether the bytes of a parcel can be read.
    static func isSound(_ upload: Upload) -> Bool {
        guard case .segment(let bytes, let whole, _) = upload else { return true }
        return (try? decode(bytes))?.numbers == whole
    }

    /// Our own segment may be larger than what goes up at once, and is no worse for it: it goes up in parts.
    private static func decode(_ bytes: [UInt8]) throws(BatchDecodingError) -> ReadingBatch {
        var limits = BatchLimits()
        limits.compressedBytes = limits.unpackedBytes
        return try ReadingBatch.decode(bytes, limits: limits)
    }
}

extension Range<Int64> {
    fileprivate func prefix(_ count: Int) -> Range<Int64> {
        lowerBound..<Swift.min(upperBound, lowerBound + Int64(count))
    }
}

extension ReadingBatch.Row {
    /// Shifts the time of receipt, which is trusted then; and the event's time where our own clock gave it.
    fileprivate mutating func setReceipt(by shift: Int64) {
        if eventTime == receivedTime { eventTime = eventTime.advanced(byMilliseconds: shift) }
        receivedTime = receivedTime.advanced(byMilliseconds: shift)
        clockTrusted = true
    }

    fileprivate mutating func markImplausible(beyond limit: Int64) -> Bool {
        guard abs(eventTime.millisecondsSince1970 - receivedTime.millisecondsSince1970) > limit else { return false }
        quality = max(quality, .degraded)
        return true
    }
}

extension Timestamp {
    fileprivate func advanced(byMilliseconds shift: Int64) -> Timestamp {
        Timestamp(millisecondsSince1970: millisecondsSince1970 + shift)
    }
}

extension ReadingBatch {
    /// The batch of a run of stored readings.
    init(_ run: NumberedReadings) {
        var indices: [SeriesKey: Int] = [:]
        var series: [SeriesKey] = []
        var rows: [Row] = []
        rows.reserveCapacity(run.readings.count)
        for reading in run.readings {
            let index: Int
            if let known = indices[reading.series] {
                index = known
            } else {
                index = series.count
                indices[reading.series] = index
                series.append(reading.series)
            }
            rows.append(
                Row(
                    seriesIndex: index, eventTime: reading.eventTime, receivedTime: reading.receivedTime,
                    clockTrusted: reading.clockTrusted, quality: reading.quality, value: reading.value))
        }
        self.init(store: run.store, firstNumber: run.firstNumber, series: series, rows: rows)
    }
}
