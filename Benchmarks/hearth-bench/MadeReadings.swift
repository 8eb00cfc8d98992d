import Building
import WireFormat

/// The readings of a fictitious building: each device reports every five seconds, with slowly wandering values.
struct MadeReadings {
    let store = StoreID()
    private let series: [SeriesKey]
    private var values: [Double]
    private var next: Int64 = 1
    private let start: Int64

    /// Creates a building.
    ///
    /// - Parameters:
    ///   - rooms: the number of rooms, each with 12 series.
    ///   - start: the time of the first readings, in milliseconds since 1970.
    init(rooms: Int, start: Int64) {
        let datapoints: [(String, Datapoint)] = [
            ("iaq", .temperature), ("iaq", .humidity), ("iaq", .co2), ("valve", .valveLevel), ("climate", .temperature),
            ("climate", .setpoint), ("climate", .valveLevel),
        ]
        let sensors = (1...5).map { ("sensor-\($0)", Datapoint.temperature) }
        series = (0..<rooms).flatMap { room in
            (datapoints + sensors).map { device, datapoint in
                guard let slug = Slug("room-\(100 + room)") else { preconditionFailure("a plain name is a valid slug") }
                return SeriesKey(room: slug, device: device, deviceClass: nil, datapoint: datapoint)
            }
        }
        values = series.indices.map { 200 + Double($0 % 50) }
        self.start = start
    }

    /// Returns the next readings as a batch. One round of all series covers five seconds.
    mutating func batch(rows count: Int) -> ReadingBatch {
        let first = next
        let rows = (0..<count).map { _ in
            let index = Int((next - 1) % Int64(series.count))
            let round = (next - 1) / Int64(series.count)
            next += 1
            values[index] += Double((next &* 7919) % 3 - 1)
            let time = Timestamp(
                millisecondsSince1970: start + round * 5000 + Int64(index) * 5000 / Int64(series.count))
            return ReadingBatch.Row(
                seriesIndex: index, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                value: .number(values[index] / 10))
        }
        return ReadingBatch(store: store, firstNumber: first, series: series, rows: rows)
    }
}
