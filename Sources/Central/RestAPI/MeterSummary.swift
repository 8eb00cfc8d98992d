internal import APISupport
internal import Building
internal import CivilTime
internal import JSON
internal import Storage

/// The members that `include` adds to meter readings, all derived from the sums of each hour of each day of the week.
struct MeterSummary {
    private let cells: [MeterProfileCell]
    private let types: Set<MeterRegister.MeasurementType>
    private let tariff: EnergyTariff

    init(_ cells: [MeterProfileCell], types: Set<MeterRegister.MeasurementType>, tariff: EnergyTariff) {
        self.cells = cells
        self.types = types
        self.tariff = tariff
    }

    func members(_ extras: Set<MeterReadingsRequest.Extra>) -> [JSON.Member] {
        var members: [JSON.Member] = []
        if extras.contains(.stats) { members.append(.init("stats", stats)) }
        if extras.contains(.patterns) {
            members.append(.init("hourly_pattern", pattern("hour", of: 0..<24, \.hour)))
            members.append(.init("daily_pattern", pattern("day_of_week", of: 0..<7, \.dayOfWeek)))
        }
        if extras.contains(.heatmap) { members.append(.init("heatmap", heatmap)) }
        if extras.contains(.cost) { members.append(.init("cost_breakdown", cost)) }
        return members
    }

    private func cells(of type: MeterRegister.MeasurementType) -> [MeterProfileCell] {
        cells.filter { $0.register.measurementType == type }
    }

    private static func sum(_ cells: some Sequence<MeterProfileCell>) -> EnergySum? {
        cells.reduce(nil) { sum, cell in sum.map { $0 + cell.sum } ?? cell.sum }
    }

    private var stats: JSON {
        let time = ISO8601Writer(tariff.calendar)
        return .object(
            MeterRegister.MeasurementType.allCases.map { type in
                let cells = cells(of: type)
                guard let sum = Self.sum(cells), let first = cells.map(\.first).min(),
                    let last = cells.map(\.last).max()
                else { return .init(type.rawValue, .null) }
                return .init(
                    type.rawValue,
                    [
                        "count": .integer(sum.count), "total": .energy(sum.total),
                        "average": .energy(sum.average), "minimum": .energy(sum.minimum),
                        "maximum": .energy(sum.maximum), "first": .string(time.text(first)),
                        "last": .string(time.text(last)),
                    ]
                )
            })
    }

    /// Returns the mean reading of each hour of the day or each day of the week.
    private func pattern(_ name: String, of range: Range<Int>, _ place: (MeterProfileCell) -> Int) -> JSON {
        .array(
            range.map { value in
                .object(
                    [.init(name, .integer(value))]
                        + MeterRegister.MeasurementType.allCases.map { type in
                            let sum = Self.sum(cells(of: type).filter { place($0) == value })
                            return .init(type.rawValue, sum.map { .energy($0.average) } ?? .null)
                        })
            })
    }

    /// The mean reading of each hour (rows) of each day of the week (columns). If both types are requested, it covers
    /// active energy.
    private var heatmap: JSON {
        let shown = cells(of: types.contains(.active) ? .active : .reactive)
        return .array(
            (0..<24).map { hour in
                .array(
                    (0..<7).map { day in
                        Self.sum(shown.filter { $0.hour == hour && $0.dayOfWeek == day }).map { .energy($0.average) }
                            ?? .null
                    })
            })
    }

    /// The cost of the energy drawn from the grid. The tariff has no price for energy fed into it.
    private var cost: JSON {
        let drawn = cells.filter { $0.register.direction == .import }
        let peak = Self.sum(drawn.filter { tariff.isPeak(dayOfWeek: $0.dayOfWeek, hour: $0.hour) })?.total ?? 0
        let offPeak = Self.sum(drawn.filter { !tariff.isPeak(dayOfWeek: $0.dayOfWeek, hour: $0.hour) })?.total ?? 0
        let (peakCost, offPeakCost) = (peak * tariff.peakPrice, offPeak * tariff.offPeakPrice)
        return [
            "currency": .string(tariff.currency), "total_kwh": .energy(peak + offPeak),
            "peak_kwh": .energy(peak), "off_peak_kwh": .energy(offPeak),
            "total_cost": .money(peakCost + offPeakCost),
            "peak_cost": .money(peakCost), "off_peak_cost": .money(offPeakCost),
        ]
    }
}
