internal import Building
package import CivilTime
package import Foundation

/// The location of a home, which determines the course of the sun and the local time.
package struct Place: Sendable, Hashable {
    /// The latitude in degrees, -90…90; north is positive.
    package var latitude: Double
    /// The longitude in degrees, -180…180; east is positive.
    package var longitude: Double
    package var calendar: LocalCalendar

    package init(latitude: Double, longitude: Double, calendar: LocalCalendar) {
        self.latitude = latitude
        self.longitude = longitude
        self.calendar = calendar
    }

    /// Returns the local time at a moment.
    package func local(_ moment: Date) -> SiteTime {
        let seconds = moment.timeIntervalSince1970
        let wall = calendar.wall(Timestamp(wholeSecondsSince1970: Int64(seconds.rounded(.down))))
        let fraction = seconds - seconds.rounded(.down)
        return SiteTime(day: wall.date.number, hour: (Double(wall.second) + fraction) / 3600)
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

    /// Saturday or Sunday.
    package var isWeekend: Bool { [.saturday, .sunday].contains(CivilDate(number: day).weekday) }

    /// The number of hours since 1 January 1970, 00:00 local time.
    var hours: Double { Double(day) * 24 + hour }
}
