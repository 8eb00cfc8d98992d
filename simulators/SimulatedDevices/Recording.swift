package import Building
package import ReadingFiles

/// A file of readings as the messages of the devices that once sent them.
package struct Recording {
    /// One record of the file.
    package struct Moment: Sendable {
        package var time: Timestamp
        fileprivate var devices: [Said] = []

        /// What the devices sent.
        ///
        /// - Parameter stamp: The time that the messages are to tell.
        package func messages(stamped stamp: Timestamp) -> [DeviceMessage] {
            devices.flatMap { $0.messages(stamped: stamp) }
        }
    }

    /// What one device said at once.
    fileprivate struct Said: Sendable {
        var room: Slug
        var device: String
        var deviceClass: DeviceClass?
        var values: [(datapoint: Datapoint, value: ReadingValue)]
    }

    private var file: ReadingFile
    private var rows: [ReadingFile.Row] = []

    package init(_ file: ReadingFile) {
        self.file = file
    }

    /// What the file was taken to be, for people.
    package var note: String { file.note }

    /// The next record that holds a reading; `nil` at the end.
    ///
    /// - Parameter problems: What can't be read is told here, and left out.
    /// - Throws: `FileError` where the file can't be read any further.
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
    /// A device whose class is known sends everything in one message, another one each reading for itself.
    fileprivate func messages(stamped stamp: Timestamp) -> [DeviceMessage] {
        // Whole seconds are told as devices tell them.
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
