internal import Building
internal import CivilTime
internal import Foundation
package import ReadingFiles
package import Storage

/// Imports files of readings into the store.
package struct ReadingsImport {
    private let store: CentralStore
    private let form: FileForm
    private let options: ImportOptions

    /// The number of readings per transaction: large enough to be efficient, small enough to save memory.
    private static let portion = 50_000

    /// Creates an import of files in one format.
    package init(_ form: FileForm, into store: CentralStore, options: ImportOptions) {
        self.store = store
        self.form = form
        self.options = options
    }

    /// Imports the files one after the other. If it ends early, what was stored remains, and another import stores the
    /// rest.
    ///
    /// - Parameter progress: Called now and then.
    /// - Throws: `FileError`, `ImportError`; `StoreError` if the database is down.
    package func run(_ files: [String], progress: (ImportProgress) -> Void) async throws -> ImportSummary {
        let building = try await ImportBuilding.find(options, in: store)
        let context = FileContext(
            building: building.reference.slug, calendar: building.calendar,
            rooms: try await rooms(of: building.reference), room: options.room, device: options.device)
        var summary = ImportSummary(problemsKept: options.problemsKept)
        for path in files {
            let file = try ReadingFile(path, form: form, of: context)
            summary.notes.append(file.note)
            try await store(file, for: building.reference, &summary, progress: progress)
        }
        return summary
    }

    private func rooms(of building: BuildingReference) async throws -> [Inventory.Room] {
        try await store.roomsAndDevices(ofBuilding: building.id).map { room in
            Inventory.Room(
                slug: room.slug, name: room.slug.text,
                devices: room.devices.compactMap { device in
                    device.deviceClass.map { Inventory.Device(id: device.id, deviceClass: $0) }
                })
        }
    }

    private func store(
        _ file: ReadingFile, for building: BuildingReference, _ summary: inout ImportSummary,
        progress: (ImportProgress) -> Void
    ) async throws {
        var file = file
        var rows: [ReadingFile.Row] = []
        var more = true
        while more {
            rows.removeAll(keepingCapacity: true)
            while more, rows.count < Self.portion {
                more = try file.readRecord(into: &rows, &summary.problems)
                summary.rows += more ? 1 : 0
            }
            try Task.checkCancellation()
            if !rows.isEmpty {
                let (series, now) = (file.series, store.currentTime)
                let rules = series.map(ReadingPlausibility.init(of:))
                let readings = IncomingReadings(
                    store: StoreID(), firstNumber: 1, series: series,
                    rows: rows.map { IncomingReadings.Row($0, rules[$0.series], now: now) })
                let outcome = try await store.importReadings(readings, building: building)
                summary.added += outcome.added
                summary.unchanged += outcome.unchanged
                for conflict in outcome.conflicts {
                    summary.problems.add(
                        file.problem(
                            of: rows[conflict.index], reason: "a different value is already stored for this time",
                            detail: conflict.stored))
                }
            }
            progress(
                ImportProgress(file: file.path, rows: summary.rows, bytesRead: file.bytesRead, size: file.size))
        }
    }
}

extension IncomingReadings.Row {
    fileprivate init(_ row: ReadingFile.Row, _ rule: ReadingPlausibility, now: Timestamp) {
        self.init(
            seriesIndex: row.series, eventTime: row.time, receivedTime: row.time, clockTrusted: true,
            quality: rule.quality(of: row.value, at: row.time, now: now), value: row.value)
    }
}

/// The building of an import, and the time zone of its files.
struct ImportBuilding {
    var reference: BuildingReference
    var calendar: LocalCalendar

    static func find(_ options: ImportOptions, in store: CentralStore) async throws -> ImportBuilding {
        let slug = try options.building.map { text in
            guard let slug = Slug(text) else {
                throw ImportError(.other, "“\(text)” is not a valid building: use up to 64 letters, digits, - and _.")
            }
            return slug
        }
        let asked = try options.timeZone.map(calendar)
        do {
            let known: KnownBuilding
            do {
                known = try await store.building(named: slug)
            } catch let error as BuildingChoiceError {
                guard let slug, error.known.isEmpty else { throw error }
                known = try await store.firstBuilding(slug, calendar: asked ?? .utc)
            }
            return ImportBuilding(reference: known.reference, calendar: asked ?? known.calendar)
        } catch let error as BuildingChoiceError {
            let remedy =
                error.wanted == nil
                ? "Use --building <slug>."
                : "Create one with `hearth-central gateway add --building <slug>`."
            throw ImportError(.other, "\(error) \(remedy)")
        }
    }

    private static func calendar(_ name: String) throws -> LocalCalendar {
        guard let calendar = LocalCalendar(zoneNamed: name) else {
            throw ImportError(.other, "“\(name)” is not a valid time zone. Use an IANA name such as Europe/Berlin.")
        }
        return calendar
    }
}
