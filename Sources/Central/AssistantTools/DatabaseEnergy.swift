internal import APISupport
internal import Assistant
internal import Building
internal import CivilTime
internal import Foundation
internal import Storage

/// The energy of one building in the central database, for the assistant's tools.
struct DatabaseEnergy: EnergyService {
    let store: CentralStore
    let building: HotelEntry
    let calendar: LocalCalendar
    let signer: FileSigner
    let linkLifetime: Duration

    func energy(_ question: Assistant.EnergyRequest) async throws -> EnergyAnswer {
        let days = question.resolution.longestDays
        guard question.range.upperBound <= question.range.lowerBound.advanced(by: .seconds(days * 86_400)) else {
            throw ToolError(
                "In steps of \(question.resolution.rawValue), a range may have at most \(days) days. Ask for a shorter "
                    + "range or longer steps.")
        }
        let file = EnergyFileRequest(
            hotel: building.id, range: question.range, resolution: question.resolution,
            subsystems: question.subsystems, expires: store.currentTime.advanced(by: linkLifetime))
        guard let table = try await file.table(store) else { throw BuildingIsGone() }
        let quality = try await store.meterQuality(
            ofHotel: building.id, subsystems: question.subsystems.map(\.rawValue), in: question.range)
        let totals = question.subsystems.enumerated().map {
            index, subsystem -> (subsystem: Subsystem, kilowattHours: Double?) in
            let known = table.columns.isEmpty ? [] : table.columns[index].compactMap(\.self)
            return (subsystem: subsystem, kilowattHours: known.isEmpty ? nil : known.reduce(0, +))
        }
        return EnergyAnswer(
            totals: totals,
            file: Attachment(
                name: file.contents(of: table).name, url: FileSigner.path + (try await signer.signed(file)),
                mediaType: EnergyFile.mediaType),
            fileExpires: file.expires, coveragePercent: table.overallCoverage * 100, quality: quality)
    }
}

/// The error of a building that was removed in the meantime.
struct BuildingIsGone: Error {}
