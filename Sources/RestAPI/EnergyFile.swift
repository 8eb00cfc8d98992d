internal import Building
package import CentralStore
internal import HTTPAnswers
internal import HTTPTypes
package import Hummingbird

/// Energy as a CSV file: local times, kWh, and an empty field where nothing was measured.
package struct EnergyFile: Sendable {
    /// `energy_grand_1day.csv`
    package let name: String
    private let text: String

    package static let mediaType = "text/csv"

    /// - Parameter columns: the names of the table's columns.
    package init(_ table: EnergyTable, columns: [String], resolution: String) {
        let time = OffsetTime(zone: table.zone)
        var text = "timestamp," + columns.joined(separator: ",") + "\n"
        text.reserveCapacity(table.starts.count * 48)
        for (row, start) in table.starts.enumerated() {
            text += time.clockText(Timestamp(millisecondsSince1970: start * 1000))
            for column in table.columns {
                text += ","
                if let energy = column[row] { text += ReadingValue.shortest(energy.withoutNoise) }
            }
            text += "\n"
        }
        self.text = text
        name = "energy_\(table.building)_\(resolution).csv"
    }

    package var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "\(Self.mediaType); charset=utf-8", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
