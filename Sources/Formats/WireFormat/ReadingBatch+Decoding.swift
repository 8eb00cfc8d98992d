import Building
import Foundation

extension ReadingBatch {
    /// Decodes a batch that `encode` produced. Whatever the bytes are, it neither traps nor takes more memory than
    /// `limits` allow.
    ///
    /// - Throws: `BatchDecodingError` if the bytes are not a valid batch or exceed the limits.
    package static func decode(
        _ bytes: [UInt8], limits: BatchLimits = .init()
    ) throws(BatchDecodingError) -> ReadingBatch {
        guard bytes.count <= limits.compressedBytes else {
            throw BatchDecodingError("the batch has \(bytes.count) bytes; the limit is \(limits.compressedBytes)")
        }
        guard bytes.starts(with: magic) else {
            throw BatchDecodingError("not a Hearth batch: the bytes do not start with HRB1")
        }
        let body = try Zstandard.decompress(bytes[magic.count...], limit: limits.unpackedBytes)
        var reader = ByteReader(body)
        var decoder = BatchDecoder()
        let batch = try decoder.decode(&reader, limits: limits)
        guard reader.isAtEnd else { throw BatchDecodingError("the batch has bytes after its last row") }
        return batch
    }
}

private struct BatchDecoder {
    private var series: [SeriesKey] = []
    private var digits: [UInt8] = []
    private var texts: [String] = []

    mutating func decode(_ reader: inout ByteReader, limits: BatchLimits) throws(BatchDecodingError) -> ReadingBatch {
        let store = StoreID(uuid: Self.uuid(try reader.take(16)))
        let first = try reader.varint()
        let rowCount = try reader.count(of: "rows", atMost: limits.rows)
        guard rowCount > 0 else { throw BatchDecodingError("the batch has no rows") }
        // The last number and the end of the range must be valid reading numbers as well.
        guard let number = Int64(exactly: first).flatMap({ ReadingNumber($0) }),
            ReadingNumber(number.value + Int64(rowCount)) != nil
        else {
            throw BatchDecodingError("\(first) is not a valid first number for \(rowCount) readings")
        }
        try decodeSeries(&reader, limits: limits)
        for _ in 0..<(try reader.count(of: "texts", atMost: rowCount)) {
            texts.append(try reader.text(atMost: ReadingValue.longestText))
        }
        let rows = try decodeRows(&reader, count: rowCount)
        return ReadingBatch(store: store, firstNumber: number.value, series: series, rows: rows)
    }

    private mutating func decodeSeries(_ reader: inout ByteReader, limits: BatchLimits) throws(BatchDecodingError) {
        for _ in 0..<(try reader.count(of: "series", atMost: limits.series)) {
            let room = try reader.text(atMost: 64)
            let device = try reader.text(atMost: SeriesKey.longestDevice)
            let className = try reader.text(atMost: 64)
            let datapoint = try reader.text(atMost: 64)
            guard let room = Slug(room) else { throw BatchDecodingError("“\(room)” is not a valid room slug") }
            guard !device.isEmpty else { throw BatchDecodingError("a device has no id") }
            guard let datapoint = Datapoint(datapoint) else {
                throw BatchDecodingError("“\(datapoint)” is not a valid datapoint name")
            }
            // An unknown class is decoded as `nil`: newer gateways may talk to older services.
            series.append(
                SeriesKey(
                    room: room, device: device, deviceClass: DeviceClass(rawValue: className), datapoint: datapoint))
            let places = try reader.byte()
            guard places <= DecimalColumn.mostDigits || places == DecimalColumn.raw else {
                throw BatchDecodingError("\(places) is not a valid number of decimal places")
            }
            digits.append(places)
        }
    }

    private func decodeRows(_ reader: inout ByteReader, count: Int) throws(BatchDecodingError) -> [ReadingBatch.Row] {
        var indices: [Int] = []
        indices.reserveCapacity(count)
        for _ in 0..<count {
            let index = try reader.varint()
            guard index < UInt64(series.count) else {
                throw BatchDecodingError("a row refers to the unknown series \(index)")
            }
            indices.append(Int(index))
        }
        let flags = Array(try reader.take(count))
        guard flags.allSatisfy({ $0 & ~ReadingBatch.Flags.all == 0 }) else {
            throw BatchDecodingError("a row has unknown flags")
        }
        var received: [Int64] = []
        received.reserveCapacity(count)
        var last: Int64 = 0
        for _ in 0..<count {
            last = last &+ (try reader.signed())
            received.append(last)
        }
        var events = received
        var histories = [ReadingBatch.SeriesHistory](repeating: .init(), count: series.count)
        for row in 0..<count where flags[row] & ReadingBatch.Flags.eventIsReceipt == 0 {
            events[row] = histories[indices[row]].eventTime(changeOfStep: try reader.signed())
        }
        let representable = Timestamp.representable
        var rows: [ReadingBatch.Row] = []
        rows.reserveCapacity(count)
        var mantissas = [Int64](repeating: 0, count: series.count)
        for row in 0..<count {
            let value = try decodeValue(&reader, flags: flags[row], series: indices[row], mantissas: &mantissas)
            let event = Timestamp(millisecondsSince1970: events[row])
            let receipt = Timestamp(millisecondsSince1970: received[row])
            guard representable.contains(event), representable.contains(receipt) else {
                throw BatchDecodingError("row \(row) has a time before 1970 or after 2099")
            }
            rows.append(
                ReadingBatch.Row(
                    seriesIndex: indices[row], eventTime: event, receivedTime: receipt,
                    clockTrusted: flags[row] & ReadingBatch.Flags.clockTrusted != 0,
                    quality: Quality(rawValue: flags[row] >> ReadingBatch.Flags.qualityShift)!, value: value))
        }
        return rows
    }

    private func decodeValue(
        _ reader: inout ByteReader, flags: UInt8, series: Int, mantissas: inout [Int64]
    ) throws(BatchDecodingError) -> ReadingValue {
        if flags & ReadingBatch.Flags.text != 0 {
            let index = try reader.varint()
            guard index < UInt64(texts.count) else {
                throw BatchDecodingError("a row refers to the unknown text \(index)")
            }
            return .text(texts[Int(index)])
        }
        let number: Double
        if digits[series] == DecimalColumn.raw {
            number = Double(bitPattern: try reader.fixed())
        } else {
            mantissas[series] = mantissas[series] &+ (try reader.signed())
            number = DecimalColumn.value(mantissa: mantissas[series], digits: digits[series])
        }
        guard number.isFinite else { throw BatchDecodingError("a value is not a finite number") }
        return .number(number)
    }

    private static func uuid(_ bytes: ArraySlice<UInt8>) -> UUID {
        var raw: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &raw) { $0.copyBytes(from: bytes) }
        return UUID(uuid: raw)
    }
}
