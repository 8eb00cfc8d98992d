package import Building

extension EnergyResolution {
    /// The buckets of this length.
    package var unit: CalendarBuckets.Unit {
        switch self {
        case .quarterHour: .quarter
        case .hour: .hour
        case .day: .day
        case .month: .month
        }
    }
}
