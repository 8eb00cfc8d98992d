internal import Building
internal import JSON

/// The tool that returns the building's energy as a file.
struct EnergySummaryTool: Tool {
    enum Access: Sendable {
        case own(any EnergyService)
        case any(any BuildingService)
    }

    let access: Access
    let now: @Sendable () -> Timestamp

    static let name = "energy_summary"

    var definition: ToolDefinition {
        var properties: [JSONSchema.Property] = [
            .required("resolution", JSONSchema(.choice(EnergyResolution.allCases.map(\.rawValue)), "One row each.")),
            .optional(
                "subsystems",
                JSONSchema(
                    .array(of: JSONSchema(.choice(Subsystem.allCases.map(\.rawValue))), counts: 1...3),
                    "Air conditioning, lighting, sockets. Default: all.")),
        ]
        if case .any = access {
            properties.append(
                .optional("building", JSONSchema(.string(lengths: 1...64), "Its slug; optional if there is only one.")))
        }
        return ToolDefinition(
            name: Self.name, title: "Energy summary",
            description: """
                Electrical energy of the whole building in kWh, by subsystem, as a CSV file. The file reaches the guest \
                automatically as an attachment: don't write a link or repeat its rows, just state the totals briefly. Below 90, \
                coverage_percent means that part of the energy is missing: say so. \
                Without a range: the last 7 days.
                """,
            input: .object(properties + RangeArguments.properties))
    }

    func call(_ arguments: JSON) async throws -> ToolResult {
        let facts = try await facts(arguments)
        let calendar = facts.calendar
        guard let resolution = arguments["resolution"]?.text.flatMap(EnergyResolution.init(rawValue:)) else {
            throw ToolError("“resolution” is not valid.")
        }
        let named = arguments["subsystems"]?.elements?.compactMap { $0.text.flatMap(Subsystem.init(rawValue:)) }
        let subsystems = Subsystem.allCases.filter { named?.contains($0) ?? true }
        let range = try RangeArguments(otherwise: .seconds(7 * 86_400), now: now).range(arguments, in: calendar)
        let answer = try await facts.energy(.init(resolution: resolution, range: range, subsystems: subsystems))
        let known = answer.totals.compactMap(\.kilowattHours)
        let total = known.isEmpty ? nil : known.reduce(0, +)
        let members: [JSON.Member] =
            [.init("resolution", .string(resolution.rawValue))] + calendar.members(range) + [
                .init("unit", "kWh"),
                .init(
                    "totals", .object(answer.totals.map { .init($0.subsystem.rawValue, JSON($0.kilowattHours)) })),
                .init("total", JSON(total)),
                .init(
                    "file",
                    [
                        "name": .string(answer.file.name), "media_type": .string(answer.file.mediaType),
                        "expires_at": calendar.json(answer.fileExpires),
                    ]),
            ] + JSON.trust(answer.coveragePercent, answer.quality)
        return ToolResult(
            content: .object(members),
            summary: "\(answer.file.name)" + (total.map { ": \(JSON(($0 * 10).rounded() / 10)) kWh" } ?? ": no data"),
            attachments: [answer.file])
    }

    private func facts(_ arguments: JSON) async throws -> any EnergyService {
        switch access {
        case .own(let facts): return facts
        case .any(let buildings):
            let building = arguments["building"]?.text
            guard let facts = try await buildings.energy(of: building) else {
                throw ToolError(
                    building.map { "There is no building “\($0)”. list_rooms shows all." }
                        ?? "There are several buildings: name one in “building”. list_rooms shows all.")
            }
            return facts
        }
    }
}
