package import Import
package import ReadingFiles

extension Administration {
    /// Imports CSV files of power meters or room sensors.
    ///
    /// - Throws: `FileError`, `ImportError`; the readings stored before remain.
    package func importReadings(
        _ form: FileForm, from files: [String], _ options: ImportOptions,
        progress: (ImportProgress) -> Void
    ) async throws -> ImportSummary {
        try await withStore { store in
            try await ReadingsImport(form, into: store, options: options).run(files, progress: progress)
        }
    }

    /// Imports readings of smart meters from a file or a URL.
    ///
    /// - Throws: `ImportError`; the readings stored before remain.
    package func importMeterData(
        from source: String, muids: [String], _ options: ImportOptions, progress: (ImportProgress) -> Void
    ) async throws -> ImportSummary {
        try await withStore { store in
            try await MeterDataImport(into: store, options: options, muids: muids).run(source, progress: progress)
        }
    }
}
