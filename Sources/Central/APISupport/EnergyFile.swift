internal import Building
internal import CivilTime
internal import HTTPTypes
package import Hummingbird
internal import JSON
package import Storage

/// Energy as a CSV file: local times, kWh, and an empty field where nothing was measured. The `Hearth-Coverage` header
/// states the covered share of the range for each column.
package struct EnergyFile: Sendable {
    /// Optional columns in addition to the energy.
    package enum Extra: String, CaseIterable, Sendable {
        /// The covered share of the bucket's time per subsystem: `ac_coverage`, 0…1, empty for a bucket that has not
        /// begun.
        case coverage
        /// The number of meters with data per subsystem: `ac_meters`.
        case meters
        /// The offset of the building's clocks from UTC at the start of the bucket: `+01:00`.
        case offset
    }

    /// The name of the file: `energy_grand_1day.csv`.
    package let name: String
    private let table: EnergyTable
    private let columns: [String]
    private let extras: [Extra]

    /// The media type of the file.
    package static let mediaType = "text/csv"
    /// The header with the covered share of the range per column, 0…1, rounded down: `ac=1, lighting=0.5`.
    package static let coverageHeader = "Hearth-Coverage"

    /// Creates a file from a table.
    ///
    /// - Parameters:
    ///   - columns: The names of the table's columns.
    ///   - extras: The optional columns, in order.
    package init(_ table: EnergyTable, columns: [String], extras: [Extra] = [], resolution: String) {
        self.table = table
        self.columns = columns
        self.extras = extras
        name = "energy_\(table.building)_\(resolution).csv"
    }

    /// The covered share of the range for each column, as in the header.
    private var coverage: String {
        columns.enumerated().map { index, name in
            "\(name)=\(Self.share(table.coverage.indices.contains(index) ? table.coverage[index] : 0))"
        }.joined(separator: ", ")
    }

    private static func share(_ share: Double) -> String { ReadingValue.shortest(share.roundedDown) }

    /// The names of the optional columns.
    private var extraNames: [String] {
        extras.flatMap { extra in extra == .offset ? ["offset"] : columns.map { "\($0)_\(extra.rawValue)" } }
    }

    private func headers(_ type: String) -> HTTPFields {
        var headers: HTTPFields = [.contentType: "\(type); charset=utf-8", .cacheControl: "no-store"]
        if let name = HTTPField.Name(Self.coverageHeader) { headers[name] = coverage }
        return headers
    }

    /// The response with the CSV file as an attachment.
    package var response: Response {
        let time = ISO8601Writer(table.calendar)
        var text = (["timestamp"] + columns + extraNames).joined(separator: ",") + "\n"
        text.reserveCapacity(table.starts.count * 48)
        for (row, start) in table.starts.enumerated() {
            let moment = Timestamp(millisecondsSince1970: start * 1000)
            text += time.clockText(moment)
            for column in table.columns {
                text += ","
                if let energy = column[row] { text += ReadingValue.shortest(energy.withoutNoise) }
            }
            for extra in extras {
                switch extra {
                case .coverage:
                    for share in table.shares { text += "," + (share[row].map(Self.share) ?? "") }
                case .meters: for count in table.meters { text += ",\(count[row])" }
                case .offset: text += "," + time.offsetText(moment)
                }
            }
            text += "\n"
        }
        var headers = headers(Self.mediaType)
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// The response with the same data as a JSON array of objects: `null` for an empty field, times with their offset.
    package var json: Response {
        let time = ISO8601Writer(table.calendar)
        let rows = table.starts.enumerated().map { row, start -> JSON in
            let moment = Timestamp(millisecondsSince1970: start * 1000)
            var members: [JSON.Member] = [.init("timestamp", .string(time.text(moment)))]
            for (name, column) in zip(columns, table.columns) {
                members.append(.init(name, column[row].map { .number($0.withoutNoise) } ?? .null))
            }
            for extra in extras {
                switch extra {
                case .coverage:
                    for (name, share) in zip(columns, table.shares) {
                        members.append(
                            .init("\(name)_coverage", share[row].map { .number($0.roundedDown) } ?? .null))
                    }
                case .meters:
                    for (name, count) in zip(columns, table.meters) {
                        members.append(.init("\(name)_meters", .integer(count[row])))
                    }
                case .offset: members.append(.init("offset", .string(time.offsetText(moment))))
                }
            }
            return .object(members)
        }
        return Response(
            status: .ok, headers: headers("application/json"),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.array(rows).bytes)))
    }
}

extension EnergyFile.Extra {
    /// Returns the requested optional columns in their order in the file; none by default.
    ///
    /// - Throws: `APIError` 400 with the code `bad_parameter` for an unknown column.
    package static func asked(_ query: QueryParameters) throws -> [Self] {
        let asked = try query.list("columns").map { name in
            guard let extra = Self(rawValue: name) else {
                throw APIError.badRequest(
                    code: "bad_parameter", "“\(name.prefix(80))” is not a valid column.",
                    hint:
                        "Possible: \(allCases.map(\.rawValue).joined(separator: ", ")). Separate several with commas."
                )
            }
            return extra
        }
        return allCases.filter(asked.contains)
    }
}

extension Double {
    /// The value rounded down to four decimal places, so that incomplete coverage is never shown as 1. Rounding errors
    /// of sums are ignored.
    fileprivate var roundedDown: Double { ((self + 1e-9) * 10_000).rounded(.down) / 10_000 }
}
