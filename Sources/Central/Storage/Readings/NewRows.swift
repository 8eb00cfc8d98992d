internal import Building

/// The rows of a batch whose numbers are not in the ledger yet.
struct NewRows {
    let readings: IncomingReadings
    /// The ranges of indices of `readings.rows`, ascending.
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

    /// Selects the rows at `places`, which must be ascending.
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
}

extension Timestamp {
    /// The nearest time of the years 1 to 9999, so that an absurd one can't block its batch.
    var storable: Timestamp {
        min(max(self, Self.firstStorable), Self.lastStorable)
    }

    private static let firstStorable = Timestamp(millisecondsSince1970: -62_135_596_800_000)
    private static let lastStorable = Timestamp(millisecondsSince1970: 253_402_300_799_999)
}

extension ReadingValue {
    /// The value's two columns, of which one is `nil`. NaN and infinities are stored as text, as states are.
    var columns: (number: Double?, text: String?) {
        switch self {
        case .number(let number) where number.isFinite: (number, nil)
        case .number(let number): (nil, number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
        case .text(let text): (nil, text.replacingNUL)
        }
    }
}
