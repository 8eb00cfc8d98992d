internal import APISupport
internal import Building
internal import Foundation
internal import Hummingbird
internal import Storage

extension RestAPI {
    /// Returns energy by subsystem as CSV, or as JSON if requested.
    @Sendable
    func energySummary(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let hotel = try context.identifier("hotel")
        let query = try QueryParameters(
            request, known: TimeRangeQuery.parameters.union(["resolution", "subsystem", "columns"]),
            repeatable: ["subsystem", "columns"])
        let resolution = try EnergyResolution(query)
        let subsystems = try Subsystem.asked(query)
        let extras = try EnergyFile.Extra.asked(query)
        let unknown = APIError.notFound(
            code: "unknown_hotel", "There is no hotel \(hotel).", hint: "GET /hotels/ lists the ones you may see.")
        if let scope = caller.guestScope, scope.hotel != hotel { throw unknown }
        let asked = TimeRangeQuery(query)
        let question = EnergyParameters(
            hotel: hotel, subsystems: subsystems.map(\.rawValue), unit: resolution.unit,
            longest: Double(resolution.longestDays) * 86_400, now: store.currentTime.secondsSince1970,
            countsMeters: extras.contains(.meters),
            requireLength: { range in
                try TimeRangeQuery.requireLength(
                    Timestamp(secondsSince1970: range.lowerBound), Timestamp(secondsSince1970: range.upperBound),
                    atMostDays: resolution.longestDays, for: "resolution=\(resolution.rawValue)")
            },
            bounds: { calendar in
                let (start, end) = try asked.bounds(in: calendar)
                return (start?.secondsSince1970, end?.secondsSince1970)
            })
        guard let table = try await store.energy(question) else { throw unknown }
        let file = EnergyFile(
            table, columns: subsystems.map(\.rawValue), extras: extras, resolution: resolution.rawValue)
        let accepted = AcceptedTypes(request.headers)
        let wantsJSON =
            accepted.names("application/json")
            && accepted.weight(of: "application/json") >= accepted.weight(of: EnergyFile.mediaType)
        return wantsJSON ? file.json : file.response
    }
}

extension EnergyResolution {
    /// Reads the parameter `resolution`.
    ///
    /// - Throws: `APIError` 400 if it is missing or not a resolution.
    fileprivate init(_ query: QueryParameters) throws {
        let list = Self.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = query.text("resolution") else {
            throw APIError.badRequest(
                code: "missing_parameter", "The parameter resolution is missing.", hint: "Possible: \(list).")
        }
        // Some clients write “1 month”.
        guard let resolution = Self(rawValue: text.replacing(" ", with: "")) else {
            throw APIError.badRequest(
                code: "bad_parameter", "“\(text.prefix(80))” is not a valid resolution.", hint: "Possible: \(list).")
        }
        self = resolution
    }
}

extension Subsystem {
    /// Returns the requested subsystems in the order of the columns; all of them by default.
    fileprivate static func asked(_ query: QueryParameters) throws -> [Subsystem] {
        let names = query.list("subsystem")
        guard !names.isEmpty else { return allCases }
        let asked = try names.map { name in
            guard let subsystem = Subsystem(rawValue: name) else {
                throw APIError.badRequest(
                    code: "bad_parameter", "“\(name.prefix(80))” is not a valid subsystem.",
                    hint:
                        "Possible: \(allCases.map(\.rawValue).joined(separator: ", ")). Separate several with commas."
                )
            }
            return subsystem
        }
        return allCases.filter(asked.contains)
    }
}
