public import Foundation

/// Where a home stands: by that the sun goes over it, and its clocks go.
public struct Place: Sendable, Hashable {
    /// In degrees, -90…90; north is positive.
    public var latitude: Double
    /// In degrees, -180…180; east is positive.
    public var longitude: Double
    public var timeZone: TimeZone

    public init(latitude: Double, longitude: Double, timeZone: TimeZone) {
        self.latitude = latitude
        self.longitude = longitude
        self.timeZone = timeZone
    }

    /// What the home's clocks show.
    public func local(_ moment: Date) -> SiteTime {
        let seconds = moment.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: moment))
        let day = (seconds / 86_400).rounded(.down)
        return SiteTime(day: Int(day), hour: (seconds - day * 86_400) / 3600)
    }
}

/// What the clocks of a home show.
public struct SiteTime: Sendable, Hashable {
    /// Days since 1 January 1970.
    public var day: Int
    /// With its fraction, 0..<24.
    public var hour: Double

    public init(day: Int, hour: Double) {
        self.day = day
        self.hour = hour
    }

    /// Saturday or Sunday. 1 January 1970 was a Thursday.
    public var isWeekend: Bool {
        let weekday = ((day + 3) % 7 + 7) % 7
        return weekday >= 5
    }

    /// Hours since the midnight before 1 January 1970, by these clocks.
    var hours: Double { Double(day) * 24 + hour }
}
