package import Building
package import Foundation

/// The conversion of a file's local times into moments. An hour that clocks show twice in autumn is resolved by the
/// order of the rows, as devices write them: when the time jumps back within it, the second one has begun.
package struct LocalClock {
    private let zone: TimeZone
    private var last: Timestamp?
    private var rises = true
    private var offsets: (quarter: Int64, seconds: [Int]) = (.min, [])

    /// Creates a clock for one time zone.
    package init(_ zone: TimeZone) { self.zone = zone }

    /// Returns the moment of a local time.
    ///
    /// - Parameter local: Milliseconds since 1970, as if it were UTC.
    /// - Returns: `nil` for a time that clocks skip in spring.
    package mutating func moment(ofLocal local: Int64) -> Timestamp? {
        let moments = seconds(at: local).map { Timestamp(millisecondsSince1970: local - Int64($0) * 1000) }
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

    /// Returns the offsets from UTC that are possible at this local time, that of the earlier moment first.
    private mutating func seconds(at local: Int64) -> [Int] {
        // Clocks change at full quarters of an hour.
        let quarter = local >= 0 ? local / 900_000 : (local - 899_999) / 900_000
        if quarter == offsets.quarter { return offsets.seconds }
        let start = Double(quarter * 900)
        func offset(_ moment: Double) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: moment)) }
        let candidates = Set([offset(start - 86_400), offset(start + 86_400), offset(start)])
        let valid = candidates.filter { offset(start - Double($0)) == $0 }.sorted(by: >)
        offsets = (quarter, valid)
        return valid
    }
}
