public import Building
internal import Postgres

extension CentralStore {
    /// Stores the readings whose numbers are not held yet, in one transaction with the ledger that holds the numbers.
    /// When this returns, they are on disk.
    ///
    /// - Parameter building: whose gateway sent them.
    /// - Throws: `StoreError.foreignStore` where the store sent from another building before; `StoreError.unavailable`,
    ///   `outcomeUnknown`. In every case the same readings may be given again.
    public func store(_ readings: IncomingReadings, building: BuildingReference) async throws -> StoringOutcome {
        let now = now()
        let cache = seriesCache
        let (outcome, learnt) = try await transaction { connection in
            let held = try Ledger.lock(readings.store, numbers: readings.numbers, building: building, on: connection)
            let repeated = held.reduce(0) { $0 + $1.count }
            guard repeated < readings.rows.count else {
                return (StoringOutcome(stored: 0, repeated: repeated), [SeriesName: Int32]())
            }
            let resolution = try SeriesResolution(of: readings.series, building: building, cache: cache, on: connection)
            let rows = NewRows(readings, leavingOut: held)
            try rows.copy(series: resolution.numbers, on: connection)
            try LatestReadings(rows, names: resolution.names, now: now).store(on: connection)
            try Ledger.add(readings.numbers, of: readings.store, on: connection)
            return (StoringOutcome(stored: readings.rows.count - repeated, repeated: repeated), resolution.learnt)
        }
        cache.remember(learnt, inBuilding: building.id)
        return outcome
    }
}

/// A building as the token of its gateway names it.
public struct BuildingReference: Hashable, Sendable {
    public var id: Int
    public var slug: Slug

    public init(id: Int, slug: Slug) {
        self.id = id
        self.slug = slug
    }
}

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
