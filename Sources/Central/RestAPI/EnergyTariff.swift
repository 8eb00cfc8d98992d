package import CivilTime

/// The price of energy from the grid: one for the busy hours of working days, another for all other hours.
package struct EnergyTariff: Hashable, Sendable {
    /// The currency code (ISO 4217).
    package var currency: String
    /// The price at peak hours, per kWh, 0 or more.
    package var peakPrice: Double
    /// The price at all other hours, per kWh, 0 or more.
    package var offPeakPrice: Double
    /// The hours of the day to which the peak price applies, within 0..<24.
    package var peakHours: Range<Int>
    /// That in which hours and weekdays are meant.
    package var calendar: LocalCalendar

    /// The days of the week that have peak hours, Monday to Friday; 0 is Sunday.
    package static let peakDays = 1...5

    /// Creates a tariff; the defaults apply if nothing is configured.
    package init(
        currency: String = "CHF", peakPrice: Double = 0.32, offPeakPrice: Double = 0.22,
        peakHours: Range<Int> = 7..<20, calendar: LocalCalendar = .utc
    ) {
        self.currency = currency
        self.peakPrice = peakPrice
        self.offPeakPrice = offPeakPrice
        self.peakHours = peakHours
        self.calendar = calendar
    }

    /// Returns whether the peak price applies.
    ///
    /// - Parameters:
    ///   - dayOfWeek: The day in the tariff's time zone; 0 is Sunday.
    ///   - hour: The hour of that day, 0…23.
    package func isPeak(dayOfWeek: Int, hour: Int) -> Bool {
        Self.peakDays.contains(dayOfWeek) && peakHours.contains(hour)
    }
}
