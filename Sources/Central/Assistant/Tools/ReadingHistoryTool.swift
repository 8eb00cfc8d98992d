internal import Building
internal import JSON

/// The tool that returns one statistic of a datapoint over a range.
struct ReadingHistoryTool: Tool {
    let access: RoomAccess
    let now: @Sendable () -> Timestamp

    static let name = "reading_history"
    static let datapoints: [Datapoint] = [
        .temperature, .humidity, .co2, .presenceState, .valveLevel, .setpoint,
    ]

    var definition: ToolDefinition {
        ToolDefinition(
            name: Self.name, title: "Room over time",
            description: """
                One statistic of one datapoint of the room over a range of time: average, minimum, maximum (with the time \
                of measurement) or last_seen (the newest value in the range). The average of presence_state is the \
                share of the time that the room was occupied, in percent. Without a range: the last 24 hours. The result \
                says how much of the range has data (coverage_percent); mention it when it is below 90. Call it several \
                times at once for several statistics or datapoints.
                """,
            input: access.schema(
                [
                    .required(
                        "datapoint", JSONSchema(.choice(Self.datapoints.map(\.name)), "The measured datapoint.")),
                    .required("statistic", JSONSchema(.choice(Statistic.allCases.map(\.rawValue)))),
                ] + RangeArguments.properties))
    }

    func call(_ arguments: JSON) async throws -> ToolResult {
        let room = try await access.room(arguments)
        let calendar = room.place.calendar
        guard let datapoint = Self.datapoints.first(where: { $0.name == arguments["datapoint"]?.text }),
            let statistic = arguments["statistic"]?.text.flatMap(Statistic.init(rawValue:))
        else { throw ToolError("“datapoint” or “statistic” is not valid.") }
        let isPresence = datapoint == .presenceState
        guard !isPresence || statistic == .average || statistic == .lastSeen else {
            throw ToolError("presence_state has no \(statistic.rawValue). Use average or last_seen.")
        }
        let range = try RangeArguments(otherwise: .seconds(86_400), now: now).range(arguments, in: calendar)
        let known = room.known(range)
        let answer =
            known.isEmpty
            ? HistoryResult(value: nil, time: nil, samples: 0, coveragePercent: 0, quality: .good)
            : try await room.history(.init(datapoint: datapoint, statistic: statistic, range: known))
        let unit = isPresence && statistic == .average ? "%" : datapoint.unit
        let members: [JSON.Member] =
            [
                .init("room", .string(room.place.name)), .init("datapoint", .string(datapoint.name)),
                .init("statistic", .string(statistic.rawValue)), .init("value", JSON(rounding: answer.value)),
                .init("unit", JSON(unit)), .init("measured_at", calendar.json(answer.time)),
            ] + calendar.members(known.isEmpty ? range : known) + [.init("samples", .integer(answer.samples))]
            + calendar.known(room)
            + JSON.trust(answer.coveragePercent, answer.quality)
        let value = answer.value.map { JSON(rounding: $0) }.map { $0.text ?? $0.description }
        return ToolResult(
            content: .object(members),
            summary: "\(statistic.rawValue) \(datapoint.name): "
                + (value.map { "\($0)\(unit.map { " \($0)" } ?? "")" } ?? "no data"))
    }
}
