internal import Building
internal import CentralStore
internal import Foundation

/// One file on its way: what is read of it and not stored yet.
struct FileRun {
    let file: String
    let reader: CSVReader
    var catalogue: SeriesCatalogue
    /// What the file was taken to be, for people.
    let note: String
    private(set) var rows: [IncomingReadings.Row] = []

    private let layout: FileLayout
    private var cells: CellReading
    /// Where each of `rows` stands.
    private var places: [(line: Int, column: Int)] = []
    /// The series of each of the layout's values, where the columns alone tell them.
    private var series: [Int?] = []

    init(
        _ file: String, form: ReadingsImport.Form, options: ImportOptions, building: ImportBuilding,
        catalogue: SeriesCatalogue
    ) throws {
        var catalogue = catalogue
        self.file = file
        reader = try CSVReader(path: file)
        let names = try reader.readHeader()
        cells = CellReading(zone: building.zone, name: building.zoneName, delimiter: reader.delimiter)
        let layout =
            switch form {
            case .powerMeters: try FileLayout.powerMeters(names, file: file, meter: options.device)
            case .readings: try FileLayout.readings(names, file: file)
            }
        self.layout = layout
        var facts = "times without offset in \(building.zoneName)"
        do {
            switch form {
            case .powerMeters:
                series = try layout.values.map { values in
                    try values.device.map { try catalogue.meter($0) }
                }
                facts = "power meters, " + facts
            case .readings where layout.device == nil:
                let room = layout.room == nil ? try catalogue.room(ofFile: file) : nil
                let device = try catalogue.device(
                    ofFile: file, room: room ?? .building, deviceClass: layout.deviceClass)
                if let room {
                    series = layout.values.map { values in
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
            throw ImportError(.data, "\(file):1: \(problem.reason).")
        }
        self.catalogue = catalogue
        note = "\(file): \(facts)"
    }

    /// The device of a file that has a column for rooms but none for devices.
    private var fileDevice: String?

    /// Reads until there are so many readings.
    ///
    /// - Returns: whether there may be more.
    mutating func fill(upTo limit: Int, _ summary: inout ImportSummary) throws -> Bool {
        rows.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        while rows.count < limit {
            switch try reader.next() {
            case .end: return false
            case .problem(let problem):
                summary.rows += 1
                summary.problems.add(LineProblem(file: file, line: reader.line, reason: problem))
            case .record:
                summary.rows += 1
                take(&summary.problems)
            }
        }
        return true
    }

    private mutating func take(_ problems: inout ProblemTally) {
        guard reader.fieldCount == layout.names.count else {
            problems.add(
                LineProblem(
                    file: file, line: reader.line, reason: "another number of fields than the header has",
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
            add(column: long.value, datapoint: nil, series: nil, time, &problems)
        } else {
            for index in layout.values.indices {
                let values = layout.values[index]
                let known = index < series.count ? series[index] : nil
                add(column: values.column, datapoint: values.datapoint, series: known, time, &problems)
            }
        }
    }

    /// Unix seconds say more than a local time; a local time more than an empty field.
    private var timeColumn: Int {
        guard let timestamp = layout.timestamp else { return layout.datetime! }
        guard let datetime = layout.datetime else { return timestamp }
        return CellReading.trimmed(reader[timestamp]).isEmpty ? datetime : timestamp
    }

    private mutating func add(
        column: Int, datapoint: Datapoint?, series: Int?, _ time: Timestamp, _ problems: inout ProblemTally
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
        do {
            guard let value = try cells.value(reader[column], of: catalogue.keys[index].datapoint) else { return }
            rows.append(
                IncomingReadings.Row(
                    seriesIndex: index, eventTime: time, receivedTime: time, clockTrusted: true, quality: .good,
                    value: value))
            places.append((reader.line, column))
        } catch {
            problems.add(problem(column, error.reason, error.detail))
        }
    }

    /// Where the row itself names its device, its room or its datapoint.
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
            file: file, line: reader.line, column: column + 1, columnName: layout.names[column],
            text: reader.text(column), reason: reason, detail: detail)
    }

    func problem(of conflict: ImportOutcome.Conflict) -> LineProblem {
        let place = places[conflict.index]
        return LineProblem(
            file: file, line: place.line, column: place.column + 1, columnName: layout.names[place.column],
            text: rows[conflict.index].value.text, reason: "another value is stored for this time and kept",
            detail: conflict.stored)
    }
}
