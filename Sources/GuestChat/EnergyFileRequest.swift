internal import Building
internal import CentralStore
internal import Concierge
internal import RestAPI

/// What a link to a file of energy stands for. All of it is signed, so that nobody can ask for anything else with it.
struct EnergyFileRequest: Hashable {
    var hotel: Int
    var range: Range<Timestamp>
    var resolution: EnergyResolution
    var subsystems: [Subsystem]
    /// To the second.
    var expires: Timestamp

    init(
        hotel: Int, range: Range<Timestamp>, resolution: EnergyResolution, subsystems: [Subsystem], expires: Timestamp
    ) {
        self.hotel = hotel
        self.range = range
        self.resolution = resolution
        self.subsystems = subsystems
        self.expires = Timestamp(millisecondsSince1970: expires.millisecondsSince1970 / 1000 * 1000)
    }

    /// `energy.1.1764111600000.1764198000000.1day.ac-lighting.1764201600`
    var text: String {
        [
            "energy", String(hotel), String(range.lowerBound.millisecondsSince1970),
            String(range.upperBound.millisecondsSince1970), resolution.rawValue,
            subsystems.map(\.rawValue).joined(separator: "-"), String(expires.millisecondsSince1970 / 1000),
        ].joined(separator: ".")
    }

    /// `nil` where `text` was not written by `text`.
    init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[0] == "energy", let hotel = Int(parts[1]), let start = Int64(parts[2]),
            let end = Int64(parts[3]), start < end, let resolution = EnergyResolution(rawValue: parts[4]),
            let seconds = Int64(parts[6])
        else { return nil }
        let subsystems = parts[5].split(separator: "-").compactMap { Subsystem(rawValue: String($0)) }
        guard !subsystems.isEmpty else { return nil }
        self.init(
            hotel: hotel,
            range: Timestamp(millisecondsSince1970: start)..<Timestamp(millisecondsSince1970: end),
            resolution: resolution, subsystems: subsystems, expires: Timestamp(millisecondsSince1970: seconds * 1000))
        guard self.text == text else { return nil }
    }

    /// `nil` where there is no such building.
    func table(_ store: CentralStore) async throws -> EnergyTable? {
        try await store.energy(
            ofHotel: hotel, subsystems: subsystems.map(\.rawValue), unit: resolution.unit, in: range)
    }

    func contents(of table: EnergyTable) -> EnergyFile {
        EnergyFile(table, columns: subsystems.map(\.rawValue), resolution: resolution.rawValue)
    }
}
