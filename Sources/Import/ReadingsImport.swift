internal import Building
public import CentralStore
internal import Foundation

/// Imports files of readings into the store.
public struct ReadingsImport {
    public enum Form: Sendable {
        /// `datetime,power_kw_power_meter_1,…`, or one file per meter.
        case powerMeters
        /// `datetime,temperature,humidity,co2` and the like, or one reading in each row.
        case readings
    }

    private let store: CentralStore
    private let form: Form
    private let options: ImportOptions

    /// Readings of one transaction: enough that a transaction costs little, few enough for little memory.
    private static let portion = 50_000

    public init(_ form: Form, into store: CentralStore, options: ImportOptions) {
        self.store = store
        self.form = form
        self.options = options
    }

    /// Reads the files one after the other. What was stored when it ends early stays, and doing it again stores the rest.
    ///
    /// - Parameter progress: called now and then.
    /// - Throws: `ImportError`; `StoreError` where the database is away.
    public func run(_ files: [String], progress: (ImportProgress) -> Void) async throws -> ImportSummary {
        let building = try await ImportBuilding.find(options, in: store)
        let rooms = try await store.roomsAndDevices(ofBuilding: building.reference.id)
        var summary = ImportSummary(problemsKept: options.problemsKept)
        for file in files {
            let catalogue = try SeriesCatalogue(building: building.reference.slug, rooms: rooms, options: options)
            var run = try FileRun(file, form: form, options: options, building: building, catalogue: catalogue)
            summary.notes.append(run.note)
            try await read(&run, for: building.reference, &summary, progress: progress)
        }
        return summary
    }

    private func read(
        _ run: inout FileRun, for building: BuildingReference, _ summary: inout ImportSummary,
        progress: (ImportProgress) -> Void
    ) async throws {
        var more = true
        while more {
            more = try run.fill(upTo: Self.portion, &summary)
            try Task.checkCancellation()
            if !run.rows.isEmpty {
                let readings = IncomingReadings(
                    store: StoreID(), firstNumber: 1, series: run.catalogue.keys, rows: run.rows)
                let outcome = try await store.importReadings(readings, building: building)
                summary.added += outcome.added
                summary.unchanged += outcome.unchanged
                for conflict in outcome.conflicts { summary.problems.add(run.problem(of: conflict)) }
            }
            progress(
                ImportProgress(
                    file: run.file, rows: summary.rows, bytesRead: run.reader.bytesRead, size: run.reader.size))
        }
    }
}

/// The building that an import is for, and the time zone of its files.
struct ImportBuilding {
    var reference: BuildingReference
    var zone: TimeZone
    /// As it was given.
    var zoneName: String

    static func find(_ options: ImportOptions, in store: CentralStore) async throws -> ImportBuilding {
        let slug = try options.building.map { text in
            guard let slug = Slug(text) else {
                throw ImportError(.other, "“\(text)” is no building: letters, digits, - and _, at most 64 of them.")
            }
            return slug
        }
        if let name = options.timeZone { _ = try zone(name) }
        do {
            let known: KnownBuilding
            do {
                known = try await store.building(named: slug)
            } catch let error as BuildingChoiceError {
                guard let slug, error.known.isEmpty else { throw error }
                known = try await store.firstBuilding(slug, timeZone: options.timeZone ?? "UTC")
            }
            let name = options.timeZone ?? known.timeZone
            return ImportBuilding(reference: known.reference, zone: try zone(name), zoneName: name)
        } catch let error as BuildingChoiceError {
            let remedy =
                error.wanted == nil
                ? "Give --building <slug>."
                : "`hearth-central gateway add --building <slug>` makes one."
            throw ImportError(.other, "\(error) \(remedy)")
        }
    }

    private static func zone(_ name: String) throws -> TimeZone {
        guard let zone = TimeZone(identifier: name) else {
            throw ImportError(.other, "“\(name)” is no time zone. Give an IANA name, for instance Europe/Berlin.")
        }
        return zone
    }
}
