package import Building
package import CivilTime

/// The conversion of a file's local times into moments. An hour that clocks show twice in autumn is resolved by the
/// order of the rows, as devices write them: when the time jumps back within it, the second one has begun.
package struct LocalClock {
    private let calendar: LocalCalendar
    private var last: Timestamp?
    private var rises = true
    /// The moments at which the last quarter of an hour that was asked for begins.
    private var quarter: (start: WallTime, moments: [Timestamp])?

    package init(_ calendar: LocalCalendar) { self.calendar = calendar }

    /// - Returns: `nil` for a time that the clocks leave out in spring.
    package mutating func moment(_ wall: WallTime, millisecond: Int = 0) -> Timestamp? {
        let moments = moments(wall, millisecond)
        guard var moment = moments.first else { return nil }
        if moments.count == 2, rises, let last, last > moment,
            last.millisecondsSince1970 - moment.millisecondsSince1970
                <= moments[1].millisecondsSince1970 - moment.millisecondsSince1970
        {
            moment = moments[1]
        }
        note(moment)
        return moment
    }

    private mutating func note(_ moment: Timestamp) {
        if let last, last != moment { rises = last < moment }
        last = moment
    }

    private mutating func moments(_ wall: WallTime, _ millisecond: Int) -> [Timestamp] {
        // Clocks change at full quarters of an hour.
        let second = wall.second % 900
        let start = WallTime(wall.date, second: wall.second - second)
        if quarter?.start != start { quarter = (start, calendar.moments(start)) }
        let later = Int64(second * 1000 + millisecond)
        return (quarter?.moments ?? []).map {
            Timestamp(millisecondsSince1970: $0.millisecondsSince1970 + later)
        }
    }
}
