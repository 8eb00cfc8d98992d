import Building
import Foundation

/// The encoding of a batch: `HRB1`, then a Zstandard frame with columns, each in the order of the rows.
///
///     store identity (16 bytes) · first number · row count · series count
///     series: room, device, class or empty, datapoint; digits after the point or 0xFF for raw numbers
///     texts: count, then each once
///     column 1: index of the series
///     column 2: flags (`Flags`)
///     column 3: receipt time, milliseconds since the row before
///     column 4: event time, where it is not the receipt time: the change of the step within its series
///     column 5: value: the change of the whole number within its series, 8 raw bytes, or the index of a text
///
/// Numbers are LEB128, signed ones zigzag.
extension ReadingBatch {
    static let magic: [UInt8] = Array("HRB1".utf8)

    enum Flags {
        static let eventIsReceipt: UInt8 = 1
        static let clockTrusted: UInt8 = 2
        static let text: UInt8 = 4
        static let qualityShift: UInt8 = 4
        static let all: UInt8 = 0b0011_0111
    }

    /// The state that predicts the next row of one series.
    struct SeriesHistory {
        var mantissa: Int64 = 0
        var eventTime: Int64 = 0
        var step: Int64 = 0

        /// Advances the history to `time` and returns the deviation from the predicted step.
        mutating func changeOfStep(to time: Int64) -> Int64 {
            let newStep = time &- eventTime
            defer {
                step = newStep
                eventTime = time
            }
            return newStep &- step
        }

        mutating func eventTime(changeOfStep change: Int64) -> Int64 {
            step = step &+ change
            eventTime = eventTime &+ step
            return eventTime
        }
    }

    /// Returns the encoded batch.
    ///
    /// - Parameter level: Zstandard's compression level, 1 (fast) to 19 (small).
    package func encode(level: Int32 = 3) -> [UInt8] {
        precondition(!rows.isEmpty && firstNumber > 0, "a batch must be a run of one or more numbered readings")
        let digits = digitsOfSeries()
        var texts: [String] = []
        var textIndex: [String: Int] = [:]
        for case .text(let text) in rows.lazy.map(\.value) where textIndex[text] == nil {
            textIndex[text] = texts.count
            texts.append(text)
        }
        var writer = ByteWriter()
        writeHead(to: &writer, digits: digits, texts: texts)
        for row in rows { writer.appendVarint(UInt64(row.seriesIndex)) }
        for row in rows { writer.append(row.flags) }
        writeTimes(to: &writer)
        writeValues(to: &writer, digits: digits, textIndex: textIndex)
        return Self.magic + Zstandard.compress(writer.bytes, level: level)
    }

    /// Returns, for each series, the number of digits after the point that reproduces all of its numbers.
    private func digitsOfSeries() -> [UInt8] {
        var digits = [UInt8](repeating: 0, count: series.count)
        for row in rows {
            guard case .number(let number) = row.value else { continue }
            digits[row.seriesIndex] = DecimalColumn.digits(for: number, from: digits[row.seriesIndex])
        }
        // The digits needed by a later number may be too many for an earlier one.
        for row in rows {
            guard case .number(let number) = row.value, digits[row.seriesIndex] != DecimalColumn.raw else { continue }
            if DecimalColumn.mantissa(of: number, digits: digits[row.seriesIndex]) == nil {
                digits[row.seriesIndex] = DecimalColumn.raw
            }
        }
        return digits
    }

    private func writeHead(to writer: inout ByteWriter, digits: [UInt8], texts: [String]) {
        withUnsafeBytes(of: store.uuid.uuid) { writer.append(contentsOf: $0) }
        writer.appendVarint(UInt64(firstNumber))
        writer.appendVarint(UInt64(rows.count))
        writer.appendVarint(UInt64(series.count))
        for (key, digits) in zip(series, digits) {
            writer.append(text: key.room.text)
            writer.append(text: key.device)
            writer.append(text: key.deviceClass?.rawValue ?? "")
            writer.append(text: key.datapoint.name)
            writer.append(digits)
        }
        writer.appendVarint(UInt64(texts.count))
        for text in texts { writer.append(text: text) }
    }

    private func writeTimes(to writer: inout ByteWriter) {
        var last: Int64 = 0
        for row in rows {
            writer.appendSigned(row.receivedTime.millisecondsSince1970 &- last)
            last = row.receivedTime.millisecondsSince1970
        }
        var histories = [SeriesHistory](repeating: SeriesHistory(), count: series.count)
        for row in rows where row.eventTime != row.receivedTime {
            writer.appendSigned(histories[row.seriesIndex].changeOfStep(to: row.eventTime.millisecondsSince1970))
        }
    }

    private func writeValues(to writer: inout ByteWriter, digits: [UInt8], textIndex: [String: Int]) {
        var last = [Int64](repeating: 0, count: series.count)
        for row in rows {
            switch row.value {
            case .text(let text): writer.appendVarint(UInt64(textIndex[text]!))
            case .number(let number):
                let digits = digits[row.seriesIndex]
                if digits == DecimalColumn.raw {
                    writer.appendFixed(number.bitPattern)
                } else {
                    let mantissa = DecimalColumn.mantissa(of: number, digits: digits)!
                    writer.appendSigned(mantissa - last[row.seriesIndex])
                    last[row.seriesIndex] = mantissa
                }
            }
        }
    }
}

extension ReadingBatch.Row {
    fileprivate var flags: UInt8 {
        var flags = quality.rawValue << ReadingBatch.Flags.qualityShift
        if eventTime == receivedTime { flags |= ReadingBatch.Flags.eventIsReceipt }
        if clockTrusted { flags |= ReadingBatch.Flags.clockTrusted }
        if case .text = value { flags |= ReadingBatch.Flags.text }
        return flags
    }
}
