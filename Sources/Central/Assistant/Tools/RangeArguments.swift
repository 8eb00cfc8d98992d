internal import Building
internal import CivilTime
internal import JSON

/// The arguments for a range of time: `start` and `end`, or `period` in words.
struct RangeArguments: Sendable {
    /// The length of the range until now if the caller names none.
    let otherwise: Duration
    let now: @Sendable () -> Timestamp

    /// The longest range; longer ones are refused.
    private static let longest = Duration.seconds(3660 * 86_400)

    static let properties: [JSONSchema.Property] = [
        .optional(
            "start",
            JSONSchema(
                .dateTime, "Start, inclusive; ISO 8601. Without an offset, the building's local time. Requires end.")),
        .optional("end", JSONSchema(.dateTime, "End, exclusive; otherwise like start. Requires start.")),
        .optional(
            "period",
            JSONSchema(
                .string(lengths: 1...200),
                "Instead of start and end: the range in words, English or German, which the building resolves in its "
                    + "own time zone. Prefer it for what the guest said in words: last night, yesterday between 22 and "
                    + "6, last 24 hours, last week, gestern Abend, letzte Nacht, am Montag.")),
    ]

    func range(_ arguments: JSON, in calendar: LocalCalendar) throws(ToolError) -> Range<Timestamp> {
        let now = now()
        let range: Range<Timestamp>
        switch (arguments["start"]?.text, arguments["end"]?.text, arguments["period"]?.text) {
        case (nil, nil, nil): range = now.advanced(by: .zero - otherwise)..<now
        case (let start?, let end?, nil):
            guard let start = ISO8601Time(start)?.moment(in: calendar),
                let end = ISO8601Time(end)?.moment(in: calendar)
            else { throw ToolError("“start” and “end” must be ISO 8601 date-times.") }
            guard start < end else { throw ToolError("“start” must be before “end”.") }
            range = start..<(start < now ? min(end, now) : end)
        case (nil, nil, let words?):
            guard let resolved = TimeExpression.range(in: words, now: now, calendar: calendar) else {
                throw ToolError("“period” is not understood. Send “start” and “end” as ISO 8601 date-times.")
            }
            range = resolved
        default: throw ToolError("Send “start” and “end” together, or “period” alone.")
        }
        guard range.lowerBound < now else {
            throw ToolError("The range lies in the future; it is \(calendar.iso8601(now)) now. There are no forecasts.")
        }
        guard range.upperBound <= range.lowerBound.advanced(by: Self.longest) else {
            throw ToolError("The range is longer than ten years.")
        }
        return range
    }
}
