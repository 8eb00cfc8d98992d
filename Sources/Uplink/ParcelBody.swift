import Building
public import Outbox
import WireFormat

/// The bytes of a parcel, as they go up.
public enum ParcelBody {
    /// Packs readings for the backlog: smaller than what goes up at once, and worth the time.
    public static func segment(_ run: NumberedReadings) -> [UInt8] { ReadingBatch(run).encode(level: 7) }

    /// - Parameter limit: readings that one request may hold; a larger segment goes up in parts.
    /// - Returns: the numbers that the bytes hold.
    /// - Throws: `BatchDecodingError` where a segment or a reading is damaged.
    static func encode(_ parcel: Parcel, atMost limit: Int) throws(BatchDecodingError) -> (Range<Int64>, [UInt8]) {
        switch parcel {
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
    static func isSound(_ parcel: Parcel) -> Bool {
        guard case .segment(let bytes, let whole, _) = parcel else { return true }
        return (try? decode(bytes))?.numbers == whole
    }

    private static func decode(_ bytes: [UInt8]) throws(BatchDecodingError) -> ReadingBatch {
        try ReadingBatch.decode(bytes)
    }
}

extension Range<Int64> {
    fileprivate func prefix(_ count: Int) -> Range<Int64> {
        lowerBound..<Swift.min(upperBound, lowerBound + Int64(count))
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
