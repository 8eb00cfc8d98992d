/// What energy from the grid costs: one price at the busy hours of working days, another at all others.
public struct EnergyTariff: Hashable, Sendable {
    /// ISO 4217.
    public var currency: String
    /// Per kWh, 0 or more.
    public var peakPrice: Double
    /// Per kWh, 0 or more.
    public var offPeakPrice: Double
    /// Hours of the day at which the peak price holds, within 0..<24.
    public var peakHours: Range<Int>
    /// The IANA name of the time zone in which hours and weekdays are meant.
    public var timeZone: String

    /// Days of the week with a peak, 0 is Sunday: Monday to Friday.
    public static let peakDays = 1...5

    public init(
        currency: String = "CHF", peakPrice: Double = 0.32, offPeakPrice: Double = 0.22,
        peakHours: Range<Int> = 7..<20, timeZone: String = "UTC"
    ) {
        self.currency = currency
        self.peakPrice = peakPrice
        self.offPeakPrice = offPeakPrice
        self.peakHours = peakHours
        self.timeZone = timeZone
    }

    /// - Parameters:
    ///   - dayOfWeek: 0 is Sunday.
    ///   - hour: 0…23.
    public func isPeak(dayOfWeek: Int, hour: Int) -> Bool {
        Self.peakDays.contains(dayOfWeek) && peakHours.contains(hour)
    }
}
