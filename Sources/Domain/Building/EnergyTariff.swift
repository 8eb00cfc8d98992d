/// What energy from the grid costs: one price at the busy hours of working days, another at all others.
package struct EnergyTariff: Hashable, Sendable {
    /// ISO 4217.
    package var currency: String
    /// Per kWh, 0 or more.
    package var peakPrice: Double
    /// Per kWh, 0 or more.
    package var offPeakPrice: Double
    /// Hours of the day at which the peak price holds, within 0..<24.
    package var peakHours: Range<Int>
    /// The IANA name of the time zone in which hours and weekdays are meant.
    package var timeZone: String

    /// Days of the week with a peak, 0 is Sunday: Monday to Friday.
    package static let peakDays = 1...5

    package init(
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
    package func isPeak(dayOfWeek: Int, hour: Int) -> Bool {
        Self.peakDays.contains(dayOfWeek) && peakHours.contains(hour)
    }
}
