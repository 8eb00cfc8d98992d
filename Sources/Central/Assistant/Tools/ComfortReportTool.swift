internal import Building
internal import JSON

/// The tool that tells whether the room was comfortable, and if not, when and why.
struct ComfortReportTool: Tool {
    let access: RoomAccess
    let now: @Sendable () -> Timestamp

    static let name = "comfort_report"
    private static let mostDiscomforts = 20
    /// The range most people find comfortable at rest, °C.
    private static let usual = 20.0...24.0

    var definition: ToolDefinition {
        ToolDefinition(
            name: Self.name, title: "Comfort report",
            description: """
                How well the room's temperature stayed within the comfort range: share of the time in percent, average, \
                extremes, and each period outside it, with the control loop's own reasons (an open window, a lowered \
                schedule, a sensor that fell silent). Use it for “was it comfortable”, and for why it was cold or warm at \
                an earlier time. Without a range: the last 24 hours.
                """,
            input: access.schema(RangeArguments.properties))
    }

    func call(_ arguments: JSON) async throws -> ToolResult {
        let room = try await access.room(arguments)
        let calendar = room.place.calendar
        let range = try RangeArguments(otherwise: .seconds(86_400), now: now).range(arguments, in: calendar)
        let known = room.known(range)
        let report =
            known.isEmpty
            ? ComfortReport(
                comfortCelsius: Self.usual, withinPercent: nil, averageCelsius: nil, minimumCelsius: nil,
                maximumCelsius: nil, discomforts: [], coveragePercent: 0, quality: .good)
            : try await room.comfort(known)
        let outside = report.discomforts.prefix(Self.mostDiscomforts).map { discomfort -> JSON in
            [
                "kind": .string(discomfort.kind.rawValue), "start": calendar.json(discomfort.range.lowerBound),
                "end": calendar.json(discomfort.range.upperBound), "extreme_celsius": JSON(discomfort.extremeCelsius),
                "reasons": .array(discomfort.reasons.prefix(5).map(JSON.reason)),
                "reason_codes": .array(discomfort.reasons.prefix(5).map(JSON.reasonCode)),
            ]
        }
        let members: [JSON.Member] =
            [.init("room", .string(room.place.name))] + calendar.members(known.isEmpty ? range : known) + [
                .init(
                    "comfort_celsius",
                    [
                        "minimum": JSON(report.comfortCelsius.lowerBound),
                        "maximum": JSON(report.comfortCelsius.upperBound),
                    ]),
                .init("within_percent", JSON(report.withinPercent)), .init("unit", "°C"),
                .init("average_celsius", JSON(report.averageCelsius)),
                .init("minimum_celsius", JSON(report.minimumCelsius)),
                .init("maximum_celsius", JSON(report.maximumCelsius)), .init("outside", .array(outside)),
            ] + calendar.known(room) + JSON.trust(report.coveragePercent, report.quality)
        return ToolResult(
            content: .object(members),
            summary: report.withinPercent.map { "comfortable \(JSON($0.rounded())) % of the time" } ?? "no data")
    }
}
