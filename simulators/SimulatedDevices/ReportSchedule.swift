import Building

/// The schedule on which a number of devices report: each once per interval, evenly spread over it.
///
/// Times follow from the count of reports, not from when the last was sent, so lateness does not add up.
struct ReportSchedule: Sendable {
    let devices: Int
    let interval: Duration
    private var reported: Int64 = 0

    /// Creates a schedule.
    ///
    /// - Precondition: `interval` is positive.
    init(devices: Int, interval: Duration) {
        precondition(interval > .zero, "the interval must be positive")
        self.devices = devices
        self.interval = interval
    }

    /// Returns the devices that are due by `elapsed`, in order. After a pause no device reports more than once: what
    /// was missed was never measured.
    mutating func due(by elapsed: Duration) -> [Int] {
        guard devices > 0, elapsed >= .zero else { return [] }
        let total = Int64((elapsed.inSeconds / interval.inSeconds * Double(devices)).rounded(.down)) + 1
        let first = max(reported, total - Int64(devices))
        guard first < total else { return [] }
        reported = total
        return (first..<total).map { Int($0 % Int64(devices)) }
    }
}
