internal import Building
internal import Postgres

/// The rows of a batch whose numbers are not held yet.
struct NewRows {
    let readings: IncomingReadings
    /// Indices of `readings.rows`, ascending.
    let indices: [Range<Int>]

    init(_ readings: IncomingReadings, leavingOut held: [Range<Int64>]) {
        self.readings = readings
        var indices: [Range<Int>] = []
        var next = readings.firstNumber
        for range in held {
            if range.lowerBound > next { indices.append(Self.index(next, range.lowerBound, readings)) }
            next = range.upperBound
        }
        if next < readings.numbers.upperBound {
            indices.append(Self.index(next, readings.numbers.upperBound, readings))
        }
        self.indices = indices
    }

    /// Those at `places`, which must not be among those that were left out.
    init(_ readings: IncomingReadings, only places: [Int]) {
        self.readings = readings
        var indices: [Range<Int>] = []
        for place in places {
            if let last = indices.last, last.upperBound == place {
                indices[indices.count - 1] = last.lowerBound..<(place + 1)
            } else {
                indices.append(place..<(place + 1))
            }
        }
        self.indices = indices
    }

    private static func index(_ lower: Int64, _ upper: Int64, _ readings: IncomingReadings) -> Range<Int> {
        Int(lower - readings.firstNumber)..<Int(upper - readings.firstNumber)
    }

    /// - Parameter series: the number of each of the batch's series.
    func copy(series: [Int32], on connection: Connection) throws {
        try connection.copyIn(
            """
            COPY reading (time, number, series_id, quality, clock_trusted, received, text) FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for range in indices {
                for row in readings.rows[range] {
                    try writer.row(fields: 7)
                    try writer.timestamp(millisecondsSince1970: row.eventTime.storable.millisecondsSince1970)
                    let (number, text) = row.value.columns
                    if let number { try writer.double(number) } else { try writer.null() }
                    try writer.int32(series[row.seriesIndex])
                    try writer.int16(Int16(row.quality.rawValue))
                    try writer.bool(row.clockTrusted)
                    if row.receivedTime == row.eventTime {
                        try writer.null()
                    } else {
                        try writer.timestamp(millisecondsSince1970: row.receivedTime.storable.millisecondsSince1970)
                    }
                    if let text { try writer.text(text) } else { try writer.null() }
                }
            }
        }
    }
}

extension Timestamp {
    /// The nearest time of the years 1 to 9999, so that a mad one cannot block the batch that it is in.
    var storable: Timestamp {
        min(max(self, Self.firstStorable), Self.lastStorable)
    }

    private static let firstStorable = Timestamp(millisecondsSince1970: -62_135_596_800_000)
    private static let lastStorable = Timestamp(millisecondsSince1970: 253_402_300_799_999)
}

extension ReadingValue {
    /// As the table holds it: one of the two is there. A number that is none stands as text, as do states.
    var columns: (number: Double?, text: String?) {
        switch self {
        case .number(let number) where number.isFinite: (number, nil)
        case .number(let number): (nil, number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        case .text(let text): (nil, text.replacingNUL)
        }
    }
}
