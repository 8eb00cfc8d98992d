package import APISupport
internal import Assistant
package import Building
package import Storage

/// What a link to a file of energy stands for. All of it is signed, so that nobody can ask for anything else with it.
package struct EnergyFileRequest: Hashable {
    var hotel: Int
    var range: Range<Timestamp>
    var resolution: EnergyResolution
    var subsystems: [Subsystem]
    /// To the second.
    package var expires: Timestamp

    init(
        hotel: Int, range: Range<Timestamp>, resolution: EnergyResolution, subsystems: [Subsystem], expires: Timestamp
    ) {
        self.hotel = hotel
        self.range = range
        self.resolution = resolution
        self.subsystems = subsystems
        self.expires = Timestamp(wholeSecondsSince1970: expires.wholeSecondsSince1970)
    }

    /// `energy.1.1764111600000.1764198000000.1day.ac-lighting.1764201600`
    var text: String {
        [
            "energy", String(hotel), String(range.lowerBound.millisecondsSince1970),
            String(range.upperBound.millisecondsSince1970), resolution.rawValue,
            subsystems.map(\.rawValue).joined(separator: "-"), String(expires.wholeSecondsSince1970),
        ].joined(separator: ".")
    }

    /// - Returns: `nil` if `text` was not written by `text`, or holds a time that no reading can have.
    package init?(text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[0] == "energy",
            let hotel = QueryParameters.integer(parts[1]), Self.ids.contains(hotel),
            let start = Self.time(parts[2]), let end = Self.time(parts[3]), start < end,
            let resolution = EnergyResolution(rawValue: parts[4]),
            let seconds = QueryParameters.integer(parts[6]), Self.seconds.contains(seconds)
        else { return nil }
        let subsystems = parts[5].split(separator: "-").compactMap { Subsystem(rawValue: String($0)) }
        guard !subsystems.isEmpty else { return nil }
        self.init(
            hotel: hotel, range: start..<end, resolution: resolution, subsystems: subsystems,
            expires: Timestamp(wholeSecondsSince1970: Int64(seconds)))
        guard self.text == text else { return nil }
    }

    private static let ids = 1...Int(Int32.max)
    /// Up to 2100.
    private static let seconds = 0..<4_102_444_800

    private static func time(_ milliseconds: String) -> Timestamp? {
        QueryParameters.integer(milliseconds).flatMap { Timestamp(representableMilliseconds: Int64($0)) }
    }

    /// `nil` where there is no such building.
    package func table(_ store: CentralStore) async throws -> EnergyTable? {
        try await store.energy(
            ofHotel: hotel, subsystems: subsystems.map(\.rawValue), unit: resolution.unit, in: range)
    }

    package func contents(of table: EnergyTable) -> EnergyFile {
        EnergyFile(table, columns: subsystems.map(\.rawValue), resolution: resolution.rawValue)
    }
}
