package import Foundation

/// The location of a home, which determines the course of the sun and the local time.
package struct Place: Sendable, Hashable {
    /// The latitude in degrees, -90…90; north is positive.
    package var latitude: Double
    /// The longitude in degrees, -180…180; east is positive.
    package var longitude: Double
    /// The time zone of the home's clocks.
    package var timeZone: TimeZone

    /// Creates a location.
    package init(latitude: Double, longitude: Double, timeZone: TimeZone) {
        self.latitude = latitude
        self.longitude = longitude
        self.timeZone = timeZone
    }

    /// Returns the local time at a moment.
    package func local(_ moment: Date) -> SiteTime {
        let seconds = moment.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: moment))
        let day = (seconds / 86_400).rounded(.down)
        return SiteTime(day: Int(day), hour: (seconds - day * 86_400) / 3600)
    }
}

/// The local time at a home.
package struct SiteTime: Sendable, Hashable {
    /// The number of days since 1 January 1970.
    package var day: Int
    /// The hour with its fraction, 0..<24.
    package var hour: Double

    /// Creates a local time.
    package init(day: Int, hour: Double) {
        self.day = day
        self.hour = hour
    }

    /// Whether the day is a Saturday or Sunday. 1 January 1970 was a Thursday.
    package var isWeekend: Bool {
        let weekday = ((day + 3) % 7 + 7) % 7
        return weekday >= 5
    }

    /// The number of hours since 1 January 1970, 00:00 local time.
    var hours: Double { Double(day) * 24 + hour }
}
