package import Building
package import ReadingFiles

/// A file of readings, converted back to messages of the devices that sent them.
package struct Recording {
    /// One record of the file.
    package struct Moment: Sendable {
        /// The time of the record.
        package var time: Timestamp
        fileprivate var devices: [Said] = []

        /// Returns the messages of the devices.
        ///
        /// - Parameter stamp: the time that the messages contain.
        package func messages(stamped stamp: Timestamp) -> [DeviceMessage] {
            devices.flatMap { $0.messages(stamped: stamp) }
        }
    }

    /// The readings of one device at one time.
    fileprivate struct Said: Sendable {
        var room: Slug
        var device: String
        var deviceClass: DeviceClass?
        var values: [(datapoint: Datapoint, value: ReadingValue)]
    }

    private var file: ReadingFile
    private var rows: [ReadingFile.Row] = []

    /// Creates a recording that starts at the file's next record.
    package init(_ file: ReadingFile) {
        self.file = file
    }

    /// A readable description of how the file was interpreted.
    package var note: String { file.note }

    /// Returns the next record that holds a reading; `nil` at the end.
    ///
    /// - Parameter problems: the tally to which unreadable rows are added; they are skipped.
    ///
    /// - Throws: `FileError` if the file can't be read any further.
    package mutating func next(_ problems: inout ProblemTally) throws -> Moment? {
        while true {
            rows.removeAll(keepingCapacity: true)
            guard try file.readRecord(into: &rows, &problems) else { return nil }
            guard let first = rows.first else { continue }
            var moment = Moment(time: first.time)
            for row in rows { moment.add(row.value, of: file.series[row.series]) }
            return moment
        }
    }
}

extension Recording.Moment {
    /// Adds a reading to the device that it belongs to.
    fileprivate mutating func add(_ value: ReadingValue, of series: SeriesKey) {
        let index = devices.firstIndex { said in
            said.room == series.room && said.device == series.device && said.deviceClass == series.deviceClass
        }
        if let index {
            devices[index].values.append((series.datapoint, value))
        } else {
            devices.append(
                Recording.Said(
                    room: series.room, device: series.device, deviceClass: series.deviceClass,
                    values: [(series.datapoint, value)]))
        }
    }
}

extension Recording.Said {
    /// Returns one message for a device whose class is known, and one message per reading for any other.
    fileprivate func messages(stamped stamp: Timestamp) -> [DeviceMessage] {
        // Whole seconds are written as devices write them.
        let inMilliseconds = !stamp.millisecondsSince1970.isMultiple(of: 1000)
        guard let deviceClass else {
            return values.map { datapoint, value in
                DeviceMessage(
                    topic: "/readings/\(room)/\(datapoint)",
                    payload: DevicePayload.single(
                        device: device, datapoint: datapoint.name, json: value.json, time: stamp))
            }
        }
        let payload = DevicePayload.Several(
            device: device, time: stamp, inMilliseconds: inMilliseconds,
            datapoints: values.map { (name: $0.datapoint.name, json: $0.value.json) })
        return [DeviceMessage(topic: "/readings/\(room)/\(deviceClass.rawValue)", payload: payload.text)]
    }
}

extension ReadingValue {
    fileprivate var json: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): quoted(text)
        }
    }
}
