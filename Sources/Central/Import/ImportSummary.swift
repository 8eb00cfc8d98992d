package import ReadingFiles

/// The result of an import.
package struct ImportSummary: Hashable, Sendable {
    /// The number of rows in the files, without headers.
    package var rows = 0
    /// The number of new readings.
    package var added = 0
    /// The number of smart meter readings that replaced one with another value or quality.
    package var corrected = 0
    /// The number of readings that were stored before.
    package var unchanged = 0
    /// The rows that could not be imported.
    package var problems: ProblemTally
    /// The room and device each file was assigned to, for people: `iaq_Room101.csv: room room-101, device iaq`.
    package var notes: [String] = []

    init(problemsKept: Int) { problems = ProblemTally(kept: problemsKept) }
}

/// The progress of an import.
package struct ImportProgress: Hashable, Sendable {
    /// The path or URL that is being imported.
    package var file: String
    /// The number of rows read from all files.
    package var rows: Int
    /// The number of bytes read from this file.
    package var bytesRead: Int
    /// The size of this file in bytes; 0 if it is not known.
    package var size: Int
}

/// The options of an import.
package struct ImportOptions: Sendable {
    /// The building's slug; `nil` if there is only one.
    package var building: String?
    /// The room's slug, for files that do not name it.
    package var room: String?
    /// The device's id within the room, for files that do not name it.
    package var device: String?
    /// The IANA name of the time zone of times without an offset; `nil` for the building's.
    package var timeZone: String?
    /// The number of problems to keep; the first ones are kept.
    package var problemsKept: Int

    /// Creates options; by default the files must tell everything except the building.
    package init(
        building: String? = nil, room: String? = nil, device: String? = nil, timeZone: String? = nil,
        problemsKept: Int = 20
    ) {
        self.building = building
        self.room = room
        self.device = device
        self.timeZone = timeZone
        self.problemsKept = problemsKept
    }
}
