import Building
package import Outbox
import WireFormat

/// The encoding of uploads.
package enum UploadBody {
    /// Returns readings packed for the backlog: more strongly compressed than an immediate upload, which is worth the
    /// time.
    package static func segment(_ run: NumberedReadings) -> [UInt8] { ReadingBatch(run).encode(level: segmentLevel) }

    /// The zstd level of segments.
    private static let segmentLevel: Int32 = 7

    /// Returns a packed segment in which the times of `numbers` that the gateway's own clock gave are corrected. Device
    /// times stay, and are marked if they are then implausible.
    ///
    /// - Parameters:
    ///   - shift: the shift in milliseconds.
    ///   - plausible: the largest accepted difference between a device's time and the time of receipt, in milliseconds.
    ///
    /// - Returns: `nil` if the segment can't be read.
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

    /// Returns the body of a request, and the numbers that it holds.
    ///
    /// - Parameter limit: the number of readings that one request may hold; a larger segment is sent in parts.
    ///
    /// - Throws: `BatchDecodingError` if a segment or a reading is damaged.
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

    /// Returns whether the bytes of an upload can be read.
    static func isSound(_ upload: Upload) -> Bool {
        guard case .segment(let bytes, let whole, _) = upload else { return true }
        return (try? decode(bytes))?.numbers == whole
    }

    /// Decodes a segment of our own. It may be larger than one request permits, since it can be sent in parts.
    private static func decode(_ bytes: [UInt8]) throws(BatchDecodingError) -> ReadingBatch {
        var limits = BatchLimits()
        limits.compressedBytes = limits.unpackedBytes
        return try ReadingBatch.decode(bytes, limits: limits)
    }
}

extension Range<Int64> {
    /// Returns the first `count` numbers of the range.
    fileprivate func prefix(_ count: Int) -> Range<Int64> {
        lowerBound..<Swift.min(upperBound, lowerBound + Int64(count))
    }
}

extension ReadingBatch.Row {
    /// Shifts the time of receipt, which is trusted from then on, and the event's time if our own clock gave it.
    fileprivate mutating func setReceipt(by shift: Int64) {
        if eventTime == receivedTime { eventTime = eventTime.advanced(byMilliseconds: shift) }
        receivedTime = receivedTime.advanced(byMilliseconds: shift)
        clockTrusted = true
    }

    /// Marks the row if its device time is implausible; returns whether it did.
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
    /// Creates the batch of a run of stored readings.
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
