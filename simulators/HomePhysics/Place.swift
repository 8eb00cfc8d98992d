package import Foundation

/// Where a home stands: by that the sun goes over it, and its clocks go.
package struct Place: Sendable, Hashable {
    /// In degrees, -90…90; north is positive.
    package var latitude: Double
    /// In degrees, -180…180; east is positive.
    package var longitude: Double
    package var timeZone: TimeZone

    package init(latitude: Double, longitude: Double, timeZone: TimeZone) {
        self.latitude = latitude
        self.longitude = longitude
        self.timeZone = timeZone
    }

    /// What the home's clocks show.
    package func local(_ moment: Date) -> SiteTime {
        let seconds = moment.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: moment))
        let day = (seconds / 86_400).rounded(.down)
        return SiteTime(day: Int(day), hour: (seconds - day * 86_400) / 3600)
    }
}

/// What the clocks of a home show.
package struct SiteTime: Sendable, Hashable {
    /// Days since 1 January 1970.
    package var day: Int
    /// With its fraction, 0..<24.
    package var hour: Double

    package init(day: Int, hour: Double) {
        self.day = day
        self.hour = hour
    }

    /// Saturday or Sunday. 1 January 1970 was a Thursday.
    package var isWeekend: Bool {
        let weekday = ((day + 3) % 7 + 7) % 7
        return weekday >= 5
    }

    /// Hours since the midnight before 1 January 1970, by these clocks.
    var hours: Double { Double(day) * 24 + hour }
}
