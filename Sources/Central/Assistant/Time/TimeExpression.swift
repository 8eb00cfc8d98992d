package import Building
package import CivilTime

/// Times in words, English or German, and what they mean at a moment in a place. Pure: the same words at the same moment
/// always mean the same.
package enum TimeExpression {
    /// The range that `text` speaks of: `last night`, `yesterday between 22 and 6`, `am Montagabend`, `seit 3 Tagen`,
    /// `2026-11-20`. A range that has begun ends now at the latest.
    ///
    /// - Night is 22–6, morning 6–12, noon 11–14, afternoon 12–18, evening 18–22 o'clock. A week begins on Monday.
    /// - A moment (`at 7`) means the quarter of an hour before and after.
    /// - Returns: `nil` where `text` names no time; a range that begins after `now` where it speaks of the future.
    package static func range(in text: String, now: Timestamp, calendar: LocalCalendar) -> Range<Timestamp>? {
        TimeReader(tokens: WordTokens(text), now: now, calendar: calendar).range()
    }

    /// The end that `text` gives to something that begins now: `until 10 pm`, `bis morgen früh`, `for two hours`. A day
    /// alone means its noon, a morning 8 o'clock.
    ///
    /// - Returns: after `now`; `nil` where `text` names no end.
    package static func end(in text: String, now: Timestamp, calendar: LocalCalendar) -> Timestamp? {
        TimeReader(tokens: WordTokens(text), now: now, calendar: calendar).end()
    }
}

/// Reads one sentence at one moment.
struct TimeReader {
    let tokens: WordTokens
    let now: Timestamp
    let calendar: LocalCalendar
    let wallNow: WallTime

    init(tokens: WordTokens, now: Timestamp, calendar: LocalCalendar) {
        self.tokens = tokens
        self.now = now
        self.calendar = calendar
        wallNow = calendar.wall(now)
    }

    var today: CivilDate { wallNow.date }

    /// From `start` to `end`, but to now where that comes between.
    func clamped(_ start: Timestamp, _ end: Timestamp) -> Range<Timestamp>? {
        guard start < end else { return nil }
        return start < now ? start..<min(end, now) : start..<end
    }

    func clamped(_ start: WallTime, _ end: WallTime) -> Range<Timestamp>? {
        clamped(calendar.moment(start), calendar.moment(end, last: true))
    }

    func days(_ first: CivilDate, _ end: CivilDate) -> Range<Timestamp>? {
        clamped(WallTime(first), WallTime(end))
    }

    /// Ten years, seconds: longer ones are slips of the tongue.
    static let longestSpan = 3660.0 * 86_400

    func rolling(seconds: Double) -> Range<Timestamp>? {
        guard seconds >= 60, seconds <= Self.longestSpan else { return nil }
        return now.advanced(by: .seconds(-seconds))..<now
    }

    func around(_ moment: Timestamp) -> Range<Timestamp>? {
        clamped(moment.advanced(by: .seconds(-900)), moment.advanced(by: .seconds(900)))
    }
}
