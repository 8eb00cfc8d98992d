internal import Building

/// The meaning of a file's columns.
struct FileLayout {
    /// A column with values of one datapoint.
    struct Values {
        var column: Int
        var datapoint: Datapoint
        /// The device; `nil` if each row names it.
        var device: String?
    }

    var names: [String]
    var timestamp: Int?
    var datetime: Int?
    var device: Int?
    var room: Int?
    /// The columns of the long form, with one reading in each row; `nil` for other forms.
    var long: (datapoint: Int, value: Int)?
    var values: [Values] = []
    /// The kind of device that the columns suggest; `nil` if they do not.
    var deviceClass: DeviceClass?

    /// Creates a layout that knows the columns of time only.
    ///
    /// - Parameter file: The file's path, for errors.
    /// - Throws: `FileError` if the header cannot be interpreted.
    private init(_ names: [String], file: String) throws {
        self.names = names
        for (index, name) in names.enumerated() where ColumnName.isTime(name) {
            if name.lowercased() == "timestamp" { timestamp = timestamp ?? index } else { datetime = datetime ?? index }
        }
        guard timestamp != nil || datetime != nil else {
            throw FileError(
                .data,
                "\(file):1: there is no column datetime or timestamp among “\(names.joined(separator: ", ").prefix(200))”. "
                    + "The first line must be a header.")
        }
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name.lowercased()).inserted else {
                throw FileError(.data, "\(file):1: the column “\(name.prefix(80))” appears twice.")
            }
        }
    }

    /// Creates the layout of power meters: `datetime,power_kw_power_meter_1,…`, or a file of one meter:
    /// `datetime,power_kw`.
    ///
    /// - Parameter meter: The meter of a file of one, if neither the file nor its name says it.
    static func powerMeters(_ names: [String], file: String, meter: String?) throws -> FileLayout {
        var layout = try FileLayout(names, file: file)
        layout.deviceClass = .powerMeter
        layout.device = names.firstIndex(where: ColumnName.isDevice)
        for (index, name) in names.enumerated() where !ColumnName.isTime(name) && index != layout.device {
            if ColumnName.isPower(name) {
                let device = meter ?? ColumnName.meter(inFileName: fileName(file))
                guard layout.device != nil || device != nil else {
                    throw FileError(
                        .data,
                        "\(file):1: the column “\(name)” does not name its meter, nor does the file name. "
                            + "Use --meter, for example --meter power_meter_1.")
                }
                layout.values.append(.init(column: index, datapoint: .powerKilowatts, device: device))
            } else if let device = ColumnName.meter(name) {
                layout.values.append(.init(column: index, datapoint: .powerKilowatts, device: device))
            } else {
                throw FileError(
                    .data,
                    "\(file):1: the column “\(name.prefix(80))” does not belong to a power meter. Columns are named "
                        + "power_kw_<meter>, such as power_kw_power_meter_1, or power_kw in a file for one meter.")
            }
        }
        try layout.check(file)
        return layout
    }

    /// Creates the layout of readings: `datetime,temperature,humidity,co2` and the like, or one reading in each row:
    /// `timestamp,datetime,device_id,datapoint,value`.
    static func readings(_ names: [String], file: String) throws -> FileLayout {
        var layout = try FileLayout(names, file: file)
        layout.device = names.firstIndex(where: ColumnName.isDevice)
        layout.room = names.firstIndex(where: ColumnName.isRoom)
        if let datapoint = names.firstIndex(where: ColumnName.isDatapoint),
            let value = names.firstIndex(where: ColumnName.isValue)
        {
            guard layout.device != nil else {
                throw FileError(.data, "\(file):1: there is no column device_id.")
            }
            layout.long = (datapoint, value)
            return layout
        }
        for (index, name) in names.enumerated()
        where !ColumnName.isTime(name) && index != layout.device && index != layout.room {
            guard let datapoint = Datapoint(name) else {
                throw FileError(.data, "\(file):1: the column “\(name.prefix(80))” is not a valid datapoint name.")
            }
            layout.values.append(.init(column: index, datapoint: datapoint, device: nil))
        }
        try layout.check(file)
        layout.deviceClass = deviceClass(of: Set(layout.values.map(\.datapoint)))
        return layout
    }

    /// Returns the form of a file with these columns.
    static func form(of names: [String]) -> FileForm {
        let values = names.filter { !ColumnName.isTime($0) && !ColumnName.isDevice($0) }
        let isLong = values.contains(where: ColumnName.isDatapoint)
        let areMeters = values.allSatisfy { ColumnName.isPower($0) || ColumnName.meter($0) != nil }
        return areMeters && !values.isEmpty && !isLong ? .powerMeters : .readings
    }

    private func check(_ file: String) throws {
        guard !values.isEmpty else {
            throw FileError(.data, "\(file):1: there are no value columns besides the time.")
        }
    }

    private static func deviceClass(of datapoints: Set<Datapoint>) -> DeviceClass? {
        if datapoints.contains(.co2) || datapoints.contains(.humidity) { return .iaq }
        if datapoints.contains(.presenceState) { return .lifeBeing }
        return datapoints.lazy.compactMap(DeviceClass.init(sending:)).first
    }

    static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
