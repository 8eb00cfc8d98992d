package import Building
internal import Foundation

/// A file of readings, read record by record, that yields each reading with its series, time and place.
package struct ReadingFile {
    /// One reading.
    package struct Row {
        /// The index of its series in `ReadingFile.series`.
        package var series: Int
        /// The time of measurement.
        package var time: Timestamp
        /// The value, physically possible for its datapoint.
        package var value: ReadingValue
        /// The line of the file, counted from 1.
        package var line: Int
        /// The column of the file, counted from 1.
        package var column: Int
    }

    /// The path of the file.
    package let path: String
    /// The interpretation of the file, for people.
    package let note: String
    /// The series found so far.
    package var series: [SeriesKey] { catalogue.keys }

    private let reader: CSVReader
    private var catalogue: SeriesCatalogue
    private let layout: FileLayout
    private var cells: CellReading
    /// The series of each of the layout's values, if the columns alone determine it.
    private var known: [Int?] = []
    /// The device of a file that has a column for rooms but none for devices.
    private var fileDevice: String?

    /// Opens a file and interprets its header.
    ///
    /// - Parameter form: The form of the file; `nil` to infer it from the columns.
    /// - Throws: `FileError` if the file cannot be opened, its first line does not name columns that can be
    ///   interpreted, or its room or device must be specified.
    package init(_ path: String, form: FileForm? = nil, of context: FileContext) throws {
        self.path = path
        var catalogue = try SeriesCatalogue(context)
        reader = try CSVReader(path: path)
        let names = try reader.readHeader()
        cells = CellReading(calendar: context.calendar, zone: context.zoneName, delimiter: reader.delimiter)
        let form = form ?? FileLayout.form(of: names)
        let layout =
            switch form {
            case .powerMeters: try FileLayout.powerMeters(names, file: path, meter: context.device)
            case .readings: try FileLayout.readings(names, file: path)
            }
        self.layout = layout
        var facts = "times without an offset are in \(context.zoneName)"
        do {
            switch form {
            case .powerMeters:
                known = try layout.values.map { values in
                    try values.device.map { try catalogue.meter($0) }
                }
                facts = "power meters, " + facts
            case .readings where layout.device == nil:
                let room = layout.room == nil ? try catalogue.room(ofFile: path) : nil
                let device = try catalogue.device(
                    ofFile: path, room: room ?? .building, deviceClass: layout.deviceClass)
                if let room {
                    known = layout.values.map { values in
                        catalogue.number(
                            SeriesKey(
                                room: room, device: device, deviceClass: layout.deviceClass,
                                datapoint: values.datapoint))
                    }
                    facts = "room \(room), device \(device), " + facts
                }
                fileDevice = device
            case .readings: break
            }
        } catch let problem as SeriesCatalogue.Problem {
            throw FileError(.data, "\(path):1: \(problem.reason).")
        }
        self.catalogue = catalogue
        note = "\(path): \(facts)"
    }

    /// The number of bytes read from the file so far.
    package var bytesRead: Int { reader.bytesRead }
    /// The size of the whole file, bytes; 0 if unknown.
    package var size: Int { reader.size }

    /// Reads one record, and adds its readings to `rows` and its problems to `problems`.
    ///
    /// - Returns: `false` at the end of the file.
    package mutating func readRecord(into rows: inout [Row], _ problems: inout ProblemTally) throws -> Bool {
        switch try reader.next() {
        case .end: return false
        case .problem(let problem):
            problems.add(LineProblem(file: path, line: reader.line, reason: problem))
        case .record: take(&rows, &problems)
        }
        return true
    }

    private mutating func take(_ rows: inout [Row], _ problems: inout ProblemTally) {
        guard reader.fieldCount == layout.names.count else {
            problems.add(
                LineProblem(
                    file: path, line: reader.line, reason: "a different number of fields from the header",
                    detail: "\(reader.fieldCount) instead of \(layout.names.count)"))
            return
        }
        let column = timeColumn
        let time: Timestamp
        do {
            time = try cells.time(reader[column])
        } catch {
            return problems.add(problem(column, error.reason, error.detail))
        }
        if let long = layout.long {
            add(column: long.value, datapoint: nil, series: nil, time, &rows, &problems)
        } else {
            for index in layout.values.indices {
                let values = layout.values[index]
                let series = index < known.count ? known[index] : nil
                add(
                    column: values.column, datapoint: values.datapoint, series: series, time, &rows, &problems)
            }
        }
    }

    /// The column of the time: Unix seconds are preferred to a local time, and a local time to an empty field.
    private var timeColumn: Int {
        guard let timestamp = layout.timestamp else { return layout.datetime! }
        guard let datetime = layout.datetime else { return timestamp }
        return CellReading.trimmed(reader[timestamp]).isEmpty ? datetime : timestamp
    }

    private mutating func add(
        column: Int, datapoint: Datapoint?, series: Int?, _ time: Timestamp, _ rows: inout [Row],
        _ problems: inout ProblemTally
    ) {
        let index: Int
        if let series {
            index = series
        } else {
            do {
                index = try seriesOfRow(column: column, datapoint: datapoint)
            } catch {
                let blamed = layout.device ?? layout.room ?? column
                return problems.add(problem(blamed, error.reason, error.detail))
            }
        }
        do throws(CellReading.Problem) {
            let datapoint = catalogue.keys[index].datapoint
            guard let value = try cells.value(reader[column], of: datapoint) else { return }
            guard ReadingPlausibility.isPossible(value, of: datapoint) else {
                throw CellReading.Problem(reason: "a temperature that is not above absolute zero", detail: nil)
            }
            rows.append(Row(series: index, time: time, value: value, line: reader.line, column: column + 1))
        } catch {
            problems.add(problem(column, error.reason, error.detail))
        }
    }

    /// Returns the series of a row that itself names its device, its room or its datapoint.
    private mutating func seriesOfRow(
        column: Int, datapoint: Datapoint?
    ) throws(SeriesCatalogue.Problem) -> Int {
        let device = layout.device.map(text) ?? fileDevice ?? ""
        if layout.deviceClass == .powerMeter, layout.room == nil { return try catalogue.meter(device) }
        let name = datapoint?.name ?? layout.long.map { text($0.datapoint) } ?? ""
        return try catalogue.number(
            device: device, room: layout.room.map(text), datapoint: name, deviceClass: layout.deviceClass)
    }

    private func text(_ column: Int) -> String {
        String(decoding: CellReading.trimmed(reader[column]), as: UTF8.self)
    }

    private func problem(_ column: Int, _ reason: String, _ detail: String?) -> LineProblem {
        LineProblem(
            file: path, line: reader.line, column: column + 1, columnName: layout.names[column],
            text: reader.text(column), reason: reason, detail: detail)
    }

    /// Returns a problem with a reading that was found after it was read.
    package func problem(of row: Row, reason: String, detail: String?) -> LineProblem {
        LineProblem(
            file: path, line: row.line, column: row.column, columnName: layout.names[row.column - 1],
            text: row.value.text, reason: reason, detail: detail)
    }
}
