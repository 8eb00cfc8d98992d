/// The statistics of many values: mean, spread, extremes, and the mean of each hour of the day.
struct HourlyStatistics {
    private var sums = [Double](repeating: 0, count: 24)
    private var counts = [Double](repeating: 0, count: 24)
    private var squares = 0.0
    private var last: Double?
    private var changeCount = 0
    private(set) var least = Double.infinity
    private(set) var most = -Double.infinity

    /// Adds a value.
    ///
    /// - Parameter second: the number of seconds since a local midnight, 0 or more.
    mutating func add(_ value: Double, second: Double) {
        let hour = Int(second / 3600) % 24
        sums[hour] += value
        counts[hour] += 1
        squares += value * value
        least = min(least, value)
        most = max(most, value)
        if let last, last != value { changeCount += 1 }
        last = value
    }

    /// Marks a gap in the series: the difference to the next value is not counted as a change.
    mutating func cut() { last = nil }

    private var count: Double { counts.reduce(0, +) }

    var mean: Double { sums.reduce(0, +) / count }

    /// The standard deviation.
    var spread: Double { max(0, squares / count - mean * mean).squareRoot() }

    /// The means by hour, 0…23; `nil` for hours without values.
    var hours: [Double?] { zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil } }

    /// Returns the number of changes in a day of `perDay` values.
    func changes(perDay: Double) -> Double { Double(changeCount) / count * perDay }
}
