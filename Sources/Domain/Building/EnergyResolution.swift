/// The length of the steps in which energy is summed up, by the name that REST and the assistant use.
package enum EnergyResolution: String, Sendable, CaseIterable {
    case quarterHour = "15min"
    case hour = "1hour"
    case day = "1day"
    case month = "1month"

    /// The longest range that one request may have in these steps, in days. It applies to histories as well.
    package var longestDays: Int {
        switch self {
        case .quarterHour: 366
        case .hour: 1830
        case .day, .month: 7320
        }
    }
}
