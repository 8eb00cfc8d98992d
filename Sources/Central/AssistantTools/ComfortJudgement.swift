internal import Assistant
internal import Building
internal import Storage

/// Judges a room's comfort by quarter-hours: a room is comfortable within one kelvin of the set-point in force.
struct ComfortJudgement {
    private let quarters: [ClimateQuarter]
    var discomforts: [ComfortReport.Discomfort]

    /// The control loop's datapoint with the reason for its actions.
    static let reason = Datapoint("reason")!
    private static let toleranceKelvin = 1.0
    /// The comfortable range without a known set-point: the range most people find comfortable at rest.
    private static let usual = 20.0...24.0
    private static let most = 20
    private static let quarter = Duration.seconds(900)

    /// Judges quarter-hours.
    ///
    /// - Parameter quarters: The quarter-hours, oldest first.
    init(_ quarters: [ClimateQuarter]) {
        self.quarters = quarters
        var found: [ComfortReport.Discomfort] = []
        for quarter in quarters {
            guard let kind = Self.kind(of: quarter) else { continue }
            let range = quarter.start..<quarter.start.advanced(by: Self.quarter)
            let celsius = quarter.averageCelsius
            if let last = found.last, last.kind == kind, last.range.upperBound == range.lowerBound {
                found[found.count - 1].range = last.range.lowerBound..<range.upperBound
                let isFarther = kind == .tooCold ? celsius < last.extremeCelsius : celsius > last.extremeCelsius
                if isFarther { found[found.count - 1].extremeCelsius = celsius }
            } else {
                found.append(.init(kind: kind, range: range, extremeCelsius: celsius, reasons: []))
            }
        }
        func length(_ range: Range<Timestamp>) -> Int64 {
            range.upperBound.millisecondsSince1970 - range.lowerBound.millisecondsSince1970
        }
        discomforts = found.sorted { length($0.range) > length($1.range) }.prefix(Self.most)
            .sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private static func comfort(of quarter: ClimateQuarter?) -> ClosedRange<Double> {
        quarter?.setpointCelsius.map { $0 - toleranceKelvin...$0 + toleranceKelvin } ?? usual
    }

    private static func kind(of quarter: ClimateQuarter) -> ComfortReport.Discomfort.Kind? {
        let comfort = comfort(of: quarter)
        if quarter.averageCelsius < comfort.lowerBound { return .tooCold }
        return quarter.averageCelsius > comfort.upperBound ? .tooWarm : nil
    }

    func report(coveragePercent: Double, quality: Quality) -> ComfortReport {
        let within = quarters.count { Self.kind(of: $0) == nil }
        let count = quarters.reduce(0) { $0 + $1.count }
        return ComfortReport(
            comfortCelsius: Self.comfort(of: quarters.last),
            withinPercent: quarters.isEmpty ? nil : Double(within) / Double(quarters.count) * 100,
            averageCelsius: count == 0 ? nil : quarters.reduce(0) { $0 + $1.sumCelsius } / Double(count),
            minimumCelsius: quarters.map(\.minimumCelsius).min(), maximumCelsius: quarters.map(\.maximumCelsius).max(),
            discomforts: discomforts, coveragePercent: coveragePercent, quality: quality)
    }
}
