package import APISupport
internal import Assistant
package import Building
package import Storage

/// The contents of a link to an energy file. All of it is signed, so that a link gives access to nothing else.
package struct EnergyFileRequest: Hashable {
    var hotel: Int
    var range: Range<Timestamp>
    var resolution: EnergyResolution
    var subsystems: [Subsystem]
    /// The time at which the link expires, in whole seconds.
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

    /// The request as text: `energy.1.1764111600000.1764198000000.1day.ac-lighting.1764201600`.
    var text: String {
        [
            "energy", String(hotel), String(range.lowerBound.millisecondsSince1970),
            String(range.upperBound.millisecondsSince1970), resolution.rawValue,
            subsystems.map(\.rawValue).joined(separator: "-"), String(expires.wholeSecondsSince1970),
        ].joined(separator: ".")
    }

    /// Parses the text of a request.
    ///
    /// - Returns: `nil` if `text` was not written by `text`, or has a time that no reading can have.
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
    /// The range of expiry times in seconds since 1970, up to 2100.
    private static let seconds = 0..<4_102_444_800

    private static func time(_ milliseconds: String) -> Timestamp? {
        QueryParameters.integer(milliseconds).flatMap { Timestamp(representableMilliseconds: Int64($0)) }
    }

    /// Returns the energy of the request; `nil` if there is no such building.
    package func table(_ store: CentralStore) async throws -> EnergyTable? {
        try await store.energy(
            ofHotel: hotel, subsystems: subsystems.map(\.rawValue), unit: resolution.unit, in: range)
    }

    /// Returns the CSV file with the energy of `table`.
    package func contents(of table: EnergyTable) -> EnergyFile {
        EnergyFile(table, columns: subsystems.map(\.rawValue), resolution: resolution.rawValue)
    }
}
